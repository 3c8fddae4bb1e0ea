import {createTransport} from 'nodemailer';
import {afterEach, beforeAll, describe, expect, test} from 'vitest';
import {hashOf} from '../../../submission/smtp/password-hash.ts';
import type {SmtpClient} from '../../servers/smtp-client.ts';
import {type ServerOptions, ServerUnderTest} from './server-under-test.ts';

const password = 'correct horse battery';
let hash: string;
beforeAll(async () => {
  hash = await hashOf(password);
});
let running: ServerUnderTest;
afterEach(() => running.stop());

const start = async (client: object = {}, options: ServerOptions = {}) => {
  running = await ServerUnderTest.start({
    clients: {shop: {password: hash, senders: ['example.com'], ...client}},
    ...options,
  });
};
const plain = (user: string, secret: string) =>
  `AUTH PLAIN ${Buffer.from(`\0${user}\0${secret}`).toString('base64')}`;

async function secured(): Promise<SmtpClient> {
  const client = await running.greeted();
  await client.startTls();
  await client.say('EHLO client.example.com');
  return client;
}
async function signedIn(): Promise<SmtpClient> {
  const client = await secured();
  expect(await client.say(plain('shop', password))).toMatch(/^235 /);
  return client;
}

describe('without TLS', () => {
  test('there is no AUTH, and no mail', async () => {
    await start();
    const client = await running.client();
    expect(await client.say('EHLO client.example.com')).not.toContain('AUTH');
    expect(await client.say(plain('shop', password))).toMatch(/^500 /);
    expect(await client.say('MAIL FROM:<a@example.com>')).toBe('530 5.7.0 say STARTTLS first, then sign in');
    expect(await client.say('RCPT TO:<b@example.org>')).toMatch(/^503 /);
    expect(await client.say('DATA')).toMatch(/^503 /);
  });
});

describe('with TLS', () => {
  test('there is AUTH, and no mail before it', async () => {
    await start();
    const client = await running.greeted();
    await client.startTls();
    expect(await client.say('EHLO client.example.com')).toContain('AUTH LOGIN PLAIN');
    expect(await client.say('MAIL FROM:<a@example.com>')).toMatch(/^530 5\.7\.0 /);
  });

  test.each<[what: string, command: string]>([
    ['a wrong password', plain('shop', 'wrong')],
    ['no password', plain('shop', '')],
    ['nobody', plain('nobody', password)],
    ['the hash', plain('shop', '$scrypt$')],
    ['a name of objects', plain('__proto__', password)],
    ['a long password', plain('shop', 'x'.repeat(5_000))],
  ])('%s is refused', async (_what, command) => {
    await start();
    const client = await secured();
    expect(await client.say(command)).toMatch(/^535 5\.7\.8 /);
    expect(await client.say('MAIL FROM:<a@example.com>')).toMatch(/^530 /);
    expect(JSON.stringify(running.lines)).not.toContain(password);
  });

  test('at the third wrong password the connection is closed', async () => {
    await start();
    const client = await secured();
    const replies = [];
    for (let count = 0; count < 3; count += 1)
      replies.push((await client.say(plain('shop', 'wrong'))).slice(0, 3));
    expect(replies).toEqual(['535', '535', '421']);
    expect(await client.reply()).toBe('closed');
  });

  test('AUTH LOGIN, and AUTH PLAIN on a line of its own', async () => {
    await start();
    const login = await secured();
    expect(await login.say('AUTH LOGIN')).toMatch(/^334 /);
    expect(await login.say(Buffer.from('shop').toString('base64'))).toMatch(/^334 /);
    expect(await login.say(Buffer.from(password).toString('base64'))).toMatch(/^235 /);
    const later = await secured();
    expect(await later.say('AUTH PLAIN')).toBe('334');
    expect(await later.say(plain('shop', password).slice('AUTH PLAIN '.length))).toMatch(/^235 /);
  });

  test('mail is sent, and the trace says how it came', async () => {
    await start();
    const client = await signedIn();
    expect(await client.sendAgain('A: 1\r\n\r\nx\r\n')).toMatch(/^250 /);
    expect(running.queue.messages[0]?.mime).toContain(' with ESMTPSA id ');
    expect(running.lines.at(-1)?.fields).toMatchObject({client: 'shop'});
  });

  test('from the start', async () => {
    await start({}, {implicitTls: true});
    const transport = createTransport({
      host: '127.0.0.1',
      port: running.port,
      secure: true,
      tls: {rejectUnauthorized: false},
      auth: {user: 'shop', pass: password},
    });
    const info = await transport.sendMail({from: 'a@example.com', to: 'b@example.org', text: 'x'});
    transport.close();
    expect(info.response).toBe('250 2.0.0 queued as id-1');
    expect(running.queue.messages[0]?.mime).toContain(' with ESMTPSA id ');
  });
});

describe('senders', () => {
  test.each<[senders: string[], from: string, isAllowed: boolean]>([
    [['example.com'], 'a@example.com', true],
    [['example.com'], 'a@EXAMPLE.com', true],
    [['example.com'], 'a@sub.example.com', false],
    [['example.com'], 'a@notexample.com', false],
    [['example.com'], '', false],
    [['*.example.com'], 'a@sub.example.com', true],
    [['*.example.com'], 'a@deep.sub.example.com', true],
    [['*.example.com'], 'a@example.com', false],
    [['a@example.com'], 'a@example.com', true],
    [['a@example.com'], 'b@example.com', false],
    [['<>'], '', true],
    [['<>'], 'a@example.com', false],
    [['müller.example'], 'a@xn--mller-kva.example', true],
    [['*'], 'a@example.net', true],
    [['*'], '', true],
    [['b@example.com', 'example.net'], 'a@example.net', true],
  ])('%j: %s', async (senders, from, isAllowed) => {
    await start({senders});
    const client = await signedIn();
    expect(await client.say(`MAIL FROM:<${from}>`)).toMatch(isAllowed ? /^250 / : /^553 5\.7\.1 /);
  });
});

test('x-mq headers count where the client is trusted', async () => {
  await start({trusted: true});
  const client = await signedIn();
  await client.sendAgain('x-mq-tag: a\r\n\r\nx\r\n');
  expect(running.queue.messages[0]).not.toHaveProperty('mq-headers');
});

test('no more recipients a minute than the client may have', async () => {
  await start({messagesPerMinute: 3});
  const client = await signedIn();
  await client.say('MAIL FROM:<a@example.com>');
  const rcpts = ['b', 'c', 'd', 'e'].map(name => `RCPT TO:<${name}@example.org>\r\n`).join('');
  expect(await client.codesOf(rcpts, 4)).toEqual([250, 250, 250, 451]);
  running.pass(20_000);
  expect(await client.codesOf(rcpts, 4)).toEqual([250, 451, 451, 451]);
  running.pass(3_600_000);
  expect(await client.codesOf(rcpts, 4)).toEqual([250, 250, 250, 451]);
});

test('no more connections than the client may have', async () => {
  await start({connections: 2});
  const [first] = [await signedIn(), await signedIn()];
  const third = await secured();
  expect(await third.say(plain('shop', password))).toMatch(/^454 4\.7\.0 /);
  first!.end();
  await expect
    .poll(async () => (await secured()).say(plain('shop', password)), {interval: 50})
    .toMatch(/^235 /);
});

test('a client that does not sign in in time is sent away', async () => {
  await start();
  const silent = await running.client();
  const busy = await secured();
  const known = await signedIn();
  running.pass(61_000);
  expect(await silent.reply()).toMatch(/^421 4\.4\.2 /);
  expect(await busy.reply()).toMatch(/^421 4\.4\.2 /);
  expect(await known.say('NOOP')).toMatch(/^250 /);
});

test('a handshake that goes on for ever ends', async () => {
  await start({}, {implicitTls: true});
  const {connect} = await import('node:net');
  const socket = connect(running.port, '127.0.0.1');
  const closed = new Promise(resolve => socket.once('close', resolve));
  socket.on('error', () => {});
  // Seen once, it is late the next time.
  const passing = setInterval(() => running.pass(61_000), 100);
  await closed;
  clearInterval(passing);
});
