// What SQS measures of its queues ("Available CloudWatch metrics for Amazon SQS"): how many messages there are, and how old
// the oldest one is. AWS publishes them once a minute.

import {type Clock, machineClock} from '../clock.ts';
import type {Sqs} from '../sqs/sqs.ts';
import type {Metrics} from './metrics.ts';

const everyMs = 60_000;

/** From now on, until the returned function is called. */
export function measureQueues(sqs: Sqs, metrics: Metrics, clock: Clock = machineClock): () => void {
  const {now} = clock;
  let cancel = () => {};
  const measure = () => {
    for (const queue of sqs.queues) {
      const {visible, inFlight, delayed} = queue.counts;
      const age = (now() - (queue.oldestMs ?? now())) / 1000;
      const add = (name: string, unit: string, value: number) =>
        metrics.add({
          namespace: 'AWS/SQS',
          name,
          dimensions: {QueueName: queue.name},
          unit,
          timestamp: now(),
          values: [value],
        });
      add('ApproximateNumberOfMessagesVisible', 'Count', visible);
      add('ApproximateNumberOfMessagesNotVisible', 'Count', inFlight);
      add('ApproximateNumberOfMessagesDelayed', 'Count', delayed);
      add('ApproximateAgeOfOldestMessage', 'Seconds', Math.round(age));
    }
  };
  const again = async () => {
    cancel = clock.at(now() + everyMs, again);
    measure();
  };
  void again();
  return () => cancel();
}
