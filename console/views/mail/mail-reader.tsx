// One message that the sink has taken: its text, its page in a sandbox, its fields, source, attachments and links.

import {useEffect, useState} from 'preact/hooks';
import {linkTo, type Route} from '../../app/route.ts';
import {adjustQuery} from '../../app/use-route.ts';
import type {OneMail, ReceivedMail} from '../../data/documents.ts';
import {usePolled} from '../../data/polled.ts';
import {Choices} from '../../parts/choices.tsx';
import {CopyButton} from '../../parts/copy.tsx';
import {Polling} from '../../parts/panel.tsx';
import {Time} from '../../parts/time.tsx';
import {Verbatim} from '../../parts/words.tsx';
import {sizeOf} from '../../text/numbers.ts';
import {visible} from '../../text/visible.ts';

interface Props {
  readonly route: Route;
  readonly number: number;
  readonly mail: ReceivedMail | undefined;
}

const mostText = 500_000;

export function MailReader({route, number, mail}: Props) {
  const one = usePolled<OneMail>(`/api/mail/${number}`, undefined);
  return (
    <article class="mail panel" aria-label={`Message ${number}`}>
      <a class="back" href={linkTo(['mail'], {q: route.query.q})}>
        All mail
      </a>
      <Polling of={one} lines={8}>
        {data => <Message data={data} route={route} number={number} mail={mail} />}
      </Polling>
    </article>
  );
}

const fieldOf = ({headers}: OneMail, name: string): string | undefined =>
  headers.find(each => each.name.toLowerCase() === name)?.value;

function Message({data, route, number, mail}: Props & {readonly data: OneMail}) {
  const tabs = [
    ...(data.hasHtml ? [{value: 'html', text: 'HTML'}] : []),
    {value: 'text', text: 'Text'},
    {value: 'headers', text: 'Headers', count: data.headers.length},
    {value: 'source', text: 'Source'},
    ...(data.attachments.length > 0
      ? [{value: 'attachments', text: 'Attachments', count: data.attachments.length}]
      : []),
    ...(data.links.length > 0 ? [{value: 'links', text: 'Links', count: data.links.length}] : []),
  ];
  const {part = tabs[0]!.value} = route.query;
  return (
    <>
      <header class="mail-head">
        <h2>
          <Verbatim text={fieldOf(data, 'subject') ?? mail?.subject ?? '(no subject)'} most={400} />
        </h2>
        <dl class="pairs">
          {['from', 'to', 'date'].map(name => {
            const value = fieldOf(data, name);
            return (
              value !== undefined && (
                <>
                  <dt>{name[0]!.toUpperCase() + name.slice(1)}</dt>
                  <dd>
                    <Verbatim text={value} most={600} />
                  </dd>
                </>
              )
            );
          })}
          {mail && (
            <>
              <dt>Envelope</dt>
              <dd>
                <Verbatim text={mail.from || '<>'} most={200} /> →{' '}
                {mail.to.map((each, at) => (
                  <>
                    {at > 0 && ', '}
                    <a class="inline" href={linkTo(['messages'], {q: each})} title="What happened to it">
                      <Verbatim text={each} most={200} />
                    </a>
                  </>
                ))}
              </dd>
              <dt>Received</dt>
              <dd>
                <Time time={mail.received} />, {sizeOf(mail.size)}, {mail.tls ? 'over TLS' : 'in clear text'}
              </dd>
            </>
          )}
        </dl>
        <Choices
          label="Part"
          value={part}
          options={tabs}
          onChoose={value => adjustQuery(route, {part: value})}
        />
      </header>
      <Part part={part} data={data} number={number} />
    </>
  );
}

interface PartProps {
  readonly part: string;
  readonly data: OneMail;
  readonly number: number;
}

function Part({part, data, number}: PartProps) {
  switch (part) {
    case 'html':
      return (
        <iframe
          class="mail-html"
          sandbox=""
          src={`/mail/${number}/html`}
          title="The message’s own page, shut in"
        />
      );
    case 'headers':
      return (
        <dl class="header-fields">
          {data.headers.map(({name, value}, at) => (
            <div key={at}>
              <dt>
                <Verbatim text={name} most={100} />
              </dt>
              <dd>
                <Verbatim text={value} most={4000} />
              </dd>
            </div>
          ))}
        </dl>
      );
    case 'source':
      return <Source number={number} />;
    case 'attachments':
      return (
        <ul class="attachments">
          {data.attachments.map(({name, type, size, part: each}) => (
            <li key={each}>
              <a href={`/mail/${number}/part/${each}`} download>
                <Verbatim text={name ?? 'without a name'} most={200} />
              </a>
              <span class="note">
                <Verbatim text={type} most={100} />, {sizeOf(size)}
              </span>
            </li>
          ))}
        </ul>
      );
    case 'links':
      return (
        <ul class="links">
          {data.links.map(link => {
            const url = typeof link === 'string' ? link : link.url;
            return (
              <li key={url}>
                <code>
                  <Verbatim text={url} most={2000} />
                </code>
                <CopyButton text={url} label={`Copy ${visible(url)}`} />
              </li>
            );
          })}
        </ul>
      );
    default:
      return data.text === null || data.text === '' ? (
        <p class="hint">It has no text{data.hasHtml ? ' of its own: see HTML' : ''}.</p>
      ) : (
        <TextLines text={data.text} />
      );
  }
}

const TextLines = ({text}: {readonly text: string}) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be scrolled by keys too
  <section class="source-text" tabIndex={0} aria-label="Text of the message">
    <pre>
      {text
        .slice(0, mostText)
        .split(/\r?\n/)
        .map((line, at) => (
          <span key={at}>
            <Verbatim text={line.replaceAll('\t', '    ')} most={mostText} />
            {'\n'}
          </span>
        ))}
    </pre>
  </section>
);

function Source({number}: {readonly number: number}) {
  const [text, setText] = useState<string>();
  useEffect(() => {
    const asking = new AbortController();
    fetch(`/mail/${number}/source`, {signal: asking.signal})
      .then(response => response.text())
      .then(setText)
      .catch(() => {});
    return () => asking.abort();
  }, [number]);
  return (
    <>
      <p class="hint">
        <a href={`/mail/${number}/source`} target="_blank" rel="noreferrer">
          The octets as they came
        </a>
      </p>
      {text !== undefined && <TextLines text={text} />}
    </>
  );
}
