// API Reference, StartMessageMoveTask, ListMessageMoveTasks and CancelMessageMoveTask.

import {
  CancelMessageMoveTaskCommand,
  ListMessageMoveTasksCommand,
  StartMessageMoveTaskCommand,
  type StartMessageMoveTaskCommandInput,
} from '@aws-sdk/client-sqs';
import {afterAll, beforeAll, expect, test, vi} from 'vitest';
import {errorOf, type QueueUnderTest, type SqsUnderTest, startSqs} from './sqs-under-test.ts';

let under: SqsUnderTest;
beforeAll(async () => {
  under = await startSqs();
});
afterAll(() => under.stop());

const start = ({arn}: QueueUnderTest, extra: Partial<StartMessageMoveTaskCommandInput> = {}) =>
  under.client.send(new StartMessageMoveTaskCommand({SourceArn: arn, ...extra}));
const list = async ({arn}: QueueUnderTest, MaxResults = 10) =>
  (await under.client.send(new ListMessageMoveTasksCommand({SourceArn: arn, MaxResults}))).Results ?? [];
const ended = (queue: QueueUnderTest) =>
  vi.waitFor(async () => {
    const [task] = await list(queue);
    expect(task?.Status).not.toBe('RUNNING');
    return task;
  }, 300_000);

/** A source and its dead-letter queue, with that many dead letters. */
async function deadLetters(count: number, attributes: Record<string, string> = {}) {
  const dlq = await under.queue();
  const RedrivePolicy = JSON.stringify({deadLetterTargetArn: dlq.arn, maxReceiveCount: 1});
  const queue = await under.queue({VisibilityTimeout: '0', RedrivePolicy, ...attributes});
  const ids = [];
  for (let n = 0; n < count; n++) ids.push((await queue.send(`m${n}`)).MessageId);
  await queue.receive();
  await queue.receive();
  expect(await dlq.counts()).toMatchObject({visible: count});
  return {dlq, queue, ids};
}

// "All redriven messages are considered new messages with a new messageID and enqueueTime" (Developer Guide,
// "Configuring a dead-letter queue redrive").
test('dead letters go back to where they came from, as new messages', async () => {
  const {dlq, queue, ids} = await deadLetters(3);
  await start(dlq);
  expect(await ended(dlq)).toEqual({
    Status: 'COMPLETED',
    SourceArn: dlq.arn,
    ApproximateNumberOfMessagesMoved: 3,
    ApproximateNumberOfMessagesToMove: 3,
    StartedTimestamp: expect.any(Number),
  });
  const messages = await queue.receive();
  expect(messages.map(({Body}) => Body)).toEqual(['m0', 'm1', 'm2']);
  for (const {MessageId, Attributes} of messages) {
    expect(ids).not.toContain(MessageId);
    expect(Attributes?.ApproximateReceiveCount).toBe('1');
    expect(Attributes?.DeadLetterQueueSourceArn).toBeUndefined();
  }
  expect(await dlq.counts()).toMatchObject({visible: 0});
});

test('a task has its destination and its rate, is alone at its source, and can be cancelled', async () => {
  const {dlq} = await deadLetters(5);
  const destination = await under.queue();
  const {TaskHandle} = await start(dlq, {DestinationArn: destination.arn, MaxNumberOfMessagesPerSecond: 1});
  expect((await errorOf(start(dlq))).message).toContain('There is already a task running.');
  expect(await list(dlq)).toMatchObject([
    {Status: 'RUNNING', TaskHandle, DestinationArn: destination.arn, MaxNumberOfMessagesPerSecond: 1},
  ]);
  const cancel = new CancelMessageMoveTaskCommand({TaskHandle});
  expect(await under.client.send(cancel)).toMatchObject({ApproximateNumberOfMessagesMoved: 0});
  expect(await list(dlq)).toMatchObject([{Status: 'CANCELLED'}]);
  expect((await list(dlq))[0]).not.toHaveProperty('TaskHandle');
  expect((await errorOf(under.client.send(cancel))).name).toBe('InvalidParameterValue');
  await start(dlq);
  await ended(dlq);
  // The latest comes first. Without MaxResults, it is the only one.
  expect((await list(dlq)).map(({Status}) => Status)).toEqual(['COMPLETED', 'CANCELLED']);
  expect(await list(dlq, 1)).toHaveLength(1);
});

test('a message that never was a dead letter has nowhere to go back to', async () => {
  const {dlq} = await deadLetters(0);
  await dlq.send('x');
  await start(dlq);
  expect(await ended(dlq)).toMatchObject({
    Status: 'FAILED',
    FailureReason: 'CouldNotDetermineMessageSource',
    ApproximateNumberOfMessagesMoved: 0,
  });
  expect(await dlq.bodies()).toEqual(['x']);
});

test('a task fails when its destination is deleted', async () => {
  const {dlq, queue} = await deadLetters(2);
  under.sqs.deleteQueue(queue.name);
  const other = await under.queue({
    RedrivePolicy: JSON.stringify({deadLetterTargetArn: dlq.arn, maxReceiveCount: 1}),
  });
  expect(await list(dlq)).toEqual([]);
  await start(dlq);
  expect(await ended(dlq)).toMatchObject({FailureReason: 'AWS.SimpleQueueService.NonExistentQueue'});
  expect(await dlq.counts()).toMatchObject({visible: 2});
  await start(dlq, {DestinationArn: other.arn});
  expect(await ended(dlq)).toMatchObject({Status: 'COMPLETED'});
});

test('what cannot be moved is refused', async () => {
  const {dlq, queue} = await deadLetters(0);
  const fifo = await under.fifoQueue();
  const nowhere = 'arn:aws:sqs:us-east-1:000000000000:nowhere';
  expect((await errorOf(start(queue))).message).toBe(
    'Source queue must be configured as a Dead Letter Queue.',
  );
  const missing = {name: 'ResourceNotFoundException', status: 404};
  expect(await errorOf(start({arn: nowhere} as QueueUnderTest))).toMatchObject(missing);
  expect(await errorOf(start(dlq, {DestinationArn: nowhere}))).toMatchObject(missing);
  expect(await errorOf(list({arn: nowhere} as QueueUnderTest))).toMatchObject(missing);
  const refused = {name: 'InvalidParameterValue'};
  expect(await errorOf(start(dlq, {DestinationArn: dlq.arn}))).toMatchObject(refused);
  expect(await errorOf(start(dlq, {DestinationArn: fifo.arn}))).toMatchObject(refused);
  expect(await errorOf(start(dlq, {MaxNumberOfMessagesPerSecond: 501}))).toMatchObject(refused);
  expect(await errorOf(list(dlq, 11))).toMatchObject(refused);
  const cancel = (handle: unknown) =>
    under.client.send(
      new CancelMessageMoveTaskCommand({
        TaskHandle: Buffer.from(JSON.stringify(handle)).toString('base64'),
      }),
    );
  expect(await errorOf(cancel('garbage'))).toMatchObject(refused);
  expect(await errorOf(cancel({taskId: 'x', sourceArn: nowhere}))).toMatchObject(missing);
  expect(await errorOf(cancel({taskId: 'x', sourceArn: dlq.arn}))).toMatchObject(missing);
});
