// Who is looked for: an address or a domain; or all that have a source, or a reason.

import {useEffect, useState} from 'preact/hooks';
import {linkTo, type Route} from '../../app/route.ts';
import {goTo} from '../../app/use-route.ts';

interface Fields {
  readonly q: string;
  readonly source: string;
  readonly reason: string;
}

const fieldsOf = ({query: {q = '', source = '', reason = ''}}: Route): Fields => ({q, source, reason});

export function SuppressionForm({route}: {readonly route: Route}) {
  const [fields, setFields] = useState(() => fieldsOf(route));
  const shown = JSON.stringify(fieldsOf(route));
  useEffect(() => setFields(JSON.parse(shown)), [shown]);
  const q = fields.q.trim();
  const field = (name: keyof Fields) => ({
    autocomplete: 'off',
    spellcheck: false,
    value: fields[name],
    onInput: ({currentTarget}: {currentTarget: HTMLInputElement}) =>
      setFields({...fields, [name]: currentTarget.value}),
  });
  const submit = (event: Event) => {
    event.preventDefault();
    const {source, reason} = fields;
    goTo(linkTo(['suppression'], q === '' ? {source: source.trim(), reason: reason.trim()} : {q}));
  };
  return (
    <search aria-label="Suppression">
      <form class="search-form" onSubmit={submit}>
        <label class="grow">
          Address or domain
          <input type="search" placeholder="jo@example.org" {...field('q')} />
        </label>
        <fieldset disabled={q !== ''}>
          <legend class="unseen">Or the entries that fit</legend>
          <label>
            Source
            <input type="search" placeholder="any" {...field('source')} />
          </label>
          <label>
            Reason
            <input type="search" placeholder="any" {...field('reason')} />
          </label>
        </fieldset>
        <button type="submit" class="primary">
          Look up
        </button>
      </form>
    </search>
  );
}
