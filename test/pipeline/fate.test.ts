// The fate of a message, end to end: accepted, bounced, deferred and tried again, expired, invalid.

import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {utcTimeOf} from '../../shared/utc-time.ts';
import {mailTo, textOf} from '../samples/mail.ts';
import {sinkParameters} from '../samples/relay-parameters.ts';
import {recipientSays} from '../servers/recipient-says.ts';
import {type ScriptedServer, startScriptedServer} from '../servers/scripted-server.ts';
import {names, Pipeline} from './pipeline-under-test.ts';

const {results, success, failure, retry} = names.results;

let pipeline: Pipeline;
let server: ScriptedServer;
const tries = new Map<string, number>();

beforeAll(async () => {
  server = await startScriptedServer({RCPT: recipientSays(tries)});
  pipeline = await Pipeline.start(sinkParameters(server));
});
afterAll(async () => {
  await pipeline.stop();
  await server.close();
});

test('an accepted message has its result, without its text, on results and success', async () => {
  await pipeline.send(mailTo('ok@example.org', {'my-id': {nested: [1]}, tags: ['a']}));
  const [result] = await pipeline.take(success, 1);
  expect(result).toEqual((await pipeline.take(results, 1))[0]);
  expect(result).toEqual({
    envelope: 'from@example.com',
    recipient: 'ok@example.org',
    'my-id': {nested: [1]},
    tags: ['a'],
    fate: 'accepted',
    relayq: {
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      arrived: expect.any(String),
      attempts: 1,
      hops: 0,
      key: expect.stringMatching(/^[0-9a-f-]{36}$/),
    },
    results: [
      {
        state: 'message',
        result: 'accepted',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
        mta: '127.0.0.1',
        from: '127.0.0.1',
        to: '127.0.0.1',
        messages: 1,
        code: 250,
        status: '2.0.0',
        description: 'taken',
        dsn: false,
        queue: 'example.org',
        durationMs: expect.any(Number),
      },
    ],
  });
});

test('a bounced message has its result on results and failure, with its text when that is kept', async () => {
  await pipeline.send(mailTo('bounce@example.org', {keepmime: true}));
  const [result] = await pipeline.take(failure, 1);
  expect(await pipeline.take(results, 1)).toEqual([result]);
  expect(result).toMatchObject({
    fate: 'bounced',
    mime: textOf('hello'),
    results: [{state: 'rcptto', result: 'error', code: 550, status: '5.1.1', description: 'no such user'}],
  });
});

test('a deferred message is tried again after its intervals, and each attempt has a result', async () => {
  await pipeline.send(mailTo('later-2@example.org', {retries: [1, 1]}));
  const all = await pipeline.take(results, 3);
  expect(all.map(({fate, results: entries}) => [fate, entries.length])).toEqual([
    ['deferred', 1],
    ['deferred', 2],
    ['accepted', 3],
  ]);
  expect(all[2]!.results.map(({code}) => code)).toEqual([451, 451, 250]);
  expect(await pipeline.take(retry, 2)).toHaveLength(2);
  expect(await pipeline.take(success, 1)).toEqual([all[2]]);
});

test('a message is given up after its last attempt', async () => {
  await pipeline.send(mailTo('never-a@example.org', {retries: '0', maxattempts: 2}));
  const [result] = await pipeline.take(failure, 1);
  expect(result).toMatchObject({
    fate: 'expired',
    relayq: {attempts: 2},
    results: [{code: 451}, {code: 451}, {state: 'process', result: 'timeout'}],
  });
  await pipeline.take(results, 2);
  await pipeline.take(retry, 1);
});

test('a message is given up when the next attempt would come too late', async () => {
  const maxdelivertime = utcTimeOf(Date.now() + 60_000);
  await pipeline.send(mailTo('never-b@example.org', {retries: [120], maxdelivertime}));
  const [result] = await pipeline.take(failure, 1);
  expect(result).toMatchObject({
    fate: 'expired',
    results: [{code: 451}, {state: 'process', result: 'timeout'}],
  });
  await pipeline.take(results, 1);
});

test('a message that comes too late is not tried', async () => {
  await pipeline.send(mailTo('late@example.org', {maxdelivertime: utcTimeOf(Date.now() - 1000)}));
  const [result] = await pipeline.take(failure, 1);
  expect(result).toMatchObject({fate: 'expired', results: [{state: 'process', result: 'timeout'}]});
  expect(tries.has('late@example.org')).toBe(false);
  await pipeline.take(results, 1);
});

test('a message waits for its time, given in JSON or in a header', async () => {
  const dueMs = Math.ceil(Date.now() / 1000) * 1000 + 2000;
  await pipeline.send(
    mailTo('due-1@example.org', {nextattempt: {time: utcTimeOf(dueMs)}}),
    mailTo('due-2@example.org', {mime: `x-mq-delayed: ${utcTimeOf(dueMs)}\r\n${textOf('hello')}`}),
  );
  const due = await pipeline.take(success, 2);
  expect(Date.now()).toBeGreaterThanOrEqual(dueMs);
  expect(due.map(({results: [entry]}) => Date.parse(`${entry!.time}Z`) >= dueMs)).toEqual([true, true]);
  await pipeline.take(results, 2);
});

describe('a message’s own queues', () => {
  test('get its results; null means none; the stage’s own replaces one that does not exist', async () => {
    await pipeline.createQueue('relayq-local-results-mine');
    await pipeline.send(
      mailTo('mine@example.org', {queues: {results: 'relayq-local-results-mine', success: null}}),
    );
    expect(await pipeline.take('relayq-local-results-mine', 1)).toMatchObject([{fate: 'accepted'}]);
    await pipeline.send(mailTo('lost@example.org', {queues: {results: 'relayq-local-results-gone'}}));
    // Only the second message: the first wanted no success here, and its results elsewhere.
    expect(await pipeline.take(success, 1)).toMatchObject([{recipient: 'lost@example.org'}]);
    expect(await pipeline.take(results, 1)).toMatchObject([{recipient: 'lost@example.org'}]);
  });
});

describe('bad input', () => {
  test('is answered with all its problems, and the rest of its batch goes on', async () => {
    await pipeline.send(
      '{"recipient": "a@example.org", "password": "hunter2",',
      '"just a string"',
      mailTo('x\r\nRCPT TO:<y@example.org>', {smarthost: {port: 70000, password: 'hunter2'}}),
      mailTo('fine@example.org'),
    );
    const failed = await pipeline.take(failure, 3);
    expect(failed.every(({fate}) => fate === 'invalid')).toBe(true);
    const problems = failed.map(({problems}) => (problems as {path: string}[]).map(({path}) => path));
    expect(problems).toContainEqual(['recipient', 'smarthost.hostname', 'smarthost.port']);
    expect(failed.map(({results: entries}) => entries[0])).toEqual(
      failed.map(() => expect.objectContaining({state: 'process', result: 'invalid'})),
    );
    expect(JSON.stringify(failed)).not.toContain('hunter2');
    expect(failed.map(({original}) => original)).toContain('{"recipient": "a@example.org", "password": ***,');
    expect(await pipeline.take(success, 1)).toMatchObject([{recipient: 'fine@example.org'}]);
    await pipeline.take(results, 4);
  });

  test('that is too large to be quoted goes whole to a queue of its own', async () => {
    const mime = `Subject: big\r\n\r\n${'"'.repeat(520_000)}`;
    const body = JSON.stringify(mailTo('big@example.org', {mime}));
    await pipeline.send(body);
    const [result] = await pipeline.take(failure, 1);
    expect(result).toMatchObject({fate: 'invalid', original: null, originalAt: names.outboxOversize});
    const [original] = await pipeline.take(names.outboxOversize, 1);
    expect(original).toMatchObject({recipient: 'big@example.org', mime});
    await pipeline.take(results, 1);
  });
});

test('a message with every x-mq header arrives byte for byte, without those lines', async () => {
  const mq = [
    'x-mq-envelope: other@example.com',
    'X-Mq-Ip: 192.0.2.1',
    'x-mq-pool: blue',
    'x-mq-tag: one',
    'X-MQ-TAG:\r\n two',
    `x-mq-delayed: ${utcTimeOf(Date.now() - 60_000)}`,
    `x-mq-maxdelivertime: ${utcTimeOf(Date.now() + 3_600_000)}`,
    'x-mq-maxattempts: 5',
    'x-mq-retries: 60,120',
    'x-mq-keepmime: 0',
    'x-mq-results-queue: relayq-local-results-mine',
    'x-mq-success-queue: relayq-local-success',
    'x-mq-failure-queue: relayq-local-failure',
    'x-mq-retry-queue: relayq-local-retry',
    'x-mq-dsn-notify: FAILURE',
    'x-mq-dsn-ret: HDRS',
    'x-mq-dsn-orcpt: rfc822;someone@example.org',
    'x-mq-dsn-envid: abc',
    `x-mq-smarthost-hostname: 127.0.0.1`,
    `x-mq-smarthost-port: ${server.port}`,
    'x-mq-smarthost-username: u',
    'x-mq-smarthost-password: hunter2',
    'x-mq-campaign: spring',
  ];
  const fields = [
    'From: a@example.com',
    'Subject: folded\r\n\tsubject',
    'X-Odd:  spaces  ',
    'X-MQ: not ours',
  ];
  const body = '\r\nx-mq-tag: in the body\r\n.\r\n..dots\r\n\ttrailing space \r\nGrüße 😀\r\n';
  const lines = mq.flatMap((line, index) => [line, ...(index < fields.length ? [fields[index]!] : [])]);
  const before = server.texts.length;
  await pipeline.send({
    envelope: undefined,
    recipient: 'headers@example.org',
    mime: `${lines.join('\r\n')}\r\n${body}`,
  });
  const [result] = await pipeline.take(success, 1);
  expect(result).toMatchObject({
    fate: 'accepted',
    envelope: 'other@example.com',
    tags: ['one', 'two'],
    campaign: 'spring',
  });
  expect(result).toMatchObject({ips: ['192.0.2.1'], pool: 'blue', dsn: {notify: 'FAILURE', envid: 'abc'}});
  expect(JSON.stringify(result)).not.toContain('hunter2');
  const sent = Buffer.from(server.texts[before]!, 'latin1').toString('utf8').replace(/^\./gm, '');
  expect(sent).toBe(`${fields.join('\r\n')}\r\n${body}`);
  await pipeline.take('relayq-local-results-mine', 1);
});

test('a mime object is composed into a message', async () => {
  const before = server.texts.length;
  const mime = {
    from: 'a@example.com',
    to: 'b@example.org',
    subject: 'Grüße',
    text: 'body',
    headers: {'x-mq-tag': 'composed'},
  };
  await pipeline.send({envelope: 'a@example.com', recipient: 'b@example.org', mime});
  expect(await pipeline.take(success, 1)).toMatchObject([{fate: 'accepted', tags: ['composed']}]);
  expect(server.texts[before]).toMatch(/^From: a@example.com\r\nTo: b@example.org\r\nSubject: =\?UTF-8/m);
  expect(server.texts[before]).not.toMatch(/x-mq/i);
  await pipeline.take(results, 1);
});

test('a mime object that asks for a file of the function is refused', async () => {
  const attachments = [{path: '/proc/self/environ'}];
  await pipeline.send({recipient: 'b@example.org', mime: {from: 'a@example.com', text: 'x', attachments}});
  expect(await pipeline.take(failure, 1)).toMatchObject([{fate: 'invalid', problems: [{path: 'mime'}]}]);
  await pipeline.take(results, 1);
});
