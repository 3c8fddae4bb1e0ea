// The dashboard of a stage: what becomes of mail, where it waits, and how the functions are. Domains are not on it, as each
// would cost 0.30 USD a month: `relayq status` shows them.

import {Duration} from 'aws-cdk-lib';
import {
  Dashboard as CloudWatchDashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
  LogQueryWidget,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type {Queue} from 'aws-cdk-lib/aws-sqs';
import {Construct} from 'constructs';
import type {MetricName} from '../shared/metrics.ts';
import {mailMetric, shareOfAttempts} from './mail-metrics.ts';
import type {Queues} from './queues.ts';
import type {RelayqFunction} from './relayq-function.ts';

export interface DashboardProps {
  readonly name: string;
  readonly stage: string;
  readonly queues: Queues;
  readonly functions: readonly RelayqFunction[];
}

const period = Duration.minutes(5);
/** CloudWatch has 24 columns. */
const third = 8;
const half = 12;

const graph = (title: string, left: readonly IMetric[], width: number): IWidget =>
  new GraphWidget({title, left: [...left], width, height: 6, leftYAxis: {min: 0}});

export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, {name, stage, queues, functions}: DashboardProps) {
    super(scope, id);
    const dashboard = new CloudWatchDashboard(this, 'Dashboard', {
      dashboardName: name,
      defaultInterval: Duration.hours(12),
    });
    const text = `**${name}** – which domains are active, what is stuck, and why: \`relayq status --stage ${stage}\``;
    dashboard.addWidgets(new TextWidget({markdown: text, width: 24, height: 1}));
    dashboard.addWidgets(...mailWidgets(stage));
    dashboard.addWidgets(...queueWidgets(queues));
    dashboard.addWidgets(...functionWidgets(functions));
    dashboard.addWidgets(
      new LogQueryWidget({
        title: 'What needs a person: the last errors in the log',
        logGroupNames: functions.map(({logGroup}) => logGroup.logGroupName),
        queryLines: [
          'fields @timestamp, @message',
          'filter level = "error"',
          'sort @timestamp desc',
          'limit 20',
        ],
        width: 24,
        height: 6,
      }),
    );
  }
}

function mailWidgets(stage: string): readonly IWidget[] {
  const fates: readonly MetricName[] = [
    'attempts',
    'accepted',
    'deferred',
    'bounced',
    'expired',
    'invalid',
    'held',
  ];
  const times = ['p50', 'p95', 'p99'].map(statistic =>
    mailMetric(stage, 'timeToAcceptance', {period, statistic, label: statistic}),
  );
  const shares = (['bounced', 'deferred'] as const).map(name => shareOfAttempts(stage, name, {period}));
  return [
    graph(
      'What becomes of mail',
      fates.map(name => mailMetric(stage, name, {period})),
      third,
    ),
    graph('Bounced and deferred, in a hundred attempts', shares, third),
    graph('From the outbox to acceptance, in milliseconds', times, third),
  ];
}

function queueWidgets(queues: Queues): readonly IWidget[] {
  const {outbox, waiting, waitingSoon, delivery, deliverySlow, outboxDlq, waitingDlq, deliveryDlq} = queues;
  const onTheWay = [outbox, waiting, waitingSoon, delivery, deliverySlow];
  const visible = (queue: Queue) =>
    queue.metricApproximateNumberOfMessagesVisible({period, label: queue.node.id});
  const delayed = (queue: Queue) =>
    queue.metricApproximateNumberOfMessagesDelayed({period, label: `${queue.node.id}, delayed`});
  const inFlight = (queue: Queue) =>
    queue.metricApproximateNumberOfMessagesNotVisible({period, label: `${queue.node.id}, in flight`});
  const age = (queue: Queue) => queue.metricApproximateAgeOfOldestMessage({period, label: queue.node.id});
  const inQueues = [
    ...onTheWay.map(visible),
    ...[waiting, waitingSoon].map(delayed),
    ...[delivery, deliverySlow].map(inFlight),
  ];
  return [
    graph('Messages in the queues', inQueues, third),
    graph('Age of the oldest message, in seconds', onTheWay.map(age), third),
    graph('Dead letters', [outboxDlq, waitingDlq, deliveryDlq].map(visible), third),
  ];
}

function functionWidgets(functions: readonly RelayqFunction[]): readonly IWidget[] {
  const of = (metricOf: (each: RelayqFunction) => readonly IMetric[]) => functions.flatMap(metricOf);
  const labelled = (each: RelayqFunction, what: string) => ({period, label: `${each.node.id} ${what}`});
  return [
    graph(
      'Invocations, errors and throttles',
      of(each => [
        each.function.metricInvocations(labelled(each, 'invocations')),
        each.function.metricErrors(labelled(each, 'errors')),
        each.function.metricThrottles(labelled(each, 'throttles')),
      ]),
      half,
    ),
    graph(
      'Environments at work',
      of(each => [
        each.function.metric('ConcurrentExecutions', {...labelled(each, ''), statistic: 'Maximum'}),
      ]),
      half / 2,
    ),
    graph(
      'How long batches take, in milliseconds',
      of(each => [each.function.metricDuration({...labelled(each, 'p95'), statistic: 'p95'})]),
      half / 2,
    ),
  ];
}
