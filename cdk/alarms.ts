// Alarms: what needs a person. Mail that nobody can deliver is not among it; it is answered with a result.

import {Duration} from 'aws-cdk-lib';
import {Alarm, ComparisonOperator, type IMetric, TreatMissingData} from 'aws-cdk-lib/aws-cloudwatch';
import {SnsAction} from 'aws-cdk-lib/aws-cloudwatch-actions';
import {Alias} from 'aws-cdk-lib/aws-kms';
import {Topic} from 'aws-cdk-lib/aws-sns';
import {EmailSubscription} from 'aws-cdk-lib/aws-sns-subscriptions';
import {Construct} from 'constructs';
import type {MailFunction} from './mail-function.ts';
import type {Queues} from './queues.ts';

export interface AlarmsProps {
  readonly queues: Queues;
  readonly functions: readonly MailFunction[];
  readonly email: string | undefined;
}

export class Alarms extends Construct {
  constructor(scope: Construct, id: string, {queues, functions, email}: AlarmsProps) {
    super(scope, id);
    const topic = email === undefined ? undefined : this.#topic(email);
    const alarm = (name: string, metric: IMetric, threshold: number, alarmDescription: string) => {
      const created = new Alarm(this, name, {
        metric,
        threshold,
        alarmDescription,
        evaluationPeriods: 1,
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        // No datapoint of a queue that is at rest, or of a function that is not running.
        treatMissingData: TreatMissingData.NOT_BREACHING,
      });
      if (topic) created.addAlarmAction(new SnsAction(topic));
    };
    const period = Duration.minutes(5);
    const maximum = {period, statistic: 'Maximum'};
    for (const [name, dlq] of [
      ['OutboxDlq', queues.outboxDlq],
      ['DeliveryDlq', queues.deliveryDlq],
    ] as const) {
      const visible = dlq.metricApproximateNumberOfMessagesVisible(maximum);
      alarm(
        `${name}Messages`,
        visible,
        1,
        'Mail that could not be processed, by our own fault: mend, then redrive.',
      );
    }
    // What is delayed does not count: a message that is due leaves the outbox within seconds.
    const outboxAge = queues.outbox.metricApproximateAgeOfOldestMessage(maximum);
    alarm('OutboxAge', outboxAge, 900, 'Mail is not being routed: look at the route function’s log.');
    // A domain may have a long queue and one slow connection; an hour is more than that explains.
    const deliveryAge = queues.delivery.metricApproximateAgeOfOldestMessage(maximum);
    alarm(
      'DeliveryAge',
      deliveryAge,
      3600,
      'Mail waits long for its turn: look at the deliver function’s log.',
    );
    for (const {node, function: fn} of functions) {
      alarm(`${node.id}Errors`, fn.metricErrors({period}), 1, 'The function crashed or ran out of time.');
      alarm(`${node.id}Throttles`, fn.metricThrottles({period}), 10, 'The account’s concurrency is used up.');
    }
  }

  #topic(email: string): Topic {
    const masterKey = Alias.fromAliasName(this, 'Key', 'alias/aws/sns');
    const topic = new Topic(this, 'Topic', {enforceSSL: true, masterKey});
    topic.addSubscription(new EmailSubscription(email));
    return topic;
  }
}
