// Developer Guide, "Amazon SQS short and long polling".

import {ReceiveMessageCommand} from '@aws-sdk/client-sqs';
import {afterAll, beforeAll, expect, test, vi} from 'vitest';
import {Sqs} from '../../../local/sqs/sqs.ts';
import {
  accountId,
  type QueueUnderTest,
  type SqsOptions,
  type SqsUnderTest,
  startSqs,
} from './sqs-under-test.ts';

let under: SqsUnderTest;
/** Receives that have come to the endpoint, and those that are over, by the queue's URL. */
const receives: {readonly url: unknown; over: boolean}[] = [];
const before: SqsOptions['before'] = ({operation, input, signal}) => {
  if (operation !== 'ReceiveMessage') return;
  const receive = {url: input.QueueUrl, over: false};
  receives.push(receive);
  signal.addEventListener('abort', () => {
    receive.over = true;
  });
};
beforeAll(async () => {
  under = await startSqs({before});
});
afterAll(() => under.stop());

const poll = (queue: QueueUnderTest, seconds: number) =>
  queue.bodies({WaitTimeSeconds: seconds, MaxNumberOfMessages: 1});

const receivesOf = ({url}: QueueUnderTest) => receives.filter(receive => receive.url === url);
/** Waits until so many receives have reached the queue. */
const arrival = (queue: QueueUnderTest, count = 1) =>
  vi.waitFor(() => expect(receivesOf(queue)).toHaveLength(count), 300_000);

/** Runs something that must end before a receive that began earlier and waits in vain for 20 seconds. */
async function beforeAnEmptyPoll<T>(shorter: () => Promise<T>): Promise<T> {
  const queue = await under.queue();
  const empty = poll(queue, 20).then(() => 'an empty poll' as const);
  await arrival(queue);
  const first = await Promise.race([shorter(), empty]);
  if (first === 'an empty poll') throw new Error('it took longer than an empty poll');
  return first;
}

test.concurrent('a send wakes who waits, at once', async () => {
  const queue = await under.queue();
  const bodies = await beforeAnEmptyPoll(async () => {
    const waiting = poll(queue, 20);
    await arrival(queue);
    await queue.send('x');
    return waiting;
  });
  expect(bodies).toEqual(['x']);
});

test.concurrent('the end of a visibility timeout wakes who waits', async () => {
  const queue = await under.queue({VisibilityTimeout: '1'});
  await queue.send('x');
  await queue.receiveOne();
  expect(await beforeAnEmptyPoll(() => poll(queue, 20))).toEqual(['x']);
});

test.concurrent('the end of a delay wakes who waits', async () => {
  const queue = await under.queue();
  await queue.send('x', {DelaySeconds: 1});
  expect(await beforeAnEmptyPoll(() => poll(queue, 20))).toEqual(['x']);
});

test.concurrent('a deletion wakes who waits for the rest of the group', async () => {
  const queue = await under.fifoQueue();
  for (const body of ['a', 'b']) await queue.sendTo('g', body);
  const first = await queue.receiveOne();
  const bodies = await beforeAnEmptyPoll(async () => {
    const waiting = poll(queue, 20);
    await arrival(queue, 2);
    await queue.delete(first);
    return waiting;
  });
  expect(bodies).toEqual(['b']);
});

test.concurrent('making a message visible wakes who waits', async () => {
  const queue = await under.queue();
  await queue.send('x');
  const message = await queue.receiveOne();
  const bodies = await beforeAnEmptyPoll(async () => {
    const waiting = poll(queue, 20);
    await arrival(queue, 2);
    await queue.changeVisibility(message, 0);
    return waiting;
  });
  expect(bodies).toEqual(['x']);
});

test.concurrent('who waits is served in the order of arrival, and the others go on waiting', async () => {
  const queue = await under.queue();
  const first = poll(queue, 20);
  await arrival(queue, 1);
  const second = poll(queue, 20);
  await arrival(queue, 2);
  const start = performance.now();
  const last = poll(queue, 2);
  await arrival(queue, 3);
  await queue.send('1');
  await queue.send('2');
  expect(await first).toEqual(['1']);
  expect(await second).toEqual(['2']);
  expect(await last).toEqual([]);
  expect(performance.now() - start).toBeGreaterThan(1900);
});

test.concurrent('the wait of the queue counts where the receive names none', async () => {
  const queue = await under.queue({ReceiveMessageWaitTimeSeconds: '1'});
  const start = performance.now();
  expect(await queue.receive()).toEqual([]);
  expect(performance.now() - start).toBeGreaterThan(900);
  const slow = await under.queue({ReceiveMessageWaitTimeSeconds: '20'});
  expect(await beforeAnEmptyPoll(() => slow.receive({WaitTimeSeconds: 0}))).toEqual([]);
});

test.concurrent('a receive that is given up takes no message with it', async () => {
  const queue = await under.queue();
  const abort = new AbortController();
  const command = new ReceiveMessageCommand({QueueUrl: queue.url, WaitTimeSeconds: 20});
  const given = under.client.send(command, {abortSignal: abort.signal}).catch((error: Error) => error.name);
  await arrival(queue);
  abort.abort();
  expect(await given).toBe('AbortError');
  await vi.waitFor(() => expect(receivesOf(queue)).toMatchObject([{over: true}]), 300_000);
  await queue.send('x');
  expect(await queue.counts()).toEqual({visible: 1, inFlight: 0, delayed: 0});
});

test('closing ends every receive that waits, with nothing, and every connection', async () => {
  const other = await startSqs({before});
  const queue = await other.queue();
  const waiting = [poll(queue, 20), poll(queue, 20)];
  await arrival(queue, 2);
  await beforeAnEmptyPoll(() => other.endpoint.close());
  other.sqs.close();
  expect(await Promise.all(waiting)).toEqual([[], []]);
  other.client.destroy();
});

test('a receive in the same process waits, and can be aborted, in the same way', async () => {
  const queue = await under.queue();
  const abort = new AbortController();
  const given = under.sqs.receive(queue.name, {waitTimeSeconds: 20, signal: abort.signal});
  const waiting = under.sqs.receive(queue.name, {waitTimeSeconds: 20, maxNumberOfMessages: 10});
  abort.abort();
  under.sqs.sendMessage(queue.name, {body: 'x'});
  expect(await given).toEqual([]);
  expect(await waiting).toMatchObject([{body: 'x', attributes: {SenderId: '000000000000'}}]);
});

test('closing the engine ends receives in the same process, and later ones do not wait', async () => {
  const sqs = new Sqs({region: 'us-east-1', accountId, urlOf: String});
  sqs.createQueue('queue');
  const waiting = sqs.receive('queue', {waitTimeSeconds: 20});
  sqs.close();
  expect(await waiting).toEqual([]);
  expect(await sqs.receive('queue', {waitTimeSeconds: 20})).toEqual([]);
});
