// The redrive of docs/operate.md, for whatever is in the dead-letter queues: each message comes to its end as if
// nothing had happened.

import {
  GetQueueAttributesCommand,
  ListMessageMoveTasksCommand,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {ActiveFault} from '../../local/faults/active-fault.ts';
import {FaultBench, finallyOnce, once, type Sample} from './fault-bench.ts';
import {names} from './pipeline-under-test.ts';

let bench: FaultBench;
let faults: ActiveFault[];
let samples: Sample[];
const dead = [names.outboxDlq, names.waitingDlq, names.deliveryDlq];
const counts = () => dead.map(queue => bench.pipeline.cloud.sqs.queue(queue).counts.visible);

beforeAll(async () => {
  bench = await FaultBench.start({
    timeoutS: 30,
    holdS: 10,
    overrides: ({queues, eventSourceMappings}) => {
      for (const mapping of eventSourceMappings) mapping.batchSize = 1;
      for (const {attributes} of queues) {
        if (attributes.RedrivePolicy === undefined) continue;
        const policy = {...JSON.parse(attributes.RedrivePolicy), maxReceiveCount: 1};
        attributes.RedrivePolicy = JSON.stringify(policy);
      }
    },
  });
  const barred = (kind: 'ok' | 'bounce' | 'later' | 'hold' | 'invalid', call: object) => {
    const sample = bench.sample(kind);
    faults.push(
      bench.fault({operation: 'SendMessageBatch', containing: sample.id, fault: 'refuse', ...call}),
    );
    return sample;
  };
  faults = [];
  samples = [
    // outbox-dlq: the function can reach neither the next queue nor those for results.
    barred('hold', {function: names.route, queue: names.waitingSoon}),
    barred('ok', {function: names.route, queue: names.delivery}),
    // waiting-dlq: deferred mail, and a postponed result.
    barred('later', {function: names.route, queue: names.delivery, containing: '"attempts":1,'}),
    barred('ok', {queue: names.results.success}),
    // delivery-dlq.fifo: an outcome that cannot be written.
    barred('bounce', {function: names.deliver}),
  ];
  await bench.send(...samples);
  await bench.pipeline
    .until(() => counts().join() === '2,2,1')
    .catch(() => expect(counts()).toEqual([2, 2, 1]));
});
afterAll(() => bench.stop());

test('a redrive of each dead-letter queue brings all its messages to their end, once', async () => {
  for (const fault of faults) fault.remove();
  const {sqs, cloud} = bench.pipeline;
  const movedOf = async (queue: string) => {
    const {Attributes} = await sqs.send(
      new GetQueueAttributesCommand({QueueUrl: cloud.queueUrlOf(queue), AttributeNames: ['QueueArn']}),
    );
    const SourceArn = Attributes!.QueueArn!;
    await sqs.send(new StartMessageMoveTaskCommand({SourceArn}));
    const task = async () => (await sqs.send(new ListMessageMoveTasksCommand({SourceArn}))).Results![0]!;
    await expect.poll(async () => (await task()).Status).not.toBe('RUNNING');
    const {Status, ApproximateNumberOfMessagesMoved: moved} = await task();
    return [Status, moved];
  };
  expect(await Promise.all(dead.map(movedOf))).toEqual([
    ['COMPLETED', 2],
    ['COMPLETED', 2],
    ['COMPLETED', 1],
  ]);
  await bench.settled();
  expect(counts()).toEqual([0, 0, 0]);
  expect(samples.map(sample => finallyOnce(bench.tallyOf(sample)))).toEqual(
    samples.map(({kind}) => finallyOnce(once[kind])),
  );
});
