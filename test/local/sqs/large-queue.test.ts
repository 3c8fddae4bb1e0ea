// Queues with many messages: the limits that only they reach, and that nothing takes longer with them. The engine is
// called directly, as a hundred thousand requests would take too long.

import {afterEach, beforeEach, expect, test} from 'vitest';
import {Sqs} from '../../../local/sqs/sqs.ts';
import {linear} from '../../growth.ts';

let now: number;
let sqs: Sqs;
beforeEach(() => {
  now = Date.UTC(2026, 0, 1);
  sqs = new Sqs({region: 'us-east-1', accountId: '000000000000', urlOf: String, now: () => now});
});
afterEach(() => sqs.close());

const highThroughput = {
  FifoQueue: 'true',
  DeduplicationScope: 'messageGroup',
  FifoThroughputLimit: 'perMessageGroupId',
};
const fill = (name: string, count: number, groupOf: (n: number) => string) => {
  for (let n = 0; n < count; n++) {
    sqs.sendMessage(name, {
      body: `${n}`,
      groupId: groupOf(n),
      ...(name.endsWith('.fifo') && {deduplicationId: `${n}`}),
    });
  }
};
const receive = (name: string) => sqs.receive(name, {maxNumberOfMessages: 10});

// Developer Guide, "Amazon SQS FIFO queue quotas": "FIFO queues look through the first 120k messages to
// determine available message groups".
test('a group whose messages are behind 120,000 others waits until there are fewer', async () => {
  sqs.createQueue('q.fifo', highThroughput);
  fill('q.fifo', 120_000, () => 'large');
  fill('q.fifo', 2, () => 'behind');
  const first = await receive('q.fifo');
  expect(first.map(({body}) => body)).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
  // The large group has messages in flight, and the other is beyond the window.
  expect(await receive('q.fifo')).toEqual([]);
  sqs.deleteMessage('q.fifo', first[0]?.receiptHandle ?? '');
  const second = await receive('q.fifo');
  expect(second.map(({attributes}) => attributes.MessageGroupId)).toEqual(['behind']);
  sqs.deleteMessage('q.fifo', first[1]?.receiptHandle ?? '');
  expect(await receive('q.fifo')).toEqual([]);
  sqs.deleteMessage('q.fifo', second[0]?.receiptHandle ?? '');
  expect(await receive('q.fifo')).toHaveLength(1);
});

// "Amazon SQS standard queue quotas": 120,000 in flight, then OverLimit for a short poll, nothing for a long one.
test('a standard queue has at most 120,000 messages in flight', async () => {
  sqs.createQueue('q');
  fill('q', 120_001, () => 'tenant');
  let taken = 0;
  let last = '';
  while (taken < 120_000) {
    const messages = await receive('q');
    taken += messages.length;
    last = messages.at(-1)?.receiptHandle ?? '';
  }
  await expect(receive('q')).rejects.toMatchObject({code: 'OverLimit', status: 403});
  const waiting = sqs.receive('q', {waitTimeSeconds: 20});
  sqs.deleteMessage('q', last);
  expect(await waiting).toMatchObject([{body: '120000'}]);
});

test('a FIFO queue has at most 120,000 messages in flight, and returns no error', async () => {
  sqs.createQueue('q.fifo', highThroughput);
  fill('q.fifo', 120_000, n => `g${n}`);
  for (let taken = 0; taken < 120_000; ) taken += (await receive('q.fifo')).length;
  sqs.sendMessage('q.fifo', {body: 'x', groupId: 'other', deduplicationId: 'x'});
  expect(await receive('q.fifo')).toEqual([]);
});

test('thousands of groups keep their order while messages are received, returned and deleted', async () => {
  // A search through the queue would cost a hundred times as much, and take minutes.
  const small = await costOfGroups('small.fifo', 2000);
  expect(await costOfGroups('large.fifo', 20_000)).toBeLessThan(linear * small);
});

/** Handles three messages in each group, in order. @returns the processor time that it takes, in milliseconds */
async function costOfGroups(name: string, groups: number): Promise<number> {
  sqs.createQueue(name, {...highThroughput, VisibilityTimeout: '60'});
  const before = process.cpuUsage();
  fill(name, 3 * groups, n => `g${n % groups}`);
  const next = new Map<string, number>();
  let deleted = 0;
  while (deleted < 3 * groups) {
    const messages = await receive(name);
    if (messages.length === 0) now += 60_000;
    const held = new Set<string>();
    for (const {body, attributes, receiptHandle} of messages) {
      const group = attributes.MessageGroupId ?? '';
      // One in seven is not handled the first time, and holds up what follows in its group.
      if (held.has(group) || (Number(body) % 7 === 0 && attributes.ApproximateReceiveCount === '1')) {
        held.add(group);
        continue;
      }
      expect(Number(body)).toBe((next.get(group) ?? 0) * groups + Number(group.slice(1)));
      next.set(group, (next.get(group) ?? 0) + 1);
      sqs.deleteMessage(name, receiptHandle);
      deleted++;
    }
  }
  const {user, system} = process.cpuUsage(before);
  return (user + system) / 1000;
}
