// What happens on the stage, and what is wrong there.

import type {ViewProps} from '../../app/route.ts';
import {linkTo} from '../../app/route.ts';
import type {OverviewAnswer} from '../../data/documents.ts';
import {usePolled} from '../../data/polled.ts';
import {CopyAs} from '../../parts/copy.tsx';
import {Panel, Polling, SourceOf} from '../../parts/panel.tsx';
import {Time} from '../../parts/time.tsx';
import {Verbatim, Words} from '../../parts/words.tsx';
import {DomainTable} from '../domains/domain-table.tsx';
import {Charts} from './charts.tsx';
import {Figures} from './figures.tsx';
import {Queues} from './queues.tsx';
import {TroubleList} from './trouble-list.tsx';

const everyMs = 5000;
const mostDomains = 8;

export function OverviewView({route}: ViewProps) {
  const overview = usePolled<OverviewAnswer>('/api/overview', everyMs);
  const {data} = overview;
  return (
    <>
      <div class="view-head">
        <h1>Overview</h1>
        {data && <Destination overview={data} />}
        <div class="buttons end">
          <CopyAs commands={({relayq}) => [relayq('status'), relayq('top'), relayq('status', '--json')]} />
        </div>
      </div>
      <Polling of={overview} lines={6}>
        {known => (
          <>
            <TroubleList overview={known} />
            <Figures overview={known} source={<SourceOf of={overview} from="SQS attributes" />} />
          </>
        )}
      </Polling>
      <div class="columns wide-left">
        <Charts route={route} />
        {data && <Queues overview={data} source={<SourceOf of={overview} from="SQS attributes" />} />}
      </div>
      {data && (
        <Panel
          title="Domains"
          source={
            data.countsSince === null ? (
              'the log could not be read'
            ) : (
              <>
                counted from the log since <Time time={data.countsSince} />
              </>
            )
          }
          actions={
            <a class="button quiet" href={linkTo(['domains'])}>
              All {data.domains.length}
            </a>
          }
        >
          <DomainTable rows={troubledFirst(data).slice(0, mostDomains)} />
        </Panel>
      )}
    </>
  );
}

const ranks = ['down', 'slow', 'over its rate', 'waiting', 'working'];

const troubledFirst = ({domains}: OverviewAnswer) =>
  domains.toSorted((a, b) => ranks.indexOf(a.state) - ranks.indexOf(b.state));

/** Where mail goes at all. */
function Destination({overview: {smarthost, sink, settingsSince}}: {readonly overview: OverviewAnswer}) {
  return (
    <p class="note">
      {smarthost === null ? (
        'Mail goes to the recipients’ MX hosts'
      ) : (
        <>
          Mail goes to the smarthost <Verbatim text={smarthost} most={100} />
        </>
      )}
      {sink !== null && (
        <>
          , and <a href={linkTo(['settings'], {q: 'sink'})}>every connection to the sink</a>{' '}
          <Words text={sink} most={100} />
        </>
      )}
      {settingsSince !== null && (
        <>
          ; set <Time time={settingsSince} />
        </>
      )}
    </p>
  );
}
