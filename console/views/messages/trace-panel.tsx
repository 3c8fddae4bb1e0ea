// The way of one message, or of all to somebody. What is so old that its search costs money is searched after its price
// was told.

import {useState} from 'preact/hooks';
import type {Route} from '../../app/route.ts';
import {adjustQuery} from '../../app/use-route.ts';
import {queryOf} from '../../data/api.ts';
import type {Trace} from '../../data/documents.ts';
import {usePolled} from '../../data/polled.ts';
import {Empty, Notice} from '../../parts/notice.tsx';
import {Polling, SourceOf} from '../../parts/panel.tsx';
import {Time} from '../../parts/time.tsx';
import {countOf} from '../../text/numbers.ts';
import {MessageWay} from './message-way.tsx';

interface Props {
  readonly route: Route;
  readonly q: string;
  readonly since: string | undefined;
}

/** What is read for nothing is read again while something may still happen. */
const everyMs = 5000;
const mostShown = 50;
const furtherBack = ['7d', '30d'];

export function TracePanel({route, q, since}: Props) {
  // Paid for once, and never by a link that somebody else opens.
  const [paidFor, setPaidFor] = useState<string>();
  const key = `${q} ${since ?? ''}`;
  const isPaid = paidFor === key;
  const trace = usePolled<Trace>(
    `/api/trace${queryOf({q, since})}`,
    since === undefined ? everyMs : undefined,
    isPaid,
  );
  if (trace.problem?.kind === 'price' && trace.data === undefined)
    return (
      <Price
        text={trace.problem.message}
        usd={trace.problem.facts.usd}
        onPay={() => setPaidFor(key)}
        onLeave={() => adjustQuery(route, {since: undefined})}
      />
    );
  return (
    <Polling of={trace} lines={8}>
      {({messages, searchedSince}) => (
        <>
          <p class="note found">
            {messages.length > 0 && `${countOf(messages.length, 'message')}; `}
            <SourceOf of={trace} from="the functions’ logs" />; searched since <Time time={searchedSince} />
            {messages.length > 0 && <Further route={route} since={since} />}
          </p>
          {messages.length === 0 ? (
            <Empty title="The log has nothing of it within this time">
              <p>
                What waits until it is due has no line before it is tried. An ID is that of the message on the
                outbox, which results have in <code>relayq.id</code>.
              </p>
              <p>
                <Further route={route} since={since} />
              </p>
            </Empty>
          ) : (
            messages
              .slice(-mostShown)
              .toReversed()
              .map(message => (
                <MessageWay key={message.id} message={message} isOnly={messages.length === 1} />
              ))
          )}
          {messages.length > mostShown && (
            <p class="hint">
              {countOf(messages.length - mostShown, 'older message')} more: copy the command to see all.
            </p>
          )}
        </>
      )}
    </Polling>
  );
}

const Further = ({route, since}: {readonly route: Route; readonly since: string | undefined}) => (
  <span class="further">
    {furtherBack
      .filter(each => each !== since)
      .map(each => (
        <button
          type="button"
          class="quiet small"
          key={each}
          onClick={() => adjustQuery(route, {since: each})}
        >
          Search {each.replace('d', ' days')} back
        </button>
      ))}
  </span>
);

interface PriceProps {
  readonly text: string;
  readonly usd: unknown;
  readonly onPay: () => void;
  readonly onLeave: () => void;
}

const Price = ({text, usd, onPay, onLeave}: PriceProps) => (
  <Notice tone="warn" title="This search costs money">
    <p>{text}</p>
    <div class="buttons">
      <button type="button" class="primary" onClick={onPay}>
        Search{typeof usd === 'number' ? ` for ${usd < 0.01 ? 'under 0.01' : `~${usd.toFixed(2)}`} USD` : ''}
      </button>
      <button type="button" onClick={onLeave}>
        Don’t
      </button>
    </div>
  </Notice>
);
