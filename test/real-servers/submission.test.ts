// Other people's programs as clients of `relayq smtp`: Postfix relays into it, smtp-source and swaks send to it.

import {execFile} from 'node:child_process';
import {promisify} from 'node:util';
import {afterEach, describe, expect, test} from 'vitest';
import {hashOf} from '../../submission/smtp/password-hash.ts';
import {postfix, startPostfix} from '../servers/postfix-server.ts';
import {pathOf} from '../servers/server-process.ts';
import {SmtpClient} from '../servers/smtp-client.ts';
import {ServerUnderTest} from '../submission/smtp/server-under-test.ts';

const run = promisify(execFile);
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});
async function start(...options: Parameters<typeof ServerUnderTest.start>): Promise<ServerUnderTest> {
  const running = await ServerUnderTest.start(...options);
  stops.push(() => running.stop());
  return running;
}

describe.skipIf(postfix.missing !== undefined)(`Postfix, which relays into it`, () => {
  test('all recipients, DSN parameters and octets come through; what SQS did not take comes again alone', async () => {
    const running = await start();
    const mta = await startPostfix({domain: 'relayed.example', port: running.port});
    stops.push(() => mta.stop());
    let failing = true;
    running.queue.answer = entries =>
      failing
        ? entries
            .filter(({MessageBody}) => MessageBody.includes('c@relayed.example'))
            .map(({Id}) => ({Id, Code: 'InternalError', SenderFault: true}))
        : [];
    const client = await SmtpClient.connect(mta.mxPort);
    await client.reply();
    await client.say('EHLO client.example.com');
    await client.say('MAIL FROM:<a@example.com> RET=HDRS ENVID=order-1 BODY=8BITMIME');
    for (const name of ['b', 'c', 'd']) await client.say(`RCPT TO:<${name}@relayed.example> NOTIFY=FAILURE`);
    await client.say('DATA');
    client.write('From: a@example.com\r\nSubject: Gr\u00fc\u00dfe\r\n\r\n..dot\r\n\u6771\u4eac\r\n.\r\n');
    expect(await client.reply()).toMatch(/^250 /);
    client.end();
    await expect.poll(() => running.lines.some(({message}) => message === 'refused')).toBe(true);
    expect(running.queue.messages.map(({recipient}) => recipient).toSorted()).toEqual([
      'b@relayed.example',
      'd@relayed.example',
    ]);
    failing = false;
    await mta.flush();
    await expect.poll(() => running.queue.messages.length).toBe(3);
    for (const {envelope, mime, dsn} of running.queue.messages) {
      expect(envelope).toBe('a@example.com');
      expect(mime).toMatch(/\r\nSubject: Gr\u00fc\u00dfe\r\n(?:.*\r\n)*\r\n\.dot\r\n\u6771\u4eac\r\n$/);
      expect(dsn).toMatchObject({
        notify: 'FAILURE',
        ret: 'HDRS',
        envid: 'order-1',
        orcpt: expect.stringMatching(/^rfc822;/),
      });
    }
  });
});

const smtpSource = await pathOf('smtp-source');

describe.skipIf(smtpSource === undefined)('smtp-source', () => {
  test.each([
    ['a connection for each', []],
    ['connections that are used again', ['-d']],
    ['several recipients', ['-r', '5']],
    ['large texts', ['-l', '300000']],
  ])('2,000 messages over 20 connections at a time: %s', async (_what, options) => {
    const running = await start();
    const [, recipients = '1'] = options[0] === '-r' ? options : [];
    const count = options[0] === '-l' ? 100 : 2_000;
    const addressed = ['-f', 'a@example.com', '-t', 'b@example.org', `127.0.0.1:${running.port}`];
    await run(smtpSource!, ['-s', '20', '-m', String(count), ...options, ...addressed]);
    const wanted = count * Number(recipients);
    expect(running.queue.bodies).toHaveLength(wanted);
    expect(running.lines.filter(({message}) => message !== 'queued')).toEqual([]);
    // They shared requests.
    expect(running.queue.requests.length).toBeLessThan(wanted);
  });
});

const swaks = await pathOf('swaks');

describe.skipIf(swaks === undefined)('swaks', () => {
  test('signs in over STARTTLS, and sends', async () => {
    const password = 'correct horse battery';
    const running = await start({
      clients: {shop: {password: await hashOf(password), senders: ['example.com']}},
    });
    const server = ['--server', '127.0.0.1', '--port', String(running.port), '--tls'];
    const mail = ['--from', 'a@example.com', '--to', 'b@example.org', '--body', 'hello from swaks'];
    const auth = ['--auth', 'PLAIN', '--auth-user', 'shop', '--auth-password', password];
    const {stdout} = await run(swaks!, [...server, ...auth, ...mail]);
    expect(stdout).toContain('250 2.0.0 queued as id-1');
    expect(running.queue.messages[0]?.mime).toContain('hello from swaks');
    await expect(run(swaks!, [...server, ...mail])).rejects.toThrow();
    expect(running.queue.bodies).toHaveLength(1);
  });
});
