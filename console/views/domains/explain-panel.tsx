// Where mail to a domain or a recipient would go now, step by step.

import {useEffect, useState} from 'preact/hooks';
import type {Route} from '../../app/route.ts';
import {adjustQuery} from '../../app/use-route.ts';
import {queryOf} from '../../data/api.ts';
import type {Explanation} from '../../data/documents.ts';
import {usePolled} from '../../data/polled.ts';
import {Remark} from '../../parts/badge.tsx';
import {CopyAs} from '../../parts/copy.tsx';
import {Panel, Polling, SourceOf} from '../../parts/panel.tsx';
import {Verbatim, Words} from '../../parts/words.tsx';
import {Steps} from './steps.tsx';

interface Props {
  readonly route: Route;
  /** An address or a domain; empty while nobody has said whom. */
  readonly who: string;
  readonly domain?: string | undefined;
  /** Somebody whom mail went to. */
  readonly example?: string | undefined;
}

const everyMs = 20_000;

export function ExplainPanel({route, who, domain, example}: Props) {
  const wanted = who === '' ? (example ?? '') : who;
  const explanation = usePolled<Explanation>(
    wanted === '' ? undefined : `/api/explain${queryOf({who: wanted})}`,
    everyMs,
  );
  return (
    <Panel
      title={
        wanted === '' ? (
          'Where mail would go now'
        ) : (
          <>
            Where mail to <Verbatim text={wanted} most={200} /> would go now
          </>
        )
      }
      source={<SourceOf of={explanation} from="worked out by the functions’ code" />}
      actions={wanted !== '' && <CopyAs commands={({relayq}) => [relayq('explain', wanted)]} />}
    >
      <WhomField route={route} who={who} domain={domain} />
      {wanted === '' ? (
        <p class="hint">Name a recipient to see where mail to them would go.</p>
      ) : (
        <Polling of={explanation} lines={6}>
          {({goes, verdict, steps}) => (
            <>
              <div class="verdict">
                <Remark tone={goes ? 'good' : 'warn'}>
                  It <Words text={verdict} />
                </Remark>
              </div>
              <Steps steps={steps} />
            </>
          )}
        </Polling>
      )}
    </Panel>
  );
}

function WhomField({
  route,
  who,
  domain,
}: {
  readonly route: Route;
  readonly who: string;
  readonly domain: string | undefined;
}) {
  const [text, setText] = useState(who.includes('@') ? who : '');
  useEffect(() => setText(who.includes('@') ? who : ''), [who]);
  return (
    <form
      class="whom"
      onSubmit={event => {
        event.preventDefault();
        const given = text.trim();
        const isAddress = given.includes('@') || domain === undefined;
        adjustQuery(route, {who: given === '' ? undefined : isAddress ? given : `${given}@${domain}`});
      }}
    >
      <label>
        Recipient
        <input
          type="text"
          inputMode="email"
          autocomplete="off"
          spellcheck={false}
          placeholder={domain === undefined ? 'somebody@example.org' : `somebody@${domain}`}
          value={text}
          onInput={({currentTarget}) => setText(currentTarget.value)}
        />
      </label>
      <button type="submit">Explain</button>
    </form>
  );
}
