// Rates and times over an hour, three hours or a day, from CloudWatch.

import {useMemo} from 'preact/hooks';
import {metricNamespace, stageDimension} from '../../../shared/metrics.ts';
import type {Route} from '../../app/route.ts';
import {adjustQuery} from '../../app/use-route.ts';
import {queryOf} from '../../data/api.ts';
import type {Numbers, Series} from '../../data/documents.ts';
import {usePolled} from '../../data/polled.ts';
import {Chart, type Colour} from '../../parts/chart.tsx';
import {Choices} from '../../parts/choices.tsx';
import {CopyAs} from '../../parts/copy.tsx';
import {Panel, Polling, SourceOf} from '../../parts/panel.tsx';
import {numberOf, shareOf} from '../../text/numbers.ts';
import {millisecondsOf} from '../../text/times.ts';
import {NumbersTable} from './numbers-table.tsx';

const ranges = {60: '1 h', 180: '3 h', 1440: '1 day'} as const;
/** CloudWatch has something new once a minute, and each look is paid for. */
const everyMs = 60_000;

export function Charts({route}: {readonly route: Route}) {
  const {minutes = '60'} = route.query;
  const series = usePolled<Series>(`/api/series${queryOf({minutes})}`, everyMs);
  return (
    <Panel
      title="Attempts"
      class="bare"
      source={
        <>
          <SourceOf of={series} from="CloudWatch metrics" />
          {series.data?.price ? `; ${series.data.price}` : ''}
        </>
      }
      actions={
        <>
          <Choices
            label="How far back"
            value={minutes}
            options={Object.entries(ranges).map(([value, text]) => ({value, text}))}
            onChoose={value => adjustQuery(route, {minutes: value === '60' ? undefined : value})}
          />
          <CopyAs commands={({aws, stage}) => [aws(...metricDataWords(stage, Number(minutes) || 60))]} />
        </>
      }
    >
      <Polling of={series} lines={5}>
        {data => (
          <>
            <Multiples series={data} />
            <NumbersTable series={data} />
          </>
        )}
      </Polling>
    </Panel>
  );
}

const told = ['attempts', 'accepted', 'deferred', 'bounced'] as const;

/** @param minutes how far back, from now */
function metricDataWords(stage: string, minutes: number): string[] {
  const timeOf = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}Z`;
  const nowMs = Date.now();
  const Dimensions = [{Name: stageDimension, Value: stage}];
  const queries = told.map(MetricName => ({
    Id: MetricName,
    MetricStat: {
      Metric: {Namespace: metricNamespace, MetricName, Dimensions},
      Period: minutes > 180 ? 300 : 60,
      Stat: 'Sum',
    },
  }));
  return [
    ...['cloudwatch', 'get-metric-data', '--metric-data-queries', JSON.stringify(queries)],
    ...['--start-time', timeOf(nowMs - minutes * 60_000), '--end-time', timeOf(nowMs)],
  ];
}

const sumOf = (values: Numbers): number => values.reduce<number>((sum, each) => sum + (each ?? 0), 0);
const latestOf = (values: Numbers): number | undefined =>
  values.findLast(value => value !== null) ?? undefined;

function Multiples({series}: {readonly series: Series}) {
  const {times, stepSeconds, attempts, accepted, deferred, bounced, latencyP50, latencyP95, queues} = series;
  const all = sumOf(attempts);
  const step = stepSeconds < 120 ? 'a minute' : `${stepSeconds / 60} minutes`;
  const counts = [
    {title: 'Attempts', values: attempts, colour: '--accent' as Colour},
    {title: 'Accepted', values: accepted, colour: '--good' as Colour},
    {title: 'Deferred', values: deferred, colour: '--warn' as Colour},
    {title: 'Bounced', values: bounced, colour: '--bad' as Colour},
  ];
  const p95 = latestOf(latencyP95);
  const inside = useMemo(() => depthsOf(queues), [queues]);
  return (
    <div class="charts">
      {counts.map(({title, values, colour}) => (
        <Chart
          key={title}
          title={title}
          headline={numberOf(sumOf(values))}
          note={title === 'Attempts' ? `each bar is ${step}` : `${shareOf(sumOf(values), all)} of attempts`}
          times={times}
          lines={[{name: title, values, colour}]}
          kind="bars"
          textOf={numberOf}
        />
      ))}
      <Chart
        title="Outbox to acceptance"
        headline={p95 === undefined ? '–' : millisecondsOf(p95)}
        note={
          p95 === undefined
            ? 'nothing was accepted'
            : `latest p95; p50 ${millisecondsOf(latestOf(latencyP50) ?? 0)}`
        }
        times={times}
        lines={[
          {name: 'p95', values: latencyP95, colour: '--accent'},
          {name: 'p50', values: latencyP50, colour: '--ink-2', isDashed: true},
        ]}
        kind="lines"
        textOf={millisecondsOf}
      />
      {inside && (
        <Chart
          title="Ready in queues"
          headline={numberOf(latestOf(inside) ?? 0)}
          note={`visible, in ${Object.keys(queues ?? {}).length} queues`}
          times={times}
          lines={[{name: 'messages', values: inside, colour: '--ink-2'}]}
          kind="lines"
          isWhole
          textOf={numberOf}
        />
      )}
    </div>
  );
}

/** All queues together. */
function depthsOf(queues: Series['queues']): Numbers | undefined {
  const each = Object.values(queues ?? {});
  const [first] = each;
  if (first === undefined) return undefined;
  return first.map((_, at) => {
    const known = each.flatMap(values => values[at] ?? []);
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
  });
}
