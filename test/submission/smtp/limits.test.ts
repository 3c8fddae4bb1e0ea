import {afterEach, describe, expect, test} from 'vitest';
import {SmtpClient} from '../../servers/smtp-client.ts';
import {type ServerOptions, ServerUnderTest} from './server-under-test.ts';

let running: ServerUnderTest;
afterEach(() => running.stop());
const start = async (options: ServerOptions = {}) => {
  running = await ServerUnderTest.start(options);
};
const text = 'Subject: hello\r\n\r\nHello!\r\n';
const late = /^421 4\.4\.2 /;

describe('time', () => {
  test('a client that says nothing', async () => {
    await start();
    const client = await running.client();
    running.pass(301_000);
    expect(await client.reply()).toMatch(late);
    expect(await client.reply()).toBe('closed');
  });

  test('a command that comes octet for octet', async () => {
    await start();
    const client = await running.greeted();
    client.write('MAIL FROM:<');
    running.pass(200_000);
    client.write('a');
    running.pass(101_000);
    expect(await client.reply()).toMatch(late);
  });

  test('a text that comes octet for octet', async () => {
    await start();
    const client = await running.greeted();
    await client.codesOf('MAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.org>\r\nDATA\r\n', 3);
    client.write('Subject: x\r\n');
    running.pass(599_000);
    client.write('X: y\r\n');
    running.pass(2_000);
    expect(await client.reply()).toMatch(late);
    expect(running.queue.bodies).toEqual([]);
  });

  test('each reply begins it anew', async () => {
    await start();
    const client = await running.greeted();
    for (let count = 0; count < 3; count += 1) {
      running.pass(299_000);
      expect(await client.say('NOOP')).toMatch(/^250 /);
    }
    expect(await client.sendAgain(text)).toMatch(/^250 /);
  });

  test('while SQS is waited for, a client waits too', async () => {
    await start();
    const gate = Promise.withResolvers<readonly never[]>();
    running.queue.answer = () => gate.promise;
    const client = await running.greeted();
    const sending = client.sendAgain(text);
    await expect.poll(() => running.queue.requests).toHaveLength(1);
    running.pass(10_000_000);
    // Those who are late are looked for once a second.
    const silent = await running.client();
    running.pass(301_000);
    expect(await silent.reply()).toMatch(late);
    gate.resolve([]);
    expect(await sending).toMatch(/^250 /);
  });
});

describe('connections', () => {
  test('no more from one address than there may be', async () => {
    await start({limits: {connectionsPerAddress: 3}});
    const clients = [await running.client(), await running.client(), await running.client()];
    expect(await running.firstReply()).toBe('421 4.7.0 too many connections');
    clients[0]!.end();
    await expect.poll(() => running.server.state.connections).toBe(2);
    expect(await (await running.greeted()).sendAgain(text)).toMatch(/^250 /);
  });

  test('thousands at once: those that are in go on, and when they have gone others come in', async () => {
    await start({limits: {connections: 50, connectionsPerAddress: 50}});
    const healthy = await running.greeted();
    const flood: SmtpClient[] = [];
    const replies: string[] = [];
    // What the kernel has wait at a time, it may forget.
    for (let count = 0; count < 20; count += 1) {
      const some = await Promise.all(Array.from({length: 100}, () => SmtpClient.connect(running.port)));
      flood.push(...some);
      replies.push(...(await Promise.all(some.map(client => client.reply()))));
    }
    expect(replies.filter(reply => reply.startsWith('220 '))).toHaveLength(49);
    expect(await healthy.sendAgain(text)).toMatch(/^250 /);
    for (const client of flood) client.end();
    await expect.poll(() => running.server.state.connections).toBe(1);
    expect(await (await running.greeted()).sendAgain(text)).toMatch(/^250 /);
  });
});

describe('lines', () => {
  test('a command that is too long ends the connection', async () => {
    await start();
    const client = await running.greeted();
    client.write('x'.repeat(13_000));
    expect(await client.reply()).toMatch(/^421 /);
  });

  test('a text without a line end is read as far as a text may go', async () => {
    await start();
    const client = await running.greeted();
    await client.codesOf('MAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.org>\r\nDATA\r\n', 3);
    for (let count = 0; count < 40; count += 1) client.write('x'.repeat(100_000));
    client.write('\r\n.\r\n');
    expect(await client.reply()).toMatch(/^552 5\.3\.4 /);
  });

  test('commands that nobody knows end the connection at last', async () => {
    await start();
    const client = await running.greeted();
    const replies = [];
    for (let count = 0; count < 10; count += 1) replies.push((await client.say('WHAT')).slice(0, 3));
    expect(replies).toEqual([...Array(9).fill('500'), '421']);
  });
});

describe('a stop', () => {
  test('lets texts that are on their way come to their end', async () => {
    await start();
    const gate = Promise.withResolvers<readonly never[]>();
    running.queue.answer = () => gate.promise;
    const [idle, named, sending, queueing] = [
      await running.greeted(),
      await running.greeted(),
      await running.greeted(),
      await running.greeted(),
    ] as const;
    await named.codesOf('MAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.org>\r\n', 2);
    await sending.codesOf('MAIL FROM:<a@example.com>\r\nRCPT TO:<c@example.org>\r\nDATA\r\n', 3);
    sending.write('Subject: half\r\n');
    const reply = queueing.sendAgain(text, ['d@example.org']);
    await expect.poll(() => running.queue.requests).toHaveLength(1);
    const drained = running.server.drain(300_000);
    expect(await idle.reply()).toMatch(/^421 4\.3\.2 /);
    expect(await named.reply()).toMatch(/^421 4\.3\.2 /);
    await expect(SmtpClient.connect(running.port)).rejects.toThrow('ECONNREFUSED');
    gate.resolve([]);
    expect(await reply).toMatch(/^250 /);
    sending.write('\r\nwhole\r\n.\r\n');
    expect(await sending.reply()).toMatch(/^250 /);
    expect(await sending.say('MAIL FROM:<a@example.com>')).toMatch(/^421 /);
    await queueing.say('NOOP');
    await drained;
    expect(running.queue.messages.map(({recipient}) => recipient)).toEqual([
      'd@example.org',
      'c@example.org',
    ]);
  });

  test('does not wait for ever', async () => {
    await start();
    const client = await running.greeted();
    await client.codesOf('MAIL FROM:<a@example.com>\r\nRCPT TO:<c@example.org>\r\nDATA\r\n', 3);
    client.write('Subject: half\r\n');
    await running.server.drain(50);
    expect(await client.reply()).toMatch(/^421 /);
    expect(running.queue.bodies).toEqual([]);
  });
});
