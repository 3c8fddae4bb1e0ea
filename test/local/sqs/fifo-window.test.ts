// Developer Guide, "Amazon SQS FIFO queue quotas": "FIFO queues look through the first 120k messages to determine available
// message groups. This means that if you have a backlog of messages in a single message group, you can't consume messages
// from other message groups that were sent to the queue at a later time until you successfully consume the messages from
// the backlog." Here the window is of four.

import {afterEach, beforeEach, expect, test} from 'vitest';
import {Sqs} from '../../../local/sqs/sqs.ts';

const name = 'q.fifo';
let now: number;
let sqs: Sqs;
beforeEach(() => {
  now = Date.UTC(2026, 0, 1);
  const options = {region: 'us-east-1', accountId: '000000000000', urlOf: String, now: () => now};
  sqs = new Sqs({...options, fifoWindow: 4});
  sqs.createQueue(name, {FifoQueue: 'true', VisibilityTimeout: '60'});
});
afterEach(() => sqs.close());

/** Each body begins with the name of its group. */
const send = (...bodies: string[]) => {
  for (const body of bodies) sqs.sendMessage(name, {body, groupId: body[0]!, deduplicationId: body});
};
const receive = (most = 10) => sqs.receive(name, {maxNumberOfMessages: most});
const bodies = async (most?: number) => (await receive(most)).map(({body}) => body);

test('hidden messages that fill the window block the groups behind it, until one of them is deleted', async () => {
  send('a0', 'a1', 'a2', 'a3', 'b0', 'c0');
  const [first] = await receive(1);
  sqs.changeMessageVisibility(name, first!.receiptHandle, 600);
  expect(await bodies()).toEqual([]);
  now += 599_000;
  expect(await bodies()).toEqual([]);
  now += 1000;
  const [again] = await receive(1);
  expect(again?.body).toBe('a0');
  sqs.deleteMessage(name, again!.receiptHandle);
  // One message less of `a` is one message more of the others. The rest of `a` is within the window before them.
  const [next] = await receive(1);
  expect(next?.body).toBe('a1');
  expect(await bodies()).toEqual(['b0']);
});

test('messages in flight count, of whatever group', async () => {
  send('a0', 'b0', 'c0', 'd0', 'e0');
  const taken = await receive();
  expect(taken.map(({body}) => body)).toEqual(['a0', 'b0', 'c0', 'd0']);
  expect(await bodies()).toEqual([]);
  sqs.deleteMessage(name, taken[2]!.receiptHandle);
  expect(await bodies()).toEqual(['e0']);
});

test('a message that a whole backlog is in front of waits, though its group has others within the window', async () => {
  send('a0', 'b0', 'b1', 'b2', 'a1');
  expect(await bodies()).toEqual(['a0', 'b0', 'b1', 'b2']);
  now += 60_000;
  const again = await receive(1);
  sqs.deleteMessage(name, again[0]!.receiptHandle);
  expect(await bodies()).toEqual(['b0', 'b1', 'b2', 'a1']);
});

test('what was sent later is within the window when enough before it is gone', async () => {
  send('a0', 'a1', 'a2', 'a3', 'b0', 'a4', 'c0');
  const taken = await receive();
  expect(taken).toHaveLength(4);
  const seen: string[][] = [];
  for (const {receiptHandle} of taken.slice(0, 3)) {
    sqs.deleteMessage(name, receiptHandle);
    seen.push(await bodies());
  }
  // The second makes room for a4, whose group has messages in flight.
  expect(seen).toEqual([['b0'], [], ['c0']]);
});

test('messages that expire make room', async () => {
  sqs.setQueueAttributes(name, {MessageRetentionPeriod: '3600'});
  send('a0', 'a1', 'a2', 'a3');
  now += 3_000_000;
  send('b0');
  const [first] = await receive(1);
  sqs.changeMessageVisibility(name, first!.receiptHandle, 6000);
  expect(await bodies()).toEqual([]);
  now += 600_000;
  expect(await bodies()).toEqual(['b0']);
});
