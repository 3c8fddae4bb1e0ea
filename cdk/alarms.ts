// Alarms: what needs a person. Mail that nobody can deliver is not among it; it is answered with a result.

import {Duration, Stack} from 'aws-cdk-lib';
import {Alarm, ComparisonOperator, type IMetric, TreatMissingData} from 'aws-cdk-lib/aws-cloudwatch';
import {SnsAction} from 'aws-cdk-lib/aws-cloudwatch-actions';
import {FilterPattern} from 'aws-cdk-lib/aws-logs';
import {Construct} from 'constructs';
import {AlarmTopic} from './alarm-topic.ts';
import type {MailFunction} from './mail-function.ts';
import type {Queues} from './queues.ts';

export interface AlarmsProps {
  readonly queues: Queues;
  readonly functions: readonly MailFunction[];
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

  #queueAlarms({outbox, outboxDlq, delivery, deliveryDlq}: Queues): void {
    const deadLetters = 'Mail that could not be processed, by our own fault: mend, then redrive.';
    for (const [name, dlq] of Object.entries({OutboxDlq: outboxDlq, DeliveryDlq: deliveryDlq})) {
      const visible = dlq.metricApproximateNumberOfMessagesVisible(maximum);
      this.#alarm(`${name}Messages`, visible, 1, deadLetters);
    }
    // A message that is due leaves the outbox within seconds. One that is not is delayed, by 900 s at most, and
    // AWS does not say whether that counts into its age: so 900 s and a quarter of an hour.
    const outboxAge = outbox.metricApproximateAgeOfOldestMessage(maximum);
    this.#alarm('OutboxAge', outboxAge, 1800, 'Mail is not being routed: look at the route function’s log.');
    // A domain may have a long queue and one slow connection; an hour is more than that explains.
    const deliveryAge = delivery.metricApproximateAgeOfOldestMessage(maximum);
    this.#alarm('DeliveryAge', deliveryAge, 3600, 'Mail waits long: look at the deliver function’s log.');
  }

  #functionAlarms({node, function: fn, logGroup}: MailFunction): void {
    const {stackName} = Stack.of(this);
    const alarm = (what: string, metric: IMetric, threshold: number, description: string) =>
      this.#alarm(`${node.id}${what}`, metric, threshold, description);
    alarm('Errors', fn.metricErrors({period}), 1, 'The function crashed or ran out of time.');
    alarm('Throttles', fn.metricThrottles({period}), 10, 'The account’s concurrency is used up.');
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

  #alarm(name: string, metric: IMetric, threshold: number, alarmDescription: string): void {
    const alarm = new Alarm(this, name, {
      metric,
      threshold,
      alarmDescription,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      // No datapoint of a queue that is at rest, or of a function that is not running.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    if (this.#action) alarm.addAlarmAction(this.#action);
  }
}
