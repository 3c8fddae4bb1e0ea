import {expect, test} from 'vitest';
import {machineClock} from '../../../local/clock.ts';
import {Metrics} from '../../../local/cloudwatch/metrics.ts';
import {measureQueues} from '../../../local/cloudwatch/queue-metrics.ts';
import {Sqs} from '../../../local/sqs/sqs.ts';

test('SQS publishes how many messages a queue has, and how old the oldest is', () => {
  let now = 1_800_000_000_000;
  const sqs = new Sqs({region: 'us-east-1', accountId: '000000000000', urlOf: name => name, now: () => now});
  const metrics = new Metrics({now: () => now});
  for (const name of ['full', 'empty']) sqs.createQueue(name);
  const full = sqs.queue('full');
  full.send({body: 'a', senderId: 'test'});
  now += 30_000;
  full.send({body: 'b', senderId: 'test', delaySeconds: 60});
  now += 12_000;
  measureQueues(sqs, metrics, {...machineClock, now: () => now})();
  const of = (queue: string) =>
    Object.fromEntries(
      metrics.all
        .filter(({dimensions}) => dimensions.QueueName === queue)
        .map(({name, minutes}) => [name, [...minutes.values()].map(each => each.of('Maximum'))]),
    );
  expect(of('full')).toEqual({
    ApproximateNumberOfMessagesVisible: [1],
    ApproximateNumberOfMessagesNotVisible: [0],
    ApproximateNumberOfMessagesDelayed: [1],
    ApproximateAgeOfOldestMessage: [42],
  });
  expect(of('empty')).toMatchObject({ApproximateAgeOfOldestMessage: [0]});
});
