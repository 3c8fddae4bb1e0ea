// Fates written down through the real SDK, to queues on an endpoint of the test's own.

import {GetQueueAttributesCommand} from '@aws-sdk/client-sqs';
import type {SQSRecord} from 'aws-lambda';
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {OutcomeWriter} from '../../../functions/outcome/outcome-writer.ts';
import {Results} from '../../../functions/outcome/results.ts';
import {Settler} from '../../../functions/outcome/settler.ts';
import {Sqs} from '../../../functions/runtime/sqs.ts';
import type {Timer} from '../../../functions/runtime/timer.ts';
import {AwsError} from '../../../local/aws-error.ts';
import {nextRoundOf} from '../../../shared/delivery/next-round.ts';
import type {Outcome} from '../../../shared/delivery/outcome.ts';
import {parsePostponed} from '../../../shared/delivery/postponed-result.ts';
import {isPublished, resultOf} from '../../../shared/delivery/result.ts';
import {type SqsUnderTest, startSqs} from '../../local/sqs/sqs-under-test.ts';
import {accepted, bounced, deferred, moved} from '../../samples/outcomes.ts';

let sqs: SqsUnderTest;
/** What was asked of SQS: operation and queue. */
let calls: string[] = [];
/** Operations on queues that are refused. */
let refused: string[] = [];
/** Timers that run, and for how long each was asked for. They end when a test says so. */
let timers: {readonly ms: number; readonly run: () => void}[] = [];
const timer: Timer = (ms, run) => {
  if (ms === 0) {
    setImmediate(run);
    return () => {};
  }
  const started = {ms, run};
  timers.push(started);
  return () => {
    timers = timers.filter(each => each !== started);
  };
};
function timeIsUp(): void {
  for (const {run} of timers.splice(0)) run();
}
const queueNames = ['waiting', 'results', 'success', 'failure', 'retry', 'delivery.fifo'] as const;
type QueueName = (typeof queueNames)[number];

beforeAll(async () => {
  sqs = await startSqs({
    before: async ({operation, input}) => {
      const call = `${operation} ${String(input.QueueUrl).split('/').at(-1)}`;
      if (!operation.endsWith('Batch')) return;
      calls.push(call);
      if (refused.includes(call)) throw new AwsError('AccessDenied', 'no', 403);
    },
  });
  for (const name of queueNames) sqs.sqs.createQueue(name, name.endsWith('.fifo') ? {FifoQueue: 'true'} : {});
});
afterAll(() => sqs.stop());
beforeEach(() => {
  calls = [];
  refused = [];
  timers = [];
});

const urlOf = (name: QueueName) => sqs.queueNamed(name).url;

function settlerOf(): {settler: Settler; complaints: string[]} {
  const complaints: string[] = [];
  const log = (_: string, message: string) => complaints.push(message);
  const queues = new Sqs(sqs.client);
  const stageUrls = {
    results: urlOf('results'),
    success: urlOf('success'),
    failure: urlOf('failure'),
    retry: urlOf('retry'),
  };
  const [waitingUrl, deliveryUrl] = [urlOf('waiting'), urlOf('delivery.fifo')];
  const urls = {
    waiting: waitingUrl,
    waitingSoon: waitingUrl,
    held: waitingUrl,
    fast: deliveryUrl,
    slow: deliveryUrl,
  };
  const results = new Results({sqs: queues, stageUrls, waitingUrl, log});
  const writer = new OutcomeWriter({
    sqs: queues,
    urls,
    listeners: [results],
    keeper: {expect: async () => {}},
  });
  return {settler: new Settler({writer, sqs: queues, deliveryUrl, log, timer}), complaints};
}

/** Settles one while others are on their way, and lets its time pass. */
async function settled(settler: Settler, those: SQSRecord, outcome: Outcome): Promise<void> {
  const settling = settler.settle(those, outcome);
  timeIsUp();
  await settling;
}

let number = 0;
/** A message of the delivery queue, in flight. */
async function record(): Promise<SQSRecord> {
  const id = String(number++);
  const options = {MessageGroupId: id, MessageDeduplicationId: id};
  await sqs.queueNamed('delivery.fifo').send('body', options);
  const [received] = await sqs.sqs.receive('delivery.fifo', {maxNumberOfMessages: 1});
  return {messageId: received!.messageId, receiptHandle: received!.receiptHandle} as SQSRecord;
}

const resultFor = (outcome: Outcome) => (isPublished(outcome) ? resultOf(outcome) : '');

async function taken(name: QueueName): Promise<string[]> {
  const messages = await sqs.sqs.receive(name, {maxNumberOfMessages: 10, waitTimeSeconds: 0});
  for (const {receiptHandle} of messages) sqs.sqs.deleteMessage(name, receiptHandle);
  return messages.map(({body}) => body);
}
const inFlight = async (): Promise<number> => {
  const {Attributes} = await sqs.client.send(
    new GetQueueAttributesCommand({
      QueueUrl: urlOf('delivery.fifo'),
      AttributeNames: ['ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  return Number(Attributes!.ApproximateNumberOfMessagesNotVisible);
};

describe('a fate', () => {
  test('is told, and its message deleted, while others of the batch are on their way', async () => {
    const {settler} = settlerOf();
    const before = await inFlight();
    settler.expect(2);
    await settled(settler, await record(), accepted);
    expect(await inFlight()).toBe(before);
    expect(await taken('results')).toEqual([resultFor(accepted)]);
    expect(await taken('success')).toEqual([resultFor(accepted)]);
    expect(calls).toEqual([
      'SendMessageBatch results',
      'SendMessageBatch success',
      'DeleteMessageBatch delivery.fifo',
    ]);
  });

  test('of a deferred message is told after its way back is sure', async () => {
    const {settler} = settlerOf();
    settler.expect(2);
    await settled(settler, await record(), deferred);
    expect(calls[0]).toBe('SendMessageBatch waiting');
    expect(calls.at(-1)).toBe('DeleteMessageBatch delivery.fifo');
    expect(await taken('waiting')).toEqual([nextRoundOf(deferred)!.body]);
    expect([...(await taken('results')), ...(await taken('retry'))]).toEqual([
      resultFor(deferred),
      resultFor(deferred),
    ]);
  });

  test('is not told while the way back is barred: the message comes again, and is not tried again', async () => {
    const {settler} = settlerOf();
    refused = ['SendMessageBatch waiting'];
    const those = await record();
    settler.expect(2);
    await expect(settled(settler, those, deferred)).rejects.toThrow('AccessDenied');
    expect(calls).toEqual(['SendMessageBatch waiting']);
    expect(settler.remembered(those)).toBe(deferred);
    refused = [];
    settler.expect(2);
    await settled(settler, those, deferred);
    expect(settler.remembered(those)).toBeUndefined();
    for (const name of ['waiting', 'results', 'retry'] as const) expect(await taken(name)).toHaveLength(1);
  });

  test.each([
    ['accepted', accepted, 'success'],
    ['bounced', bounced, 'failure'],
  ] as const)(
    '%s that one queue does not take waits for it, and is told once to the other',
    async (_, outcome, kind) => {
      const {settler, complaints} = settlerOf();
      refused = [`SendMessageBatch ${kind}`];
      settler.expect(2);
      await settled(settler, await record(), outcome);
      expect(await taken('results')).toEqual([resultFor(outcome)]);
      const waiting = sqs.sqs.queue('waiting').counts;
      expect(Object.values(waiting)).toContain(1);
      sqs.pass(6);
      expect((await taken('waiting')).map(parsePostponed)).toEqual([
        {kind, name: undefined, body: resultFor(outcome)},
      ]);
      expect(complaints).toEqual(['a result could not be published; it waits']);
    },
  );

  test('whose message cannot be deleted is told once, and counts as settled: its batch deletes it', async () => {
    const {settler, complaints} = settlerOf();
    refused = ['DeleteMessageBatch delivery.fifo'];
    settler.expect(2);
    await settled(settler, await record(), accepted);
    expect(await taken('results')).toEqual([resultFor(accepted)]);
    expect(await taken('success')).toEqual([resultFor(accepted)]);
    expect(complaints).toEqual(['a settled message is deleted when its batch ends']);
  });
});

describe('a round of requests', () => {
  const records = (count: number) => Array.from({length: count}, record);
  const toResults = () => calls.filter(call => call === 'SendMessageBatch results').length;
  afterEach(async () => {
    for (const name of ['results', 'success', 'waiting'] as const) await taken(name);
  });

  test('is for the whole batch where that ends, and Lambda deletes its messages', async () => {
    const {settler} = settlerOf();
    const three = await Promise.all(records(3));
    const before = await inFlight();
    settler.expect(3);
    await Promise.all(three.map(each => settler.settle(each, accepted)));
    expect(calls).toEqual(['SendMessageBatch results', 'SendMessageBatch success']);
    expect(timers).toEqual([]);
    expect(await taken('results')).toHaveLength(3);
    expect(await inFlight()).toBe(before);
  });

  test('waits until five outcomes wait, while more are to come', async () => {
    const {settler} = settlerOf();
    settler.expect(10);
    const four = (await Promise.all(records(4))).map(each => settler.settle(each, accepted));
    expect(timers).toHaveLength(1);
    expect(calls).toEqual([]);
    await Promise.all([...four, settler.settle(await record(), accepted)]);
    expect(calls).toEqual([
      'SendMessageBatch results',
      'SendMessageBatch success',
      'DeleteMessageBatch delivery.fifo',
    ]);
    expect(timers).toEqual([]);
  });

  test('does not wait longer than 250 ms after the first outcome, whenever the others come', async () => {
    const {settler} = settlerOf();
    settler.expect(10);
    const two = (await Promise.all(records(2))).map(each => settler.settle(each, accepted));
    expect(timers.map(({ms}) => ms)).toEqual([250]);
    expect(calls).toEqual([]);
    timeIsUp();
    await Promise.all(two);
    expect(toResults()).toBe(1);
    const third = settler.settle(await record(), accepted);
    expect(timers.map(({ms}) => ms)).toEqual([250]);
    expect(toResults()).toBe(1);
    timeIsUp();
    await third;
    expect(toResults()).toBe(2);
  });

  test('takes what came during the one before; where the batch ends, without a timer, and Lambda deletes', async () => {
    const {settler} = settlerOf();
    settler.expect(10);
    const five = (await Promise.all(records(5))).map(each => settler.settle(each, accepted));
    const others = await Promise.all(records(5));
    await expect.poll(toResults).toBe(1);
    await Promise.all([...five, ...others.map(each => settler.settle(each, accepted))]);
    expect(toResults()).toBe(2);
    expect(timers).toEqual([]);
  });

  test('is one for the replies of a flight, which come within a moment', async () => {
    const {settler} = settlerOf();
    const ten = await Promise.all(records(10));
    settler.expect(11);
    await Promise.all(ten.map(each => settler.settle(each, accepted)));
    expect(calls).toEqual([
      'SendMessageBatch results',
      'SendMessageBatch success',
      'DeleteMessageBatch delivery.fifo',
    ]);
  });

  test('does not wait for messages that stay in their queue', async () => {
    const {settler} = settlerOf();
    settler.expect(3);
    const settling = settler.settle(await record(), accepted);
    settler.expectFewer(1);
    expect(calls).toEqual([]);
    settler.expectFewer(1);
    await settling;
    expect(timers).toEqual([]);
  });

  test('is at once where a lane waits for it: its messages move one after the other', async () => {
    const {settler} = settlerOf();
    settler.expect(10);
    await settler.settle(await record(), moved);
    expect(calls[0]).toBe('SendMessageBatch delivery.fifo');
    expect(timers).toEqual([]);
    const id = calls.length;
    await settler.settle(await record(), moved);
    expect(calls.length).toBe(2 * id);
  });
});
