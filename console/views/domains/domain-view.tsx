// One domain: how it stands, why, where its mail would go now, and what servers have said of late.

import type {ViewProps} from '../../app/route.ts';
import {linkTo} from '../../app/route.ts';
import type {DomainRow, OverviewAnswer} from '../../data/documents.ts';
import {usePolled} from '../../data/polled.ts';
import {Badge} from '../../parts/badge.tsx';
import {CopyAs} from '../../parts/copy.tsx';
import {Panel, Polling, SourceOf} from '../../parts/panel.tsx';
import {Time, Until} from '../../parts/time.tsx';
import {Verbatim, Words} from '../../parts/words.tsx';
import {numberOf} from '../../text/numbers.ts';
import {LineTable} from '../messages/line-table.tsx';
import {useLines} from '../messages/use-lines.ts';
import {ExplainPanel} from './explain-panel.tsx';

const everyMs = 5000;

export function DomainView({route}: ViewProps) {
  const receiver = route.path[1]!;
  const isSmarthost = receiver.startsWith('(smarthost)');
  const overview = usePolled<OverviewAnswer>('/api/overview', everyMs);
  const row = overview.data?.domains.find(each => each.receiver === receiver || each.queue === receiver);
  const failures = useLines(isSmarthost ? {} : {domain: receiver}, 60);
  const example = failures.data?.lines.find(({recipient}) => recipient)?.recipient ?? undefined;
  const {who = isSmarthost ? '' : receiver} = route.query;
  return (
    <>
      <div class="view-head">
        <nav class="crumbs" aria-label="Where this is">
          <a href={linkTo(['domains'])}>Domains</a>
        </nav>
        <h1>
          <Verbatim text={receiver} most={260} />
        </h1>
        {row && <Badge word={row.state} />}
        <div class="buttons end">
          <a
            class="button quiet"
            href={linkTo(['messages'], isSmarthost ? {minutes: '60'} : {domain: receiver})}
          >
            Its messages
          </a>
          {!isSmarthost && (
            <a class="button quiet" href={linkTo(['send'], {to: `test@${receiver}`})}>
              Send a test there
            </a>
          )}
          <CopyAs
            commands={({relayq, aws, stage}) => [
              relayq('status', '--json'),
              ...(isSmarthost ? [] : [relayq('explain', receiver), relayq('tail', '--domain', receiver)]),
              aws(...receiversWords(stage)),
            ]}
          />
        </div>
      </div>
      <Polling of={overview} lines={3}>
        {data =>
          row === undefined ? (
            <Inactive />
          ) : (
            <Facts row={row} overview={data} source={<SourceOf of={overview} />} />
          )
        }
      </Polling>
      <ExplainPanel route={route} who={who} domain={isSmarthost ? undefined : receiver} example={example} />
      <Panel title="Latest attempts" source={<SourceOf of={failures} from="the log of the last hour" />}>
        <Polling of={failures} lines={4}>
          {({lines}) => <LineTable lines={lines} />}
        </Polling>
      </Panel>
    </>
  );
}

/** What the functions know of receivers, for all of them: it is one item a receiver. */
const receiversWords = (stage: string): readonly string[] => [
  ...['dynamodb', 'query', '--table-name', `relayq-${stage}-receivers`],
  ...['--key-condition-expression', '#list = :list', '--expression-attribute-names', '{"#list": "list"}'],
  ...['--expression-attribute-values', '{":list": {"S": "receivers"}}', '--query', 'Items[].[entry.S]'],
  ...['--output', 'text'],
];

const Inactive = () => (
  <p class="hint">It is not active: nothing of it waits, and nothing was tried within the last hour.</p>
);

interface FactsProps {
  readonly row: DomainRow;
  readonly overview: OverviewAnswer;
  readonly source: preact.ComponentChildren;
}

function Facts({row, overview: {countsSince}, source}: FactsProps) {
  const {waiting, isAbout, inFlight, counts, nextAttempt, lastError, limit} = row;
  const facts: [string, preact.ComponentChildren][] = [
    ['Waiting', waiting === undefined ? '–' : `${isAbout && waiting > 0 ? '~' : ''}${numberOf(waiting)}`],
    ...(inFlight === undefined ? [] : [['In flight', numberOf(inFlight)] as [string, string]]),
    ['Accepted', counts ? numberOf(counts.accepted) : '–'],
    ['Deferred', counts ? numberOf(counts.deferred) : '–'],
    ['Bounced', counts ? numberOf(counts.bounced) : '–'],
    ['Expired', counts ? numberOf(counts.expired) : '–'],
    ['Held', counts ? numberOf(counts.held) : '–'],
  ];
  return (
    <section class="facts-of-domain" aria-label="How it stands">
      <dl class="figures">
        {facts.map(([name, value]) => (
          <div class="figure" key={name}>
            <dt class="name">{name}</dt>
            <dd>
              <strong>{value}</strong>
            </dd>
          </div>
        ))}
      </dl>
      <dl class="pairs">
        {lastError !== undefined && (
          <>
            <dt>Last error</dt>
            <dd class="said">
              <Verbatim text={lastError} most={1000} />
            </dd>
          </>
        )}
        {limit !== undefined && (
          <>
            <dt>What binds</dt>
            <dd>
              <Words text={limit} most={1000} />
            </dd>
          </>
        )}
        {nextAttempt !== undefined && (
          <>
            <dt>Next attempt</dt>
            <dd>
              <Time time={nextAttempt} /> (<Until time={nextAttempt} />)
            </dd>
          </>
        )}
      </dl>
      <p class="source">
        {countsSince === null ? (
          'The log could not be read, so there are no counts'
        ) : (
          <>
            Counted from the log since <Time time={countsSince} />
          </>
        )}
        {isAbout && '; ~ is what went in less what came out'}; {source}
      </p>
    </section>
  );
}
