// What SQS may do while a client waits. Whatever it is, the client is told 250 only when all its mail is queued, and what is
// queued is not queued again.

import {setTimeout as delay} from 'node:timers/promises';
import {afterEach, describe, expect, test} from 'vitest';
import {AwsError} from '../../../local/aws-error.ts';
import type {Failed} from '../queue-under-test.ts';
import type {Entry} from '../scripted-queue.ts';
import {type ServerOptions, ServerUnderTest} from './server-under-test.ts';

let running: ServerUnderTest;
afterEach(() => running.stop());
const start = async (options: ServerOptions = {}) => {
  running = await ServerUnderTest.start(options);
  return running.queue;
};

const text = 'Subject: hello\r\n\r\nHello!\r\n';
const all = ['b@example.org', 'c@example.org', 'd@example.org'];
const recipients = () => running.queue.messages.map(({recipient}) => recipient).toSorted();
const send = async (to: readonly string[] = all, of = text) => (await running.greeted()).sendAgain(of, to);

/** Fails the entries for a recipient. */
const without =
  (recipient: string, failure: Omit<Failed, 'Id'> = {Code: 'InternalError', SenderFault: false}) =>
  (entries: readonly Entry[]) =>
    entries.filter(({MessageBody}) => MessageBody.includes(recipient)).map(({Id}) => ({Id, ...failure}));

test('a recipient that SQS takes later within the same text', async () => {
  const queue = await start();
  let count = 0;
  queue.answer = entries => (count++ === 0 ? without('c@example.org')(entries) : []);
  expect(await send()).toMatch(/^250 /);
  expect(recipients()).toEqual(all);
  expect(queue.requests).toEqual([3, 1]);
});

describe('a recipient that SQS does not take', () => {
  test('is queued when the text comes again, and the others are not queued again', async () => {
    const queue = await start();
    queue.answer = without('c@example.org', {Code: 'InvalidMessageContents', SenderFault: true});
    expect(await send()).toBe(
      '451 4.3.0 the outbox has taken 2 of 3: the others are queued when the same text comes again',
    );
    expect(recipients()).toEqual(['b@example.org', 'd@example.org']);
    queue.answer = () => [];
    expect(await send()).toMatch(/^250 /);
    expect(recipients()).toEqual(all);
  });

  test('nor when it comes with others, or for one of them alone', async () => {
    const queue = await start();
    queue.answer = without('c@example.org', {Code: 'X', SenderFault: true});
    await send();
    queue.answer = () => [];
    expect(await send(['b@example.org'])).toMatch(/^250 /);
    expect(await send(['d@example.org', 'e@example.org'])).toMatch(/^250 /);
    expect(recipients()).toEqual(['b@example.org', 'd@example.org', 'e@example.org']);
  });

  test.each<[what: string, again: () => Promise<string>]>([
    ['another text', () => send(all, `${text}\r\n`)],
    [
      'another sender',
      async () => {
        const client = await running.greeted();
        const said = 'MAIL FROM:<z@example.com>\r\nRCPT TO:<b@example.org>\r\nDATA\r\n';
        await client.codesOf(said, 3);
        client.write(`${text}.\r\n`);
        return client.reply();
      },
    ],
    [
      'other DSN parameters',
      async () => {
        const client = await running.greeted();
        const said = 'MAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.org> NOTIFY=NEVER\r\nDATA\r\n';
        await client.codesOf(said, 3);
        client.write(`${text}.\r\n`);
        return client.reply();
      },
    ],
    [
      'the same text after its time',
      async () => {
        running.pass(14_400_001);
        return send();
      },
    ],
  ])('%s is another message', async (_what, again) => {
    const queue = await start();
    queue.answer = without('c@example.org', {Code: 'X', SenderFault: true});
    await send();
    queue.answer = () => [];
    expect(await again()).toMatch(/^250 /);
    expect(recipients().filter(each => each === 'b@example.org')).toHaveLength(2);
  });
});

test('what was answered with 250 is queued again when it is sent again', async () => {
  await start();
  expect(await send(['b@example.org'])).toMatch(/^250 /);
  expect(await send(['b@example.org'])).toMatch(/^250 /);
  expect(recipients()).toEqual(['b@example.org', 'b@example.org']);
});

test('the same text from several clients at a time is as many messages', async () => {
  const queue = await start();
  const gate = Promise.withResolvers<readonly never[]>();
  queue.answer = () => gate.promise;
  const replies = Array.from({length: 5}, () => send(['b@example.org']));
  await expect.poll(() => queue.requests.reduce((sum, each) => sum + each, 0)).toBe(5);
  gate.resolve([]);
  for (const reply of await Promise.all(replies)) expect(reply).toMatch(/^250 /);
  expect(queue.bodies).toHaveLength(5);
});

test('two clients that have gone come again as two', async () => {
  const queue = await start({limits: {placeMs: 200}});
  const gate = Promise.withResolvers<readonly never[]>();
  queue.answer = () => gate.promise;
  for (const reply of await Promise.all([1, 2].map(() => send(['b@example.org']))))
    expect(reply).toMatch(/^451 /);
  queue.answer = () => [];
  gate.resolve([]);
  await expect.poll(() => queue.bodies.length).toBe(2);
  for (let count = 0; count < 3; count += 1) expect(await send(['b@example.org'])).toMatch(/^250 /);
  expect(queue.bodies).toHaveLength(3);
});

test('a client that has gone before the reply, and comes again', async () => {
  const queue = await start();
  const gate = Promise.withResolvers<readonly never[]>();
  queue.answer = () => gate.promise;
  const client = await running.greeted();
  await client.codesOf('MAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.org>\r\nDATA\r\n', 3);
  client.write(`${text}.\r\n`);
  await expect.poll(() => queue.requests).toHaveLength(1);
  client.end();
  await expect.poll(() => running.server.state.connections).toBe(0);
  // While the first is on its way, and when it is there.
  const during = send(['b@example.org']);
  await delay(50);
  gate.resolve([]);
  expect(await during).toMatch(/^250 /);
  expect(recipients()).toEqual(['b@example.org']);
});

test('a client that has gone in the middle of its text has sent nothing', async () => {
  const queue = await start();
  const client = await running.greeted();
  await client.codesOf('MAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.org>\r\nDATA\r\n', 3);
  client.write('Subject: half\r\n\r\nHal');
  client.end();
  await expect.poll(() => running.server.state.connections).toBe(0);
  expect(queue.requests).toEqual([]);
  expect(running.lines).toEqual([]);
});

test.each<[code: string, status: number]>([
  ['AccessDenied', 403],
  ['QueueDoesNotExist', 400],
  ['KmsDisabled', 400],
  ['RequestThrottled', 400],
  ['InternalFailure', 500],
])('a request that fails: %s', async (code, status) => {
  const queue = await start();
  queue.answer = () => {
    throw new AwsError(code, 'arn:aws:sqs:us-east-1:000000000000:outbox is not for you', status);
  };
  // What is wrong with the account is not for a client's eyes.
  expect(await send()).toBe(
    '451 4.3.0 the outbox has taken 0 of 3: the others are queued when the same text comes again',
  );
  expect(running.lines.map(({level, message}) => [level, message])).toEqual([
    ...Array(3).fill(['error', 'not queued']),
    ['warn', 'refused'],
  ]);
  queue.answer = () => [];
  expect(await send()).toMatch(/^250 /);
  expect(recipients()).toEqual(all);
});

test('SQS that does not answer in time: what it took all the same is not queued again', async () => {
  const queue = await start({limits: {placeMs: 200}});
  const gate = Promise.withResolvers<readonly never[]>();
  queue.answer = () => gate.promise;
  expect(await send()).toBe('451 4.3.0 the outbox does not answer: try again later');
  queue.answer = () => [];
  gate.resolve([]);
  await expect.poll(recipients).toEqual(all);
  expect(await send()).toMatch(/^250 /);
  expect(recipients()).toEqual(all);
});

test('SQS that cannot be reached', async () => {
  await start();
  await running.queue.stop();
  expect(await send()).toMatch(/^451 4\.3\.0 /);
});

test('a message that SQS refuses for ever is refused for ever', async () => {
  const queue = await start();
  queue.answer = entries => entries.map(({Id}) => ({Id, Code: 'X', SenderFault: true}));
  expect(await send()).toBe('554 5.6.0 the outbox does not take the message');
});

test('texts that are not yet queued take up no more memory than they may', async () => {
  const queue = await start({limits: {textOctets: 250_000, placeMs: 300}});
  const gate = Promise.withResolvers<readonly never[]>();
  queue.answer = () => gate.promise;
  const large = `A: 1\r\n\r\n${`${'x'.repeat(98)}\r\n`.repeat(1_000)}`;
  const replies = await Promise.all([1, 2, 3].map(() => send(['b@example.org'], large)));
  expect(replies.filter(reply => reply.startsWith('452 4.3.1 '))).toHaveLength(1);
  // They still do when their clients have been told to come back.
  expect(await send(['b@example.org'], large)).toMatch(/^452 4\.3\.1 /);
  queue.answer = () => [];
  gate.resolve([]);
  await expect.poll(() => send(['e@example.org'], large)).toMatch(/^250 /);
});
