// Developer Guide, "Amazon SQS FIFO queues" and the pages below it.

import {createHash} from 'node:crypto';
import {SendMessageBatchCommand, SetQueueAttributesCommand} from '@aws-sdk/client-sqs';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {errorOf, type SqsUnderTest, startSqs} from './sqs-under-test.ts';

let under: SqsUnderTest;
beforeAll(async () => {
  under = await startSqs();
});
afterAll(() => under.stop());

const highThroughput = {DeduplicationScope: 'messageGroup', FifoThroughputLimit: 'perMessageGroupId'};

// "FIFO queue delivery logic", receiving messages: as many of one group as possible.
test('one receive returns many messages of a group, in order, and the group goes on once they are deleted', async () => {
  const queue = await under.fifoQueue();
  for (let n = 0; n < 12; n++) await queue.sendTo('g', `m${n}`);
  const first = await queue.receive();
  expect(first.map(({Body}) => Body)).toEqual(Array.from({length: 10}, (_, n) => `m${n}`));
  expect(await queue.receive()).toEqual([]);
  for (const message of first.slice(0, 9)) await queue.delete(message);
  expect(await queue.receive()).toEqual([]);
  for (const message of first.slice(9)) await queue.delete(message);
  expect(await queue.bodies()).toEqual(['m10', 'm11']);
});

test('a receive is filled up with messages of other groups, in the order of their first messages', async () => {
  const queue = await under.fifoQueue();
  for (const [group, body] of [
    ['a', 'a0'],
    ['b', 'b0'],
    ['a', 'a1'],
    ['c', 'c0'],
    ['b', 'b1'],
  ] as const) {
    await queue.sendTo(group, body);
  }
  expect(await queue.bodies({MaxNumberOfMessages: 4})).toEqual(['a0', 'a1', 'b0', 'b1']);
  expect(await queue.bodies()).toEqual(['c0']);
});

// "When you receive a message with a message group ID, no more messages for the same message group ID are
// returned unless you delete the message, or it becomes visible" (API Reference, ReceiveMessage).
test('a group with a message in flight waits, and other groups do not', async () => {
  const queue = await under.fifoQueue({VisibilityTimeout: '10'});
  for (const [group, body] of [
    ['a', 'a0'],
    ['a', 'a1'],
    ['b', 'b0'],
  ] as const) {
    await queue.sendTo(group, body);
  }
  expect(await queue.bodies({MaxNumberOfMessages: 1})).toEqual(['a0']);
  expect(await queue.bodies()).toEqual(['b0']);
  under.pass(11);
  expect(await queue.bodies()).toEqual(['a0', 'a1', 'b0']);
});

test('a group waits for all of its messages in flight, even when one of them is visible again', async () => {
  const queue = await under.fifoQueue();
  for (const body of ['m0', 'm1', 'm2']) await queue.sendTo('g', body);
  const [m0, m1] = await queue.receive({MaxNumberOfMessages: 2});
  if (!m0 || !m1) throw new Error('two were sent');
  await queue.changeVisibility(m1, 0);
  expect(await queue.receive()).toEqual([]);
  await queue.delete(m0);
  expect(await queue.bodies()).toEqual(['m1', 'm2']);
});

test('a group waits for its last message in flight, though the first is visible, and then keeps its order', async () => {
  const queue = await under.fifoQueue({VisibilityTimeout: '100'});
  for (const body of ['m0', 'm1', 'm2', 'm3']) await queue.sendTo('g', body);
  const [m0, m1, m2] = await queue.receive({MaxNumberOfMessages: 3});
  await queue.changeVisibility(m0!, 0);
  expect(await queue.receive()).toEqual([]);
  await queue.changeVisibility(m1!, 0);
  expect(await queue.receive()).toEqual([]);
  await queue.changeVisibility(m2!, 0);
  expect(await queue.bodies()).toEqual(['m0', 'm1', 'm2', 'm3']);
});

test('a group whose first message is hidden for longer gives out nothing until it appears', async () => {
  const queue = await under.fifoQueue({VisibilityTimeout: '10'});
  await queue.sendTo('g', 'm0');
  await queue.sendTo('g', 'm1');
  await queue.changeVisibility(await queue.receiveOne(), 600);
  await queue.sendTo('g', 'm2');
  await queue.sendTo('h', 'other');
  expect(await queue.bodies()).toEqual(['other']);
  under.pass(599);
  expect(await queue.bodies()).toEqual(['other']);
  under.pass(2);
  expect(await queue.bodies()).toEqual(['m0', 'm1', 'm2']);
});

test('messages that become visible again keep their places', async () => {
  const queue = await under.fifoQueue({VisibilityTimeout: '10'});
  for (let n = 0; n < 5; n++) await queue.sendTo('g', `m${n}`);
  expect(await queue.bodies({MaxNumberOfMessages: 3})).toEqual(['m0', 'm1', 'm2']);
  under.pass(11);
  expect(await queue.bodies()).toEqual(['m0', 'm1', 'm2', 'm3', 'm4']);
});

// API Reference, SendMessage, MessageDeduplicationId.
test('a repeated deduplication ID is accepted and not delivered, for five minutes', async () => {
  const queue = await under.fifoQueue();
  const first = await queue.sendTo('g', '1', 'id');
  const message = await queue.receiveOne();
  await queue.delete(message);
  const second = await queue.sendTo('g', '2', 'id');
  expect(second.MessageId).toBe(first.MessageId);
  expect(second.SequenceNumber).toBe(first.SequenceNumber);
  expect(await queue.receive()).toEqual([]);
  under.pass(299);
  await queue.sendTo('other', '3', 'id');
  expect(await queue.receive()).toEqual([]);
  under.pass(2);
  await queue.sendTo('g', '4', 'id');
  expect(await queue.bodies()).toEqual(['4']);
});

// API Reference, CreateQueue, ContentBasedDeduplication.
test('content-based deduplication takes the SHA-256 of the body, unless there is an ID', async () => {
  const queue = await under.fifoQueue({ContentBasedDeduplication: 'true'});
  await queue.send('x', {MessageGroupId: 'a'});
  await queue.send('x', {MessageGroupId: 'b'});
  await queue.send('x', {MessageGroupId: 'c', MessageDeduplicationId: 'own'});
  const messages = await queue.receive();
  expect(messages.map(({Attributes}) => Attributes?.MessageDeduplicationId)).toEqual([
    createHash('sha256').update('x').digest('hex'),
    'own',
  ]);
});

// "High throughput for FIFO queues".
test('with the scope of a message group, another group may use the same deduplication ID', async () => {
  const queue = await under.fifoQueue(highThroughput);
  await queue.sendTo('a', 'a', 'id');
  await queue.sendTo('b', 'b', 'id');
  await queue.sendTo('a', 'again', 'id');
  expect(await queue.bodies()).toEqual(['a', 'b']);
});

test('high throughput can be switched on later, and needs the scope of a message group', async () => {
  const queue = await under.fifoQueue();
  const set = (Attributes: Record<string, string>) =>
    under.client.send(new SetQueueAttributesCommand({QueueUrl: queue.url, Attributes}));
  const error = await errorOf(set({FifoThroughputLimit: 'perMessageGroupId'}));
  expect(error.message).toContain('allowed only when the value for DeduplicationScope is messageGroup');
  await set(highThroughput);
  expect(await queue.attributes('All')).toMatchObject(highThroughput);
  expect((await errorOf(set({FifoQueue: 'true'}))).message).toContain(
    'Modifying queue type is not supported',
  );
});

// API Reference, SendMessage, SequenceNumber: "20 digits … continues to increase for a particular MessageGroupId".
test('system attributes of a FIFO message name its group, ID and sequence number', async () => {
  const queue = await under.fifoQueue();
  const sent = [await queue.sendTo('g', '0', 'id-0'), await queue.sendTo('g', '1', 'id-1')];
  const numbers = sent.map(({SequenceNumber}) => SequenceNumber ?? '');
  expect(numbers[0]).toMatch(/^\d{20}$/);
  expect([...numbers].sort()).toEqual(numbers);
  const messages = await queue.receive({ReceiveRequestAttemptId: 'attempt'});
  expect(messages.map(({Attributes}) => Attributes)).toMatchObject([
    {MessageGroupId: 'g', MessageDeduplicationId: 'id-0', SequenceNumber: numbers[0]},
    {MessageGroupId: 'g', MessageDeduplicationId: 'id-1', SequenceNumber: numbers[1]},
  ]);
});

// API Reference, SendMessage: MessageGroupId, MessageDeduplicationId and DelaySeconds on a FIFO queue.
test('a FIFO queue insists on a group and a deduplication ID, and refuses a delay of the message', async () => {
  const queue = await under.fifoQueue();
  expect((await errorOf(queue.send('x', {MessageDeduplicationId: 'd'}))).message).toBe(
    'The request must contain the parameter MessageGroupId.',
  );
  expect((await errorOf(queue.send('x', {MessageGroupId: 'g'}))).message).toContain(
    'ContentBasedDeduplication enabled or MessageDeduplicationId provided',
  );
  const ids = {MessageGroupId: 'g', MessageDeduplicationId: 'd'};
  expect((await errorOf(queue.send('x', {...ids, DelaySeconds: 1}))).message).toContain(
    'not valid for this queue type',
  );
  const batch = new SendMessageBatchCommand({QueueUrl: queue.url, Entries: [{Id: 'a', MessageBody: 'x'}]});
  expect(await errorOf(under.client.send(batch))).toMatchObject({
    name: 'InvalidParameterValue',
    message: 'The request must contain the parameter MessageGroupId.',
  });
  expect(await queue.counts()).toMatchObject({visible: 0});
});

test('group and deduplication IDs hold up to 128 letters, digits and punctuation marks', async () => {
  const queue = await under.fifoQueue();
  const every = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';
  await queue.sendTo(every, 'x', every);
  await queue.sendTo('g'.repeat(128), 'y', 'd'.repeat(128));
  expect(await queue.bodies()).toEqual(['x', 'y']);
  for (const bad of ['g'.repeat(129), 'a space', 'é', '']) {
    expect((await errorOf(queue.sendTo(bad, 'x'))).name).toBe('InvalidParameterValue');
    expect((await errorOf(queue.sendTo('g', 'x', bad))).name).toBe('InvalidParameterValue');
  }
});

// "Amazon SQS delay queues": "For FIFO queues, the per-queue delay setting is retroactive".
test('the delay of the queue holds a group back, and a changed delay applies to messages in the queue', async () => {
  const queue = await under.fifoQueue({DelaySeconds: '100'});
  const setDelay = (seconds: number) =>
    under.sqs.setQueueAttributes(queue.name, {DelaySeconds: String(seconds)});
  await queue.sendTo('g', '0');
  await queue.sendTo('g', '1');
  under.pass(50);
  expect(await queue.counts()).toEqual({visible: 0, inFlight: 0, delayed: 2});
  setDelay(10);
  expect(await queue.counts()).toEqual({visible: 2, inFlight: 0, delayed: 0});
  setDelay(80);
  expect(await queue.receive()).toEqual([]);
  under.pass(31);
  expect(await queue.bodies()).toEqual(['0', '1']);
});

// https://github.com/aws/aws-sdk-js/issues/1279: unlike a standard queue, a FIFO queue refuses the handle.
test('a receipt handle is void after its visibility timeout', async () => {
  const queue = await under.fifoQueue({VisibilityTimeout: '10'});
  await queue.sendTo('g', 'x');
  const message = await queue.receiveOne();
  under.pass(11);
  const expired = {
    name: 'InvalidParameterValue',
    message: `Value ${message.ReceiptHandle} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.`,
  };
  expect(await errorOf(queue.delete(message))).toMatchObject(expired);
  expect(await errorOf(queue.changeVisibility(message, 10))).toMatchObject(expired);
  const again = await queue.receiveOne();
  expect(await errorOf(queue.delete(message))).toMatchObject(expired);
  await queue.delete(again);
  await queue.delete(again);
});

test('a receive from a standard queue refuses an attempt ID', async () => {
  const queue = await under.queue();
  const error = await errorOf(queue.receive({ReceiveRequestAttemptId: 'attempt'}));
  expect(error.message).toContain('not valid for this queue type');
});
