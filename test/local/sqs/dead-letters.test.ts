// Developer Guide, "Using dead-letter queues in Amazon SQS"; API Reference, CreateQueue, RedrivePolicy.

import {ListDeadLetterSourceQueuesCommand} from '@aws-sdk/client-sqs';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {errorOf, type QueueUnderTest, type SqsUnderTest, startSqs} from './sqs-under-test.ts';

let under: SqsUnderTest;
beforeAll(async () => {
  under = await startSqs();
});
afterAll(() => under.stop());

const redriveTo = ({arn}: QueueUnderTest, maxReceiveCount: number | string) => ({
  RedrivePolicy: JSON.stringify({deadLetterTargetArn: arn, maxReceiveCount}),
});

test('a message received maxReceiveCount times goes to the dead-letter queue instead of being received again', async () => {
  const dlq = await under.queue();
  const queue = await under.queue({VisibilityTimeout: '0', ...redriveTo(dlq, 2)});
  const attributes = {a: {DataType: 'String', StringValue: 'v'}};
  const sent = await queue.send('x', {MessageAttributes: attributes});
  await queue.receiveOne();
  const last = await queue.receiveOne();
  expect(await queue.receive()).toEqual([]);
  const dead = await dlq.receiveOne();
  expect(dead).toMatchObject({MessageId: sent.MessageId, Body: 'x', MessageAttributes: attributes});
  expect(dead.Attributes).toEqual({
    ...last.Attributes,
    ApproximateReceiveCount: '3',
    DeadLetterQueueSourceArn: queue.arn,
  });
  // The source has forgotten it.
  await queue.delete(last);
  expect(await dlq.counts()).toMatchObject({inFlight: 1});
});

test('a dead letter ends the long poll that waits for it', async () => {
  const dlq = await under.queue();
  const queue = await under.queue({VisibilityTimeout: '0', ...redriveTo(dlq, 1)});
  const waiting = dlq.receive({WaitTimeSeconds: 10});
  await queue.send('x');
  await queue.receiveOne();
  expect(await queue.receive()).toEqual([]);
  expect((await waiting).map(({Body}) => Body)).toEqual(['x']);
});

test('two queues that are each other’s dead-letter queue pass messages on and on, and the service stays alive', async () => {
  const one = await under.queue({VisibilityTimeout: '0'});
  const two = await under.queue({VisibilityTimeout: '0', ...redriveTo(one, 1)});
  under.sqs.setQueueAttributes(one.name, redriveTo(two, 1));
  await one.send('x');
  expect(await one.bodies()).toEqual(['x']);
  const polls = [one.receive({WaitTimeSeconds: 1}), two.receive({WaitTimeSeconds: 1})];
  expect(await Promise.all(polls)).toEqual([[], []]);
  const counts = [await one.counts(), await two.counts()];
  expect(counts.reduce((sum, {visible}) => sum + visible, 0)).toBe(1);
});

test('a dead letter of a FIFO queue keeps its group, and the group goes on', async () => {
  const dlq = await under.fifoQueue();
  const queue = await under.fifoQueue({VisibilityTimeout: '0', ...redriveTo(dlq, 1)});
  await queue.sendTo('g', 'm0', 'id-0');
  await queue.sendTo('g', 'm1', 'id-1');
  expect(await queue.bodies({MaxNumberOfMessages: 1})).toEqual(['m0']);
  expect(await queue.bodies({MaxNumberOfMessages: 1})).toEqual(['m1']);
  expect(await queue.receive()).toEqual([]);
  const dead = await dlq.receive();
  expect(dead.map(({Attributes}) => Attributes)).toMatchObject([
    {MessageGroupId: 'g', MessageDeduplicationId: 'id-0', DeadLetterQueueSourceArn: queue.arn},
    {MessageGroupId: 'g', MessageDeduplicationId: 'id-1', DeadLetterQueueSourceArn: queue.arn},
  ]);
});

// "For standard queues, the expiration of a message is always based on its original enqueue timestamp … For
// FIFO queues, the enqueue timestamp resets when the message is moved to a dead-letter queue."
test('a dead letter expires by its first enqueue time on a standard queue, by its move on a FIFO queue', async () => {
  const retention = {MessageRetentionPeriod: '100'};
  const standardDlq = await under.queue(retention);
  const fifoDlq = await under.fifoQueue(retention);
  const standard = await under.queue({VisibilityTimeout: '0', ...redriveTo(standardDlq, 1)});
  const fifo = await under.fifoQueue({VisibilityTimeout: '0', ...redriveTo(fifoDlq, 1)});
  await standard.send('x');
  await fifo.sendTo('g', 'x');
  await Promise.all([standard.receiveOne(), fifo.receiveOne()]);
  under.pass(90);
  await Promise.all([standard.receive(), fifo.receive()]);
  under.pass(20);
  expect(await standardDlq.receive()).toEqual([]);
  expect(await fifoDlq.bodies()).toEqual(['x']);
});

test('the target must exist, be of the same type, and allow it', async () => {
  const dlq = await under.queue();
  const fifoDlq = await under.fifoQueue();
  const closed = await under.queue({RedriveAllowPolicy: '{"redrivePermission":"denyAll"}'});
  const nowhere = {arn: 'arn:aws:sqs:us-east-1:000000000000:nowhere'} as QueueUnderTest;
  const refusals = [
    [redriveTo(nowhere, 1), 'Dead letter target does not exist.'],
    [redriveTo(fifoDlq, 1), 'Dead-letter queue must be same type of queue as the source.'],
    [redriveTo(closed, 1), 'Queue does not have permission to use this dead-letter queue.'],
    [redriveTo({arn: 'dummy'} as QueueUnderTest, 1), 'Invalid value for deadLetterTargetArn.'],
    [redriveTo(dlq, 0), 'maxReceiveCount'],
    [redriveTo(dlq, 1001), 'maxReceiveCount'],
    [redriveTo(dlq, 'many'), 'maxReceiveCount'],
    [{RedrivePolicy: '{}'}, 'mandatory'],
    [{RedrivePolicy: 'not JSON'}, 'Invalid value for the parameter RedrivePolicy.'],
  ] as const;
  for (const [attributes, reason] of refusals) {
    expect((await errorOf(under.queue(attributes))).message).toContain(reason);
  }
});

test('a target may name the sources that it allows', async () => {
  const arn = `arn:aws:sqs:us-east-1:000000000000:allowed`;
  const policy = (value: unknown) => ({RedriveAllowPolicy: JSON.stringify(value)});
  const dlq = await under.queue(policy({redrivePermission: 'byQueue', sourceQueueArns: [arn]}));
  expect(() => under.sqs.createQueue('allowed', redriveTo(dlq, 1))).not.toThrow();
  expect(() => under.sqs.createQueue('other', redriveTo(dlq, 1))).toThrow('permission');
  for (const value of [
    {redrivePermission: 'byQueue'},
    {redrivePermission: 'byQueue', sourceQueueArns: Array.from({length: 11}, () => arn)},
    {redrivePermission: 'allowAll', sourceQueueArns: [arn]},
    {redrivePermission: 'sometimes'},
  ]) {
    expect((await errorOf(under.queue(policy(value)))).name).toMatch(/^Invalid/);
  }
});

test('the policy is returned with its count as a number, and an empty one removes it', async () => {
  const dlq = await under.queue();
  const queue = await under.queue({VisibilityTimeout: '0', ...redriveTo(dlq, '1')});
  expect(await queue.attributes('RedrivePolicy')).toEqual(redriveTo(dlq, 1));
  under.sqs.setQueueAttributes(queue.name, {RedrivePolicy: ''});
  expect(await queue.attributes('RedrivePolicy')).toEqual({});
  await queue.send('x');
  for (let n = 0; n < 3; n++) expect(await queue.bodies()).toEqual(['x']);
});

// API Reference, ListDeadLetterSourceQueues.
test('a dead-letter queue knows its sources', async () => {
  const dlq = await under.queue();
  const list = (extra: {MaxResults?: number; NextToken?: string | undefined} = {}) =>
    under.client.send(new ListDeadLetterSourceQueuesCommand({QueueUrl: dlq.url, ...extra}));
  expect((await list()).queueUrls).toBeUndefined();
  const sources = [await under.queue(redriveTo(dlq, 1)), await under.queue(redriveTo(dlq, 2))];
  const urls = sources.map(({url}) => url).sort();
  expect((await list()).queueUrls).toEqual(urls);
  const {queueUrls, NextToken} = await list({MaxResults: 1});
  expect(queueUrls).toEqual(urls.slice(0, 1));
  expect((await list({MaxResults: 1, NextToken})).queueUrls).toEqual(urls.slice(1));
});
