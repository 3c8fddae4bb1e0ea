// Alarms: what needs a person. Mail that nobody can deliver is not among it; it is answered with a result.

import {Duration, Stack} from 'aws-cdk-lib';
import {Alarm, ComparisonOperator, type IMetric, TreatMissingData} from 'aws-cdk-lib/aws-cloudwatch';
import {SnsAction} from 'aws-cdk-lib/aws-cloudwatch-actions';
import {FilterPattern} from 'aws-cdk-lib/aws-logs';
import {Construct} from 'constructs';
import {AlarmTopic} from './alarm-topic.ts';
import {idOf, type Queues} from './queues.ts';
import type {RelayqFunction} from './relayq-function.ts';

export interface AlarmsProps {
  readonly queues: Queues;
  readonly functions: readonly RelayqFunction[];
  readonly email: string | undefined;
}

const period = Duration.minutes(5);
const maximum = {period, statistic: 'Maximum'};

export class Alarms extends Construct {
  readonly #action: SnsAction | undefined;

  constructor(scope: Construct, id: string, {queues, functions, email}: AlarmsProps) {
    super(scope, id);
    if (email !== undefined) this.#action = new SnsAction(new AlarmTopic(this, 'Mail', email).topic);
    this.#queueAlarms(queues);
    for (const each of functions) this.#functionAlarms(each);
  }

  #queueAlarms({outbox, outboxDlq, waiting, waitingDlq, delivery, deliveryDlq, results}: Queues): void {
    const deadLetters = 'Mail that could not be processed, by our own fault: mend, then redrive.';
    const dlqs = {OutboxDlq: outboxDlq, WaitingDlq: waitingDlq, DeliveryDlq: deliveryDlq};
    for (const [name, dlq] of Object.entries(dlqs)) {
      const visible = dlq.metricApproximateNumberOfMessagesVisible(maximum);
      this.#alarm(`${name}Messages`, visible, 1, deadLetters);
    }
    // What is due leaves these within seconds. What is not is delayed, by 900 s at most, and AWS does not say whether
    // that counts into its age: so 900 s and a quarter of an hour. A producer may delay what is on the outbox, too.
    for (const [name, queue] of Object.entries({Outbox: outbox, Waiting: waiting})) {
      const age = queue.metricApproximateAgeOfOldestMessage(maximum);
      this.#alarm(`${name}Age`, age, 1800, 'Mail is not being routed: look at the route function’s log.');
    }
    // A domain may have a long queue and one slow connection; an hour is more than that explains.
    const deliveryAge = delivery.metricApproximateAgeOfOldestMessage(maximum);
    this.#alarm('DeliveryAge', deliveryAge, 3600, 'Mail waits long: look at the deliver function’s log.');
    const unread = 'Results expire unread in four days: read them, or switch their kind off (results-kinds).';
    for (const [kind, queue] of Object.entries(results)) {
      const age = queue.metricApproximateAgeOfOldestMessage(maximum);
      this.#alarm(`${idOf(kind)}Unread`, age, Duration.days(10).toSeconds(), unread);
    }
  }

  #functionAlarms({node, function: fn, logGroup}: RelayqFunction): void {
    const {stackName} = Stack.of(this);
    const alarm = (what: string, metric: IMetric, threshold: number, description: string, periods = 1) =>
      this.#alarm(`${node.id}${what}`, metric, threshold, description, periods);
    alarm('Errors', fn.metricErrors({period}), 1, 'The function crashed or ran out of time.');
    alarm('Throttles', fn.metricThrottles({period}), 10, 'The account’s concurrency is used up.');
    // A batch that is throttled counts as received: this is long before mail becomes dead letters of it.
    const lasting =
      'Throttled for two hours; in two days it makes dead letters: raise the account’s concurrency.';
    alarm('ThrottledForLong', fn.metricThrottles({period: Duration.hours(1)}), 1, lasting, 2);
    // A batch that fails because SSM or SQS does is reported to Lambda item by item, which is no error of the
    // function, and SQS leaves messages out of its age that were received three times (Available CloudWatch
    // metrics for Amazon SQS): a lasting fault would show only in the dead-letter queue, an hour later.
    const faults = logGroup.addMetricFilter(`${node.id}Faults`, {
      filterPattern: FilterPattern.stringValue('$.level', '=', 'error'),
      metricNamespace: 'relayq',
      metricName: `${stackName}-${node.id.toLowerCase()}-faults`,
    });
    const metric = faults.metric({period, statistic: 'Sum'});
    alarm('Faults', metric, 1, 'Lines of level "error" in its log: settings, credentials, SSM or SQS.');
  }

  #alarm(name: string, metric: IMetric, threshold: number, alarmDescription: string, periods = 1): void {
    const alarm = new Alarm(this, name, {
      metric,
      threshold,
      alarmDescription,
      evaluationPeriods: periods,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      // No datapoint of a queue that is at rest, or of a function that is not running.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    if (this.#action) alarm.addAlarmAction(this.#action);
  }
}
