// Alarms: what needs a person. A message that cannot be delivered does not, as its sender gets a result. When many cannot,
// they do.

import {Duration} from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import {SnsAction} from 'aws-cdk-lib/aws-cloudwatch-actions';
import type {Table} from 'aws-cdk-lib/aws-dynamodb';
import {FilterPattern} from 'aws-cdk-lib/aws-logs';
import type {ITopic} from 'aws-cdk-lib/aws-sns';
import type {Queue} from 'aws-cdk-lib/aws-sqs';
import {Construct} from 'constructs';
import type {Names} from '../shared/names.ts';
import {AlarmTopic} from './alarm-topic.ts';
import type {MailMetrics} from './mail-metrics.ts';
import {idOf, type Queues} from './queues.ts';
import type {RelayqFunction} from './relayq-function.ts';

export interface AlarmsProps {
  readonly names: Names;
  readonly queues: Queues;
  /** Those that take from queues. */
  readonly functions: readonly RelayqFunction[];
  /** The one that runs on a schedule. */
  readonly keeper: RelayqFunction;
  readonly tables: Readonly<Record<'slots' | 'receivers' | 'suppressions', Table>>;
  /** Of a network of the stack's own. */
  readonly natGatewayIds: readonly string[];
  readonly mail: MailMetrics;
  readonly email: string | undefined;
  /** Of somebody else's, for alarms too. */
  readonly topic: ITopic | undefined;
}

interface Rule {
  /** The alarm rings from there on. A rule of none rings where the metric has no value. */
  readonly atLeast: number | 'none';
  readonly says: string;
  readonly periods?: number;
}

/** A queue at rest has no datapoints, nor has a function that does not run. */
const reaches = (threshold: number) => ({
  threshold,
  comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
  treatMissingData: TreatMissingData.NOT_BREACHING,
});

const missing = {
  threshold: 1,
  comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
  treatMissingData: TreatMissingData.BREACHING,
};

const period = Duration.minutes(5);
const maximum = {period, statistic: 'Maximum'};

/** Over how long, and from how many attempts on, failures are more than chance. */
const enough = {period: Duration.minutes(15), least: 50};

export class Alarms extends Construct {
  readonly #names: Names;
  readonly #actions: readonly SnsAction[];
  readonly #alarms: Alarm[] = [];

  constructor(scope: Construct, id: string, {names, email, topic, ...watched}: AlarmsProps) {
    super(scope, id);
    this.#names = names;
    const topics = [email === undefined ? undefined : new AlarmTopic(this, 'Mail', email).topic, topic];
    this.#actions = topics.filter(each => each !== undefined).map(each => new SnsAction(each));
    this.#queueAlarms(watched.queues);
    for (const each of watched.functions) this.#functionAlarms(each);
    this.#concurrencyAlarm();
    this.#keeperAlarms(watched.keeper);
    this.#tableAlarm(watched.tables);
    for (const each of watched.natGatewayIds) this.#portAlarm(each);
    this.#mailAlarms(watched.mail);
  }

  get all(): readonly Alarm[] {
    return this.#alarms;
  }

  #queueAlarms(queues: Queues): void {
    const {outboxDlq, waitingDlq, deliveryDlq, results} = queues;
    const dead =
      'Messages failed for days, or functions died of them: mend what is wrong, then redrive them.';
    for (const [name, dlq] of Object.entries({
      Outbox: outboxDlq,
      Waiting: waitingDlq,
      Delivery: deliveryDlq,
    })) {
      const visible = dlq.metricApproximateNumberOfMessagesVisible(maximum);
      this.#alarm(`${name}DlqMessages`, visible, {atLeast: 1, says: dead});
    }
    const aged = (name: string, queue: Queue, rule: Rule) =>
      this.#alarm(name, queue.metricApproximateAgeOfOldestMessage(maximum), rule);
    // Messages that are due leave these within seconds. Others are delayed by 900 s at most, also by producers, and AWS
    // does not say whether a delay counts into the age: so the limit is 900 s and a quarter of an hour.
    const unrouted = 'Mail is not being routed: look at the route function’s log.';
    aged('OutboxAge', queues.outbox, {atLeast: 1800, says: unrouted});
    aged('WaitingAge', queues.waiting, {atLeast: 1800, says: unrouted});
    aged('WaitingSoonAge', queues.waitingSoon, {atLeast: 1800, says: unrouted});
    // A domain may have a long queue and one slow connection, but an hour is more than that explains. While a receiver is
    // down its lanes are hidden. SQS leaves what it has given out three times out of the age, but not what lies behind it.
    const undelivered = 'Mail has lain for an hour: its receiver is down, or see the deliver function’s log.';
    aged('DeliveryAge', queues.delivery, {atLeast: 3600, says: undelivered});
    aged('DeliverySlowAge', queues.deliverySlow, {atLeast: 3600, says: undelivered});
    const says = 'Results expire unread in four days: read them, or switch off their kind (results-kinds).';
    for (const [kind, queue] of Object.entries(results))
      aged(`${idOf(kind)}Unread`, queue, {atLeast: Duration.days(10).toSeconds(), says});
  }

  /** Of a function that takes from queues. */
  #functionAlarms(taker: RelayqFunction): void {
    const {node, function: fn} = taker;
    this.#faultAlarms(taker);
    const used = 'The account’s concurrency is used up.';
    this.#alarm(`${node.id}Throttles`, fn.metricThrottles({period}), {atLeast: 10, says: used});
    // Each throttled batch counts as received. This rings long before messages become dead letters by it.
    const lasting = 'Throttled for two hours: raise the account’s concurrency, or mail becomes dead letters.';
    const hourly = fn.metricThrottles({period: Duration.hours(1)});
    this.#alarm(`${node.id}ThrottledForLong`, hourly, {atLeast: 1, periods: 2, says: lasting});
  }

  /** Before anything is throttled: other functions of the account use it too. */
  #concurrencyAlarm(): void {
    const used = new Metric({
      namespace: 'AWS/Usage',
      metricName: 'ResourceCount',
      dimensionsMap: {Service: 'Lambda', Type: 'Resource', Resource: 'ConcurrentExecutions', Class: 'None'},
      ...maximum,
    });
    const share = new MathExpression({
      expression: '100 * used / SERVICE_QUOTA(used)',
      usingMetrics: {used},
      period,
    });
    const says = 'Four fifths of the account’s concurrency are used: ask for more before mail waits.';
    this.#alarm('Concurrency', share, {atLeast: 80, says});
  }

  /** Tables that are paid by the request throttle at twice what was ever asked of them. Mail waits then. */
  #tableAlarm({slots, receivers, suppressions}: AlarmsProps['tables']): void {
    const throttled = (table: Table, what: 'Read' | 'Write') =>
      table.metric(`${what}ThrottleEvents`, {period, statistic: 'Sum'});
    const usingMetrics = {
      slots: throttled(slots, 'Write'),
      receiversRead: throttled(receivers, 'Read'),
      receiversWritten: throttled(receivers, 'Write'),
      suppressionsRead: throttled(suppressions, 'Read'),
      suppressionsWritten: throttled(suppressions, 'Write'),
    };
    const expression = Object.keys(usingMetrics)
      .map(name => `FILL(${name}, 0)`)
      .join(' + ');
    const says =
      'DynamoDB throttles: rates and the suppression list hold mail up. It passes as the tables grow.';
    const events = new MathExpression({expression, usingMetrics, period});
    this.#alarm('TableThrottles', events, {atLeast: 10, says});
  }

  /** An address has some 55,000 ports to one server's port (NAT gateway basics). */
  #portAlarm(natGatewayId: string): void {
    const failed = new Metric({
      namespace: 'AWS/NATGateway',
      metricName: 'ErrorPortAllocation',
      dimensionsMap: {NatGatewayId: natGatewayId},
      period,
      statistic: 'Sum',
    });
    const says =
      'The NAT gateway has no port left for a connection: give busy receivers fewer connections (capacity).';
    this.#alarm('NatPorts', failed, {atLeast: 1, says});
  }

  #faultAlarms({node: {id}, function: fn, logGroup}: RelayqFunction): void {
    const says = 'The function crashed or ran out of time.';
    this.#alarm(`${id}Errors`, fn.metricErrors({period}), {atLeast: 1, says});
    // When SSM or SQS fails, the function reports its batch item by item, and that is no error for Lambda. SQS leaves
    // messages that were received three times out of the age (Available CloudWatch metrics for Amazon SQS). So a
    // lasting fault would show only in the dead-letter queue, days later.
    const faults = logGroup.addMetricFilter(`${id}Faults`, {
      filterPattern: FilterPattern.stringValue('$.level', '=', 'error'),
      metricNamespace: 'relayq',
      metricName: `${this.#names.stack}-${id.toLowerCase()}-faults`,
    });
    const logged = 'Read its log’s lines of level "error": settings, credentials, SSM or SQS are at fault.';
    const counted = faults.metric({period, statistic: 'Sum'});
    this.#alarm(`${id}Faults`, counted, {atLeast: 1, says: logged});
  }

  /** SQS deletes held mail after fourteen days, and its age says nothing of what was received three times. */
  #keeperAlarms(keeper: RelayqFunction): void {
    this.#faultAlarms(keeper);
    const invocations = keeper.function.metricInvocations({period: Duration.minutes(30)});
    const says =
      'Held mail is not looked after, and SQS deletes it after 14 days: see the rule of the keeper function.';
    this.#alarm('KeeperIdle', invocations, {atLeast: 'none', periods: 2, says});
  }

  #mailAlarms(mail: MailMetrics): void {
    // From 5 % on, SES puts a sender under review (Amazon SES sending review process FAQs), and others look askance.
    const refused =
      'Mail fails for good: run the saved query "what is bounced, and why", and stop who sends to bad addresses.';
    this.#alarm('BounceRate', mail.rate('bounced', enough), {atLeast: 5, says: refused});
    // New senders and greylisting explain much of a quarter of an hour, but not half of all attempts.
    const deferred =
      'Half of all attempts fail for now: run the saved query "what is deferred, and why". The mail is tried again.';
    this.#alarm('DeferralRate', mail.rate('deferred', enough), {atLeast: 50, says: deferred});
  }

  #alarm(name: string, metric: IMetric, {atLeast, says, periods = 1}: Rule): void {
    const alarm = new Alarm(this, name, {
      metric,
      alarmDescription: says,
      evaluationPeriods: periods,
      ...(atLeast === 'none' ? missing : reaches(atLeast)),
    });
    alarm.addAlarmAction(...this.#actions);
    this.#alarms.push(alarm);
  }
}
