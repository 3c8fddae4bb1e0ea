// The whole of one dead letter, without its secrets.

import {linkTo} from '../../app/route.ts';
import type {Letter, LetterAnswer} from '../../data/documents.ts';
import {usePolled} from '../../data/polled.ts';
import {CopyButton} from '../../parts/copy.tsx';
import {Panel, Polling, SourceOf} from '../../parts/panel.tsx';
import {Time} from '../../parts/time.tsx';
import {Verbatim, Words} from '../../parts/words.tsx';
import {sizeOf} from '../../text/numbers.ts';
import type {Act} from './act-dialog.tsx';

interface Props {
  readonly id: string;
  readonly letter: Letter | undefined;
  readonly onAct: ((act: Act) => void) | undefined;
}

const mostShown = 200_000;

export function LetterPanel({id, letter: listed, onAct}: Props) {
  const letter = usePolled<LetterAnswer>(`/api/dead-letters/${encodeURIComponent(id)}`, undefined);
  const known = letter.data ?? listed;
  return (
    <Panel
      title={<Verbatim text={known?.recipient ?? id} most={200} />}
      class="letter-panel"
      source={<SourceOf of={letter} from={known?.queue ?? 'its queue'} />}
      actions={
        <>
          {known?.messageId !== undefined && (
            <a class="button quiet" href={linkTo(['messages'], {q: known.messageId})}>
              What happened to it
            </a>
          )}
          {known && onAct && (
            <>
              <button
                type="button"
                class="quiet danger"
                onClick={() => onAct({kind: 'drop', letters: [known]})}
              >
                Drop…
              </button>
              <button
                type="button"
                class="primary"
                onClick={() => onAct({kind: 'redrive', letters: [known]})}
              >
                Redrive…
              </button>
            </>
          )}
          <a class="button quiet" href={linkTo(['dead-letters'])}>
            Close
          </a>
        </>
      }
    >
      <Polling of={letter} lines={6}>
        {data => (
          <>
            <dl class="pairs">
              <dt>Why it is here</dt>
              <dd>
                <Words text={data.why} most={600} />
              </dd>
              <dt>Came</dt>
              <dd>
                <Time time={data.sent} />, {sizeOf(data.octets)}, received {data.receives} times
              </dd>
              <dt>ID</dt>
              <dd>
                <code>{data.id}</code> <CopyButton text={data.id} label="Copy the ID" />
              </dd>
            </dl>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be scrolled by keys too */}
            <section class="source-text" tabIndex={0} aria-label="The message, without its secrets">
              <pre>
                <Lines
                  text={typeof data.body === 'string' ? data.body : JSON.stringify(data.body, undefined, 2)}
                />
              </pre>
            </section>
          </>
        )}
      </Polling>
    </Panel>
  );
}

/** Line ends are line ends here, and everything else that cannot be seen is shown. */
const Lines = ({text}: {readonly text: string}) =>
  text
    .slice(0, mostShown)
    .split('\n')
    .map((line, at) => (
      <span key={at}>
        <Verbatim text={line} most={mostShown} />
        {'\n'}
      </span>
    ));
