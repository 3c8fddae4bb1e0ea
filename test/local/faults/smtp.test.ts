// Faults of the sink's replies.

import {afterEach, describe, expect, it} from 'vitest';
import {startSink} from '../../../local/sink/sink.ts';
import {SmtpClient} from '../../servers/smtp-client.ts';
import {CloudsUnderTest} from '../cloud-under-test.ts';
import {startCaller} from './calling-cloud.ts';

const clouds = new CloudsUnderTest();
const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  await clouds.stop();
});

describe('the sink', () => {
  async function startWithSink() {
    const sink = await startSink({port: 0});
    cleanUps.push(() => sink.close());
    const {cloud} = await startCaller(clouds, {sink});
    const connect = async () => {
      const client = await SmtpClient.connect(sink.port);
      cleanUps.push(() => client.end());
      return client;
    };
    return {sink, faults: cloud.faults, connect};
  }

  it.each([
    ['connect', 1],
    ['ehlo', 2],
    ['mail', 3],
    ['rcpt', 4],
    ['data', 6],
  ] as const)('refuses at %s with the code of the fault, as often as the fault says', async (stage, at) => {
    const {sink, faults, connect} = await startWithSink();
    faults.add({smtp: {stage, code: 451, text: '4.7.1 later'}, count: 1});
    const replies = async () => {
      const client = await connect();
      const all = [await client.reply()];
      for (const line of [
        'EHLO x',
        'MAIL FROM:<a@example.com>',
        'RCPT TO:<b@example.org>',
        'DATA',
        'hi\r\n.',
      ])
        if (/^[23]/.test(all.at(-1)!)) all.push(await client.say(line));
      return all;
    };
    const refused = await replies();
    expect(refused).toHaveLength(at);
    expect(refused.at(-1)).toBe('451 4.7.1 later');
    expect(sink.messages).toHaveLength(0);
    expect((await replies()).at(-1)).toMatch(/^250/);
  });

  it('refuses mail to some alone, where the fault names them', async () => {
    const {faults, connect} = await startWithSink();
    faults.add({smtp: {code: 550, text: '5.1.1 who?'}, recipient: '*@refusing.example'});
    const client = await connect();
    const replies = [await client.reply()];
    for (const line of [
      'EHLO x',
      'MAIL FROM:<a@example.com>',
      'RCPT TO:<b@example.org>',
      'RCPT TO:<b@refusing.example>',
    ])
      replies.push(await client.say(line));
    expect(replies.map(reply => reply.slice(0, 3))).toEqual(['220', '250', '250', '250', '550']);
  });

  it.each(['starttls', 'auth'] as const)('refuses at %s, and the dialogue goes on', async stage => {
    const {faults, connect} = await startWithSink();
    faults.add({smtp: {stage, code: 454, text: 'not now'}, count: 1});
    const client = await connect();
    await client.reply();
    await client.say('EHLO x');
    const command = stage === 'auth' ? 'AUTH PLAIN AGEAYg==' : 'STARTTLS';
    expect(await client.say(command)).toBe('454 not now');
    expect(await client.say('NOOP')).toMatch(/^250/);
    expect(await client.say(command)).toMatch(/^2/);
  });

  it('closes the connection at a stage', async () => {
    const {faults, connect} = await startWithSink();
    faults.add({smtp: {stage: 'ehlo', close: true}, count: 1});
    const client = await connect();
    await client.reply();
    expect(await client.say('EHLO x')).toBe('closed');
  });

  it('delays its replies at every stage', async () => {
    const {sink, faults, connect} = await startWithSink();
    const slow = faults.add({smtp: {delayMs: 30}});
    const beganMs = performance.now();
    const client = await connect();
    await client.reply();
    await client.send('Subject: hi\r\n\r\nhello\r\n');
    expect(slow.fired).toBe(5);
    expect(performance.now() - beganMs).toBeGreaterThanOrEqual(149);
    expect(sink.messages).toHaveLength(1);
  });

  it('sends its replies slowly, in clear and in TLS', async () => {
    const {sink, faults, connect} = await startWithSink();
    faults.add({smtp: {stage: 'connect', octetsPerSecond: 400}});
    const beganMs = performance.now();
    const client = await connect();
    const greeting = await client.reply();
    expect(performance.now() - beganMs).toBeGreaterThan((greeting.length * 1000) / 400);
    await client.say('EHLO x');
    await client.startTls();
    const inTlsMs = performance.now();
    const reply = await client.send('Subject: hi\r\n\r\nhello\r\n');
    expect(reply).toMatch(/^250/);
    expect(performance.now() - inTlsMs).toBeGreaterThan((reply.length * 1000) / 400);
    expect(sink.messages).toMatchObject([{tls: true}]);
  });
});
