// Developer Guide, "Amazon SQS short and long polling".

import {setTimeout as delay} from 'node:timers/promises';
import {ReceiveMessageCommand} from '@aws-sdk/client-sqs';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {Sqs} from '../../local/sqs/sqs.ts';
import {accountId, type QueueUnderTest, type SqsUnderTest, startSqs} from './sqs-under-test.ts';

let under: SqsUnderTest;
beforeAll(async () => {
  under = await startSqs();
});
afterAll(() => under.stop());

/** A receive that waits, and how long it took. */
async function poll(queue: QueueUnderTest, seconds: number) {
  const start = performance.now();
  const bodies = await queue.bodies({WaitTimeSeconds: seconds, MaxNumberOfMessages: 1});
  return {bodies, ms: performance.now() - start};
}

/** Long enough for a request to have reached the queue. */
const arrival = () => delay(100);

test.concurrent('a send wakes who waits, at once', async () => {
  const queue = await under.queue();
  const waiting = poll(queue, 10);
  await arrival();
  const start = performance.now();
  await queue.send('x');
  expect((await waiting).bodies).toEqual(['x']);
  expect(performance.now() - start).toBeLessThan(150);
});

test.concurrent('the end of a visibility timeout wakes who waits', async () => {
  const queue = await under.queue({VisibilityTimeout: '1'});
  await queue.send('x');
  await queue.receiveOne();
  const {bodies, ms} = await poll(queue, 10);
  expect(bodies).toEqual(['x']);
  expect(ms).toBeLessThan(1500);
});

test.concurrent('the end of a delay wakes who waits', async () => {
  const queue = await under.queue();
  await queue.send('x', {DelaySeconds: 1});
  const {bodies, ms} = await poll(queue, 10);
  expect(bodies).toEqual(['x']);
  expect(ms).toBeLessThan(1500);
});

test.concurrent('a deletion wakes who waits for the rest of the group', async () => {
  const queue = await under.fifoQueue();
  for (const body of ['a', 'b']) await queue.sendTo('g', body);
  const first = await queue.receiveOne();
  const waiting = poll(queue, 10);
  await arrival();
  await queue.delete(first);
  expect(await waiting).toMatchObject({bodies: ['b']});
});

test.concurrent('making a message visible wakes who waits', async () => {
  const queue = await under.queue();
  await queue.send('x');
  const message = await queue.receiveOne();
  const waiting = poll(queue, 10);
  await arrival();
  await queue.changeVisibility(message, 0);
  expect(await waiting).toMatchObject({bodies: ['x']});
});

test.concurrent('who waits is served in the order of arrival, and the others go on waiting', async () => {
  const queue = await under.queue();
  const first = poll(queue, 10);
  await arrival();
  const second = poll(queue, 10);
  await arrival();
  const last = poll(queue, 2);
  await arrival();
  await queue.send('1');
  await queue.send('2');
  expect((await first).bodies).toEqual(['1']);
  expect((await second).bodies).toEqual(['2']);
  const {bodies, ms} = await last;
  expect(bodies).toEqual([]);
  expect(ms).toBeGreaterThan(1900);
});

test.concurrent('the wait of the queue counts where the receive names none', async () => {
  const queue = await under.queue({ReceiveMessageWaitTimeSeconds: '1'});
  const start = performance.now();
  expect(await queue.receive()).toEqual([]);
  expect(performance.now() - start).toBeGreaterThan(900);
  const short = performance.now();
  expect(await queue.receive({WaitTimeSeconds: 0})).toEqual([]);
  expect(performance.now() - short).toBeLessThan(500);
});

test.concurrent('a receive that is given up takes no message with it', async () => {
  const queue = await under.queue();
  const abort = new AbortController();
  const command = new ReceiveMessageCommand({QueueUrl: queue.url, WaitTimeSeconds: 20});
  const given = under.client.send(command, {abortSignal: abort.signal}).catch((error: Error) => error.name);
  await arrival();
  abort.abort();
  expect(await given).toBe('AbortError');
  await arrival();
  await queue.send('x');
  expect(await queue.counts()).toEqual({visible: 1, inFlight: 0, delayed: 0});
});

test('closing ends every receive that waits, with nothing, and every connection', async () => {
  const other = await startSqs();
  const queue = await other.queue();
  const waiting = [poll(queue, 20), poll(queue, 20)];
  await arrival();
  const start = performance.now();
  await other.endpoint.close();
  other.sqs.close();
  expect(performance.now() - start).toBeLessThan(400);
  for (const {bodies} of await Promise.all(waiting)) expect(bodies).toEqual([]);
  other.client.destroy();
});

test('in process, a receive waits and is given up in the same way', async () => {
  const queue = await under.queue();
  const abort = new AbortController();
  const given = under.sqs.receive(queue.name, {waitTimeSeconds: 20, signal: abort.signal});
  const waiting = under.sqs.receive(queue.name, {waitTimeSeconds: 20, maxNumberOfMessages: 10});
  abort.abort();
  under.sqs.sendMessage(queue.name, {body: 'x'});
  expect(await given).toEqual([]);
  expect(await waiting).toMatchObject([{body: 'x', attributes: {SenderId: '000000000000'}}]);
});

test('closing the engine ends what waits in process, and makes nothing else wait', async () => {
  const sqs = new Sqs({region: 'us-east-1', accountId, urlOf: String});
  sqs.createQueue('queue');
  const waiting = sqs.receive('queue', {waitTimeSeconds: 20});
  sqs.close();
  expect(await waiting).toEqual([]);
  expect(await sqs.receive('queue', {waitTimeSeconds: 20})).toEqual([]);
});
