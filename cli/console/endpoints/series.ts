// How mail went, period by period, from CloudWatch: the functions' own metrics, and how much each queue had ready.

import {paginateGetMetricData} from '@aws-sdk/client-cloudwatch';
import {type MetricName, metricNamespace, stageDimension} from '../../../shared/metrics.ts';
import {namesOf} from '../../../shared/names.ts';
import {UsageError} from '../../command/problems.ts';
import type {Route} from '../visit.ts';

/** Periods by how far back it goes, in minutes. CloudWatch has a minute for 15 days. */
const steps: Readonly<Record<string, number>> = {60: 60, 180: 60, 1440: 300};
/** GetMetricData, in us-east-1 and most other regions. */
const usdPerMetric = 0.01 / 1000;
/** What happened so lately may not be there yet. */
const lateSeconds = 180;

interface Line {
  readonly name: string;
  readonly namespace: string;
  readonly metric: string;
  readonly dimension: {readonly Name: string; readonly Value: string};
  readonly stat: string;
}

const counts = ['attempts', 'accepted', 'deferred', 'bounced', 'held'] as const satisfies MetricName[];
const latencies = {latencyP50: 'p50', latencyP95: 'p95'} as const;

function linesOf(stage: string): readonly Line[] {
  const ofMail = {namespace: metricNamespace, dimension: {Name: stageDimension, Value: stage}};
  const {outbox, delivery, deliverySlow, waiting, waitingSoon} = namesOf(stage);
  return [
    ...counts.map(name => ({...ofMail, name, metric: name, stat: 'Sum'})),
    ...Object.entries(latencies).map(([name, stat]) => ({...ofMail, name, metric: 'timeToAcceptance', stat})),
    ...[outbox, delivery, deliverySlow, waiting, waitingSoon].map(name => ({
      name,
      namespace: 'AWS/SQS',
      metric: 'ApproximateNumberOfMessagesVisible',
      dimension: {Name: 'QueueName', Value: name},
      stat: 'Average',
    })),
  ];
}

export const series: Route = {
  method: 'GET',
  path: /^\/api\/series$/,
  // CloudWatch has something new once a minute, and each look is paid for.
  keptMs: 55_000,
  async answer({context, query}) {
    const minutes = query.get('minutes') ?? '60';
    const stepSeconds = Object.hasOwn(steps, minutes) ? steps[minutes] : undefined;
    if (stepSeconds === undefined) throw new UsageError(`minutes: one of ${Object.keys(steps).join(', ')}`);
    const {clients, stage, now, signal} = context;
    const nowSeconds = Math.floor(now() / 1000);
    const end = Math.ceil(nowSeconds / stepSeconds) * stepSeconds;
    const count = (Number(minutes) * 60) / stepSeconds;
    const times = Array.from({length: count}, (_, index) => end - (count - index) * stepSeconds);
    const lines = linesOf(stage);
    const values = lines.map(() => new Map<number, number>());
    const asked = {
      StartTime: new Date(times[0]! * 1000),
      EndTime: new Date(end * 1000),
      MetricDataQueries: lines.map(({namespace, metric, dimension, stat}, index) => ({
        Id: `m${index}`,
        MetricStat: {
          Metric: {Namespace: namespace, MetricName: metric, Dimensions: [dimension]},
          Period: stepSeconds,
          Stat: stat,
        },
      })),
    };
    for await (const page of paginateGetMetricData({client: clients.cloudWatch}, asked, {
      abortSignal: signal,
    }))
      for (const {Id = '', Timestamps = [], Values = []} of page.MetricDataResults ?? [])
        for (const [index, time] of Timestamps.entries())
          values[Number(Id.slice(1))]?.set(time.getTime() / 1000, Values[index]!);
    // The functions say nothing of what did not happen.
    const nothing = (name: string, time: number) =>
      isCount(name) && time + stepSeconds < nowSeconds - lateSeconds ? 0 : null;
    const told = lines.map(({name}, index) => {
      const at = values[index]!;
      return [name, times.map(time => at.get(time) ?? nothing(name, time))] as const;
    });
    return {
      stepSeconds,
      times,
      ...Object.fromEntries(told.filter(([name]) => isOfMail(name))),
      queues: Object.fromEntries(told.filter(([name]) => !isOfMail(name))),
      source: 'CloudWatch metrics',
      price: `${lines.length} metrics, ${(lines.length * usdPerMetric).toFixed(5)} USD a look`,
    };
  },
};

const isCount = (name: string): boolean => (counts as readonly string[]).includes(name);
const isOfMail = (name: string): boolean => isCount(name) || Object.hasOwn(latencies, name);
