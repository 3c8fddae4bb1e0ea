// Messages that are not quite what they should be, through the whole pipeline to a smarthost of their own: which are
// sent and which are not, and that no secret is shown, whatever was wrong with it.

import {ReceiveMessageCommand} from '@aws-sdk/client-sqs';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {certificateOf} from '../fixtures/fixture.ts';
import {textOf} from '../samples/mail.ts';
import {type Received, type ReceivingServer, startReceivingServer} from '../servers/receiving-server.ts';
import {names, Pipeline, type Result} from './pipeline-under-test.ts';

const results: Result[] = [];
const secret = 'hunter2';

let smarthost: ReceivingServer;
let pipeline: Pipeline;
let port: number;

beforeAll(async () => {
  smarthost = await startReceivingServer({
    ...certificateOf('localhost'),
    allowInsecureAuth: true,
    onAuth: ({username, password}, _, done) =>
      done(password === secret ? null : new Error('no'), {user: username}),
  });
  ({port} = smarthost);
  pipeline = await Pipeline.start();
});
afterAll(async () => {
  await pipeline?.stop();
  await smarthost.close();
});

const mime = textOf('s');
const recipient = 'jo@example.org';

/** Sends one message and waits for its one result. */
async function fateOf(message: object | string): Promise<{result: Result; arrived: Received | undefined}> {
  const {received} = smarthost;
  const before = received.length;
  await pipeline.send(message);
  const result = await pipeline.result();
  results.push(result);
  expect(received.length - before).toBe(result.fate === 'accepted' ? 1 : 0);
  return {result, arrived: received[before]};
}

test('a URL may stand for a smarthost: in JSON, as its hostname, and in a header', async () => {
  const url = `smtp://jo%40b:${secret}@127.0.0.1:${port}`;
  for (const message of [
    {recipient, mime, smarthost: url},
    {recipient, mime, smarthost: {hostname: url, security: 'optional'}},
    {recipient, mime: `X-MQ-Smarthost: ${url}\r\n${mime}`},
  ]) {
    const {result, arrived} = await fateOf(message);
    expect(result).toMatchObject({fate: 'accepted', results: [{authentication: 'PLAIN'}]});
    expect(arrived).toMatchObject({login: 'jo@b', to: [recipient], text: mime});
    expect(JSON.stringify(result.smarthost)).toContain(`smtp://jo%40b:***@127.0.0.1:${port}`);
  }
});

test('half a pair of credentials is not used, and the result and the log say so', async () => {
  const half = {hostname: '127.0.0.1', port: String(port), username: 'jo', password: ''};
  const {result, arrived} = await fateOf({recipient, mime, smarthost: half});
  const authentication = 'none: smarthost.password is missing';
  expect(result).toMatchObject({fate: 'accepted', results: [{authentication}]});
  expect(arrived?.login).toBe(false);
  expect(pipeline.logged('attempt').at(-1)).toMatchObject({authentication});
});

test('members with other names are reported without their values', async () => {
  for (const members of [
    {auth: {user: 'jo', pass: secret}},
    {user: 'jo', pass: secret},
    {username: 'jo', Passwort: secret},
  ]) {
    const {result} = await fateOf({recipient, mime, smarthost: {hostname: '127.0.0.1', port, ...members}});
    expect(result).toMatchObject({fate: 'invalid', smarthost: {hostname: '127.0.0.1', port}});
  }
});

const field = `X-MQ-Smarthost-Password: ${secret}\r\n`;

test.each([
  ['a no-break space before the colon', field.replace(':', '\u00a0:') + mime],
  ['no colon', field.replace(':', '') + mime],
  ['an empty first line', `\r\n${field}${mime}`],
  ['a first line that begins with a space', ` ${field}${mime}`],
  ['a line that is no field ahead', `Hello\r\n${field}${mime}`],
])('no text with %s is sent', async (_, text) => {
  const {result} = await fateOf({recipient, mime: text});
  expect(result.fate).toBe('invalid');
  expect(JSON.stringify(result.problems)).toMatch(/x-mq-smarthost-password in line \d/);
});

test.each([
  ['a byte order mark', `\ufeffX-MQ-Tag: t\r\n${mime}`, mime],
  ['CR CR LF', `A: 1\r\r\nX-MQ-Tag: t\r\r\n${mime.replaceAll('\r\n', '\r\r\n')}`, `A: 1\r\n${mime}`],
  ['encoded words', `X-MQ-Tag: =?iso-8859-1?q?t?=\r\n${mime}`, mime],
  ['the first line of an mbox file', `From jo\r\nX-MQ-Tag: t\r\n${mime}`, `From jo\r\n${mime}`],
])('a text with %s is read', async (_, text, sent) => {
  const {result, arrived} = await fateOf({recipient, mime: text, smarthost: {hostname: '127.0.0.1', port}});
  expect(result).toMatchObject({fate: 'accepted', tags: ['t']});
  expect(arrived?.text).toBe(sent);
});

test('the headers of an object are read as they were given, long and in any language', async () => {
  const custom = 'Grüße "an" alle, 日本語 '.repeat(9).trim();
  const object = {from: 'a@b.example', subject: 's', text: 't', headers: {'x-mq-custom': custom}};
  const {result} = await fateOf({recipient, mime: object, smarthost: {hostname: '127.0.0.1', port}});
  expect(result).toMatchObject({fate: 'accepted', custom});
});

test('fields that a stranger wrote are obeyed, stripped or refused, as the stage or the message says', async () => {
  const own = {hostname: '127.0.0.1', port};
  const strange = `x-mq-smarthost-hostname: 192.0.2.1\r\nx-mq-dkim: 1\r\nx-mq-relayq: 1\r\nx-mq-a b\r\n${mime}`;
  expect((await fateOf({recipient, mime: strange, smarthost: own})).result.fate).toBe('invalid');
  const stripped = {recipient, mime: strange, smarthost: own, 'mq-headers': 'stripped'};
  expect((await fateOf(stripped)).arrived?.text).toBe(mime);
  await pipeline.set({'mq-headers': 'stripped'});
  expect((await fateOf({recipient, mime: strange, smarthost: own})).arrived?.text).toBe(mime);
  const object = {from: 'a@b.example', text: 't', headers: {'x-mq-tag': 't'}};
  const {result, arrived} = await fateOf({recipient, mime: object, smarthost: own});
  expect(result.tags).toBeUndefined();
  expect(arrived?.text).not.toMatch(/x-mq/i);
  await pipeline.set({'mq-headers': 'refused'});
  expect((await fateOf({recipient, mime: strange, smarthost: own})).result.fate).toBe('invalid');
  expect((await fateOf({recipient, mime, smarthost: own})).result.fate).toBe('accepted');
  const obeyed = {recipient, mime: `x-mq-tag: t\r\n${mime}`, smarthost: own, 'mq-headers': 'obeyed'};
  expect((await fateOf(obeyed)).result.tags).toEqual(['t']);
  await pipeline.set({'mq-headers': null});
});

test('a strict stage refuses what others repair, unless the message says otherwise', async () => {
  const own = {hostname: '127.0.0.1', port};
  const bare = {recipient, mime: 'Subject: s\n\nbody', smarthost: own};
  await pipeline.set({strict: 'true'});
  expect((await fateOf(bare)).result.problems).toEqual([
    {path: 'mime', problem: 'has line ends other than CRLF: line 1, 2'},
  ]);
  expect((await fateOf({...bare, strict: false})).arrived?.text).toBe(mime);
  await pipeline.set({strict: null});
  expect((await fateOf({...bare, strict: true})).result.fate).toBe('invalid');
  expect((await fateOf({...bare, mime: 'Subject: s\n\na\0b'})).result.fate).toBe('invalid');
});

test('the domain of a recipient loses its final dot', async () => {
  const smarthost = {hostname: '127.0.0.1', port};
  const {arrived} = await fateOf({recipient: 'Jo@Example.org.', mime, smarthost});
  expect(arrived?.to).toEqual(['Jo@Example.org']);
});

test('numbers come out as they went in, and a body that is nested too deep is answered', async () => {
  const numbers = '[9007199254740993,1e400,-0,1.10]';
  const body = JSON.stringify({recipient, mime, smarthost: {hostname: '127.0.0.1', port: 1}, maxattempts: 2});
  const sent = body.replace('{', `{"n":${numbers},`).replace('"port":1', `"port":${port}`);
  const QueueUrl = await pipeline.createQueue(`${names.results.success}-numbers`);
  await fateOf(sent.replace('{', `{"queues":{"success":"${names.results.success}-numbers"},`));
  // The body itself is compared: JSON.parse would change the numbers.
  const {Messages = []} = await pipeline.sqs.send(new ReceiveMessageCommand({QueueUrl, WaitTimeSeconds: 20}));
  expect(Messages[0]?.Body).toContain(`"n":${numbers}`);
  const {result} = await fateOf(body.replace('{', `{"n":${'['.repeat(5000)}${']'.repeat(5000)},`));
  expect(result).toMatchObject({
    fate: 'invalid',
    problems: [{path: '', problem: 'is nested more than 100 deep'}],
  });
});

test('no secret is in any result or log line', () => {
  expect(results.length).toBeGreaterThan(20);
  const said = [...pipeline.logLines, ...results.map(result => JSON.stringify(result))];
  expect(said.filter(text => text.includes(secret))).toEqual([]);
});

test('no message is left in a dead-letter queue', () => {
  expect(pipeline.filled(names.outboxDlq, names.deliveryDlq)).toEqual([]);
});
