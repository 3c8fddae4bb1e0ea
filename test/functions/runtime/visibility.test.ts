// Batches that start late, as handlers see them, with real receives from queues of the test's own.

import type {SQSEvent, SQSRecord} from 'aws-lambda';
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {batchHandler} from '../../../functions/runtime/batch.ts';
import type {SettingsSource} from '../../../functions/runtime/settings-source.ts';
import {Sqs} from '../../../functions/runtime/sqs.ts';
import {Visibility} from '../../../functions/runtime/visibility.ts';
import {AwsError} from '../../../local/aws-error.ts';
import {sqsRecordOf} from '../../../local/lambda/sqs-event.ts';
import {type QueueUnderTest, type SqsUnderTest, startSqs} from '../../local/sqs/sqs-under-test.ts';
import {settings} from '../../samples/messages.ts';
import {receiversOf} from '../../samples/receivers.ts';

let sqs: SqsUnderTest;
let calls: string[] = [];
let refuse = false;
/** How far the clock of SQS, and that of the functions, is ahead. */
let aheadMs = 0;
beforeAll(async () => {
  sqs = await startSqs({
    before: async ({operation, input}) => {
      if (operation !== 'ChangeMessageVisibilityBatch') return;
      const entries = input.Entries as {VisibilityTimeout: number}[];
      calls.push(entries.map(({VisibilityTimeout: seconds}) => seconds).join());
      if (refuse) throw new AwsError('AccessDenied', 'no', 403);
    },
  });
});
afterAll(() => sqs.stop());
beforeEach(() => {
  calls = [];
  lines.length = 0;
  refuse = false;
});

const pass = (seconds: number) => {
  sqs.pass(seconds);
  aheadMs += seconds * 1000;
};

async function received({name, arn}: QueueUnderTest): Promise<SQSRecord[]> {
  const messages = await sqs.sqs.receive(name, {maxNumberOfMessages: 10});
  return messages.map(message => sqsRecordOf(message, {queueArn: arn, region: 'us-east-1'}));
}

const lines: string[] = [];
const log = (_: string, message: string) => lines.push(message);
const visibilityOf = ({url}: QueueUnderTest) =>
  new Visibility({sqs: new Sqs(sqs.client), sourceUrls: [url], log, now: () => Date.now() + aheadMs});

interface Run {
  readonly handled: readonly string[];
  readonly failed: readonly string[];
}

/** What a handler deals with of a batch, and what it reports as failed; both by their bodies. */
async function run(
  queue: QueueUnderTest,
  records: readonly SQSRecord[],
  remainingMs = 900_000,
): Promise<Run> {
  const handled: string[] = [];
  const visibility = visibilityOf(queue);
  const source = {current: async () => settings()} as unknown as SettingsSource;
  const handler = batchHandler(
    {source, visibility, receivers: receiversOf(), report: {write: () => {}}, log},
    async those => {
      handled.push(...those.map(({body}) => body));
      return [];
    },
  );
  const context = {getRemainingTimeInMillis: () => remainingMs} as Parameters<typeof handler>[1];
  const {batchItemFailures} = await handler({Records: [...records]} as SQSEvent, context);
  const bodyOf = (id: string) => records.find(({messageId}) => messageId === id)!.body;
  expect(queue.arn).toBe(records[0]!.eventSourceARN);
  return {handled, failed: batchItemFailures.map(({itemIdentifier}) => bodyOf(itemIdentifier))};
}

describe('a batch', () => {
  test('that starts in time costs no request', async () => {
    const queue = await sqs.queue();
    await queue.send('a');
    const records = await received(queue);
    pass(25);
    expect(await run(queue, records)).toEqual({handled: ['a'], failed: []});
    expect(calls).toEqual([]);
  });

  test.each([
    [900_000, 960],
    [30_000, 90],
    [2_000, 6],
  ])(
    'that starts late, with %i ms to run, is hidden for %i s more, in one request',
    async (remainingMs, seconds) => {
      const queue = await sqs.queue({VisibilityTimeout: '60'});
      for (const body of ['a', 'b', 'c']) await queue.send(body);
      const records = await received(queue);
      pass(50);
      expect(await run(queue, records, remainingMs)).toMatchObject({failed: []});
      expect(calls).toEqual([[seconds, seconds, seconds].join()]);
      pass(seconds - 1);
      expect(await received(queue)).toEqual([]);
      pass(2);
      expect(await received(queue)).toHaveLength(3);
    },
  );

  test('that has come before may be late, as nobody knows', async () => {
    const queue = await sqs.queue({VisibilityTimeout: '1'});
    await queue.send('a');
    await received(queue);
    pass(2);
    const records = await received(queue);
    expect(await run(queue, records)).toEqual({handled: ['a'], failed: []});
    expect(calls).toEqual(['960']);
  });

  test.each([false, true])(
    'of which somebody else has received a part leaves that part alone; FIFO: %s',
    async fifo => {
      const queue = fifo
        ? await sqs.fifoQueue({VisibilityTimeout: '60'})
        : await sqs.queue({VisibilityTimeout: '60'});
      for (const body of ['a', 'b', 'c']) await (fifo ? queue.sendTo(body, body) : queue.send(body));
      const records = await received(queue);
      pass(61);
      const [others] = await sqs.sqs.receive(queue.name, {maxNumberOfMessages: 1});
      // On a FIFO queue a handle is worth nothing once its message is visible.
      const rest = ['a', 'b', 'c'].filter(body => body !== others!.body);
      const ran = await run(queue, records);
      expect(ran).toEqual(
        fifo ? {handled: [], failed: ['a', 'b', 'c']} : {handled: rest, failed: [others!.body]},
      );
    },
  );

  test('passes over what comes behind a message of its group that is somebody else’s', async () => {
    const queue = await sqs.fifoQueue({VisibilityTimeout: '60'});
    for (const [group, body] of [
      ['g', 'a'],
      ['g', 'b'],
      ['h', 'c'],
    ] as const)
      await queue.sendTo(group, body);
    const records = await received(queue);
    pass(40);
    sqs.sqs.changeMessageVisibility(queue.name, records[0]!.receiptHandle, 0);
    expect(await run(queue, records)).toEqual({handled: ['c'], failed: ['a', 'b']});
  });

  test('comes again whole when SQS refuses the request', async () => {
    const queue = await sqs.queue();
    await queue.send('a');
    const records = await received(queue);
    pass(40);
    refuse = true;
    expect(await run(queue, records)).toEqual({handled: [], failed: ['a']});
  });
});

describe('records', () => {
  test('that are released come again when their seconds are over, and not before', async () => {
    const queue = await sqs.queue();
    await queue.send('a');
    const records = await received(queue);
    await visibilityOf(queue).release(records, 5);
    expect(calls).toEqual(['5']);
    pass(4);
    expect(await received(queue)).toEqual([]);
    pass(2);
    expect(await received(queue)).toHaveLength(1);
  });

  test('that are released in vain stay hidden, and the log says so', async () => {
    const queue = await sqs.queue();
    await queue.send('a');
    const records = await received(queue);
    refuse = true;
    await visibilityOf(queue).release(records, 0);
    expect(lines).toEqual(['messages stay hidden for the visibility timeout']);
    expect(await received(queue)).toEqual([]);
  });

  test.each([
    [[1], 900_000, 30],
    [[2], 900_000, 60],
    [[1, 3, 2], 900_000, 120],
    [[1], 10_500, 11],
    [[9], 900_000, 900],
  ])(
    'that were received %j times, with %i ms an invocation, back off for %i s',
    async (receives, ms, seconds) => {
      const queue = await sqs.queue();
      for (const times of receives) await queue.send(`${times}`);
      const records = (await received(queue)).map(record => {
        const attributes = {...record.attributes, ApproximateReceiveCount: record.body};
        return {...record, attributes};
      });
      await visibilityOf(queue).backOff(records, ms);
      expect(calls).toEqual([receives.map(() => seconds).join()]);
    },
  );
});
