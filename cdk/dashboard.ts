// The dashboard of a stage: how mail goes, where it waits, how the functions fare, and what they complain of. It refers to
// at most 50 metrics: larger ones are never among the three that an account has for nothing.

import {Duration} from 'aws-cdk-lib';
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  LogQueryWidget,
  MathExpression,
  type Metric,
  SingleValueWidget,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import {Construct} from 'constructs';
import type {Names} from '../shared/names.ts';
import type {MailMetrics} from './mail-metrics.ts';
import type {Queues} from './queues.ts';
import type {RelayqFunction} from './relayq-function.ts';

export interface StageDashboardProps {
  readonly stage: string;
  readonly names: Names;
  readonly queues: Queues;
  readonly functions: readonly RelayqFunction[];
  readonly mail: MailMetrics;
  readonly alarms: readonly Alarm[];
}

const period = Duration.minutes(5);
const fates = ['attempts', 'accepted', 'deferred', 'bounced', 'expired', 'invalid', 'held'] as const;
const consumed = ['outbox', 'waiting', 'waitingSoon', 'held', 'delivery', 'deliverySlow'] as const;
const deadLetters = ['outboxDlq', 'waitingDlq', 'deliveryDlq'] as const;

export class StageDashboard extends Construct {
  readonly #props: StageDashboardProps;

  constructor(scope: Construct, id: string, props: StageDashboardProps) {
    super(scope, id);
    this.#props = props;
    new Dashboard(this, 'Dashboard', {
      dashboardName: props.names.dashboard,
      defaultInterval: Duration.hours(12),
      // Rows of the console's 24 columns.
      widgets: [
        [this.#whatToType(6, 5), this.#alarms(18, 5)],
        this.#mail(),
        this.#waiting(),
        this.#functions(),
        [this.#faults(24, 8)],
      ],
    });
  }

  #whatToType(width: number, height: number): TextWidget {
    const {stage, names} = this.#props;
    const lines = [
      `## relayq, stage ${stage}`,
      `In a terminal: \`relayq status --stage ${stage}\``,
      `In Logs Insights: the saved queries below \`${names.savedQueries}\``,
      'What to do about an alarm: docs/operate.md',
    ];
    return new TextWidget({markdown: lines.join('\n\n'), width, height});
  }

  #alarms(width: number, height: number): AlarmStatusWidget {
    return new AlarmStatusWidget({title: 'Alarms', alarms: [...this.#props.alarms], width, height});
  }

  #mail(): GraphWidget[] {
    const {mail} = this.#props;
    const rates = (['bounced', 'deferred'] as const).map(failure =>
      mail.rate(failure, {period, label: failure}),
    );
    const times = ['p50', 'p95', 'p99'].map(statistic =>
      mail.metric('timeToAcceptance', {period, statistic, label: statistic}),
    );
    const fated = fates.map(fate => mail.metric(fate, {period}));
    return [
      graph('What became of mail', 12, 'messages', fated),
      graph('Attempts that fail', 6, '% of attempts', rates),
      graph('From the outbox to acceptance', 6, 'milliseconds', times),
    ];
  }

  #waiting(): (GraphWidget | SingleValueWidget)[] {
    const {queues} = this.#props;
    const ages = consumed.map(key =>
      queues[key].metricApproximateAgeOfOldestMessage({
        period,
        statistic: 'Maximum',
        label: this.#short(key),
      }),
    );
    const dead = deadLetters.map(key =>
      queues[key].metricApproximateNumberOfMessagesVisible({
        period,
        statistic: 'Maximum',
        label: this.#short(key),
      }),
    );
    return [
      graph(
        'Mail in the queues: ready, on its way, hidden or delayed',
        9,
        'messages',
        consumed.map(key => this.#depth(key)),
      ),
      graph('The oldest message in each queue', 9, 'seconds', ages),
      new SingleValueWidget({title: 'Dead letters', metrics: dead, width: 6, height: 6}),
    ];
  }

  /** All that is in a queue. What is hidden or on its way is not visible to SQS, and what is delayed counts by itself. */
  #depth(key: (typeof consumed)[number]): MathExpression {
    const queue = this.#props.queues[key];
    const parts: Record<string, Metric> = {
      [`${key}Visible`]: queue.metricApproximateNumberOfMessagesVisible({period, statistic: 'Average'}),
      [`${key}InFlight`]: queue.metricApproximateNumberOfMessagesNotVisible({period, statistic: 'Average'}),
    };
    // Nothing is delayed in a FIFO queue.
    if (!queue.fifo) {
      parts[`${key}Delayed`] = queue.metricApproximateNumberOfMessagesDelayed({period, statistic: 'Average'});
    }
    const expression = Object.keys(parts)
      .map(part => `FILL(${part}, 0)`)
      .join(' + ');
    return new MathExpression({expression, usingMetrics: parts, period, label: this.#short(key)});
  }

  #functions(): GraphWidget[] {
    const named = this.#props.functions.map(({node: {id}, function: fn}) => ({name: id.toLowerCase(), fn}));
    const of = (metric: (each: (typeof named)[number]) => Metric) => named.map(metric);
    const failures = [
      ...of(({name, fn}) => fn.metricErrors({period, label: `${name}: errors`})),
      ...of(({name, fn}) => fn.metricThrottles({period, label: `${name}: throttles`})),
    ];
    const running = {period, statistic: 'Maximum'};
    const longest = {period, statistic: 'p95'};
    return [
      graph(
        'Invocations',
        6,
        'invocations',
        of(({name: label, fn}) => fn.metricInvocations({period, label})),
      ),
      graph('Errors and throttles', 6, 'invocations', failures),
      graph(
        'Invocations at the same time',
        6,
        'invocations, at most',
        of(({name: label, fn}) => fn.metric('ConcurrentExecutions', {...running, label})),
      ),
      graph(
        'How long 95 % of invocations take at most',
        6,
        'milliseconds',
        of(({name: label, fn}) => fn.metricDuration({...longest, label})),
      ),
    ];
  }

  #faults(width: number, height: number): LogQueryWidget {
    return new LogQueryWidget({
      title: 'The last lines of level error',
      logGroupNames: this.#props.functions.map(({logGroup}) => logGroup.logGroupName),
      queryLines: [
        'filter level = "error"',
        'fields @timestamp, message, @log, @message',
        'sort @timestamp desc',
        'limit 20',
      ],
      width,
      height,
    });
  }

  /** `outbox` of `relayq-dev-outbox`. */
  #short(key: (typeof consumed | typeof deadLetters)[number]): string {
    const {names} = this.#props;
    return names[key].slice(`${names.stack}-`.length);
  }
}

const graph = (title: string, width: number, label: string, left: IMetric[]): GraphWidget =>
  new GraphWidget({title, width, height: 6, left, leftYAxis: {label, min: 0, showUnits: false}});
