// What is looked for: an ID or an address, or a domain, a fate, a tag and a time.

import {useEffect, useState} from 'preact/hooks';
import {linkTo, type Route} from '../../app/route.ts';
import {goTo} from '../../app/use-route.ts';

const fates = ['accepted', 'deferred', 'bounced', 'expired', 'invalid', 'held'];
const ranges = {15: '15 minutes', 60: 'hour', 180: '3 hours', 1440: 'day'} as const;

interface Fields {
  readonly q: string;
  readonly domain: string;
  readonly fate: string;
  readonly tag: string;
  readonly minutes: string;
}

const fieldsOf = ({query: {q = '', domain = '', fate = '', tag = '', minutes = '60'}}: Route): Fields => ({
  q,
  domain,
  fate,
  tag,
  minutes,
});

export function SearchForm({route}: {readonly route: Route}) {
  const [fields, setFields] = useState(() => fieldsOf(route));
  const shown = JSON.stringify(fieldsOf(route));
  useEffect(() => setFields(JSON.parse(shown)), [shown]);
  const {q, domain, fate, tag, minutes} = fields;
  const field = (name: keyof Fields) => ({
    value: fields[name],
    onInput: ({currentTarget}: {currentTarget: HTMLInputElement | HTMLSelectElement}) =>
      setFields({...fields, [name]: currentTarget.value}),
  });
  const submit = (event: Event) => {
    event.preventDefault();
    const one = q.trim();
    const some = {
      domain: domain.trim().toLowerCase(),
      fate,
      tag: tag.trim(),
      minutes: minutes === '60' ? '' : minutes,
    };
    goTo(linkTo(['messages'], one === '' ? some : {q: one}));
  };
  return (
    <search aria-label="Messages">
      <form class="search-form" onSubmit={submit}>
        <label class="grow">
          ID or recipient
          <input
            type="search"
            autocomplete="off"
            spellcheck={false}
            placeholder="all of it, as results have it"
            {...field('q')}
          />
        </label>
        <fieldset disabled={q.trim() !== ''}>
          <legend class="unseen">Or the latest that fit</legend>
          <label>
            Domain
            <input
              type="search"
              autocomplete="off"
              spellcheck={false}
              placeholder="any"
              {...field('domain')}
            />
          </label>
          <label>
            Fate
            <select {...field('fate')}>
              <option value="">any</option>
              {fates.map(each => (
                <option key={each}>{each}</option>
              ))}
            </select>
          </label>
          <label>
            Tag
            <input type="search" autocomplete="off" spellcheck={false} placeholder="any" {...field('tag')} />
          </label>
          <label>
            Within the last
            <select {...field('minutes')}>
              {Object.entries(ranges).map(([value, text]) => (
                <option key={value} value={value}>
                  {text}
                </option>
              ))}
            </select>
          </label>
        </fieldset>
        <button type="submit" class="primary">
          Search
        </button>
      </form>
    </search>
  );
}
