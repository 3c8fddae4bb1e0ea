// Messages that say everything in x-mq-* headers, through the whole pipeline to a smarthost that others have written.

import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {SMTPServerAuthentication} from 'smtp-server';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {resultKinds} from '../../shared/names.ts';
import {utcTimeOf} from '../../shared/utc-time.ts';
import {certificateOf} from '../fixtures/fixture.ts';
import {projectRoot} from '../global-setup.ts';
import {type ReceivingServer, startReceivingServer} from '../servers/receiving-server.ts';
import {recipientSays} from '../servers/recipient-says.ts';
import {deadLetterQueues, names, Pipeline, queuesOnTheWay, type Result} from './pipeline-under-test.ts';

const password = 'Pass: "wörd" hunter2';
const logins: SMTPServerAuthentication[] = [];
const results: Result[] = [];

let smarthost: ReceivingServer;

const queues = {
  results: `${names.results.results}-mine`,
  success: `${names.results.success}-mine`,
  failure: `${names.results.failure}-mine`,
  retry: `${names.results.retry}-mine`,
};
const dueMs = Math.ceil(Date.now() / 1000) * 1000 + 3000;
const lateMs = dueMs + 3_600_000;

let pipeline: Pipeline;
let port: number;

beforeAll(async () => {
  const answer = recipientSays();
  smarthost = await startReceivingServer({
    ...certificateOf('localhost'),
    authOptional: false,
    onAuth: (authentication, _, done) => {
      logins.push(authentication);
      const right = authentication.username === 'jo' && authentication.password === password;
      done(right ? null : new Error('no'), {user: authentication.username});
    },
    onRcptTo: ({address}, _, done) => {
      const responseCode = Number.parseInt(answer(`RCPT TO:<${address}>`), 10);
      done(responseCode === 250 ? null : Object.assign(new Error('not so'), {responseCode}));
    },
  });
  ({port} = smarthost);
  // The settings have another smarthost, with its own credentials. Nothing must be sent there.
  pipeline = await Pipeline.start({
    smarthost: '192.0.2.1',
    'smarthost-username': 'settings-user',
    'smarthost-password': 'settings-hunter2',
  });
  for (const name of Object.values(queues)) await pipeline.createQueue(name);
});
afterAll(async () => {
  await pipeline?.stop();
  await smarthost.close();
});

/** Every field, in odd case, and folded here and there; `\n` stands for the line end. */
const mqFields = () => [
  'X-MQ-Envelope: bounces+1@sender.example',
  'x-mq-SMARTHOST-hostname:\n 127.0.0.1',
  `X-Mq-Smarthost-Port :${port}`,
  'x-mq-smarthost-username:\n\t \n jo',
  'X-MQ-SMARTHOST-PASSWORD: Pass: "wörd"\n hunter2',
  'x-mq-smarthost-security:required',
  'x-MQ-ip: 192.0.2.1',
  'x-mq-IP: 2001:db8::1',
  'X-mq-pool: \t blue \t ',
  'x-mq-tag: one',
  'X-MQ-TAG:\n two',
  'x-mq-tag: three,\n\tand more',
  `x-mq-delayed: ${utcTimeOf(dueMs)}`,
  `X-MQ-MaxDeliverTime:\n ${utcTimeOf(lateMs)}`,
  'x-mq-maxattempts: 7',
  'x-mq-RETRIES: 1,\n 2',
  'x-mq-keepmime: yes',
  ...resultKinds.map(kind => `X-MQ-${kind}-Queue: ${queues[kind]}`),
  'x-mq-dsn-notify: FAILURE,DELAY',
  'x-mq-DSN-ret: HDRS',
  'x-mq-dsn-orcpt:\n rfc822;someone@example.org',
  'x-mq-dsn-envid: abc+2B1',
  'X-Mq-Campaign-Id: spring',
];

const keptFields = [
  '.Dotted: a field name may begin so, and then the text does',
  'From: "Jö" <jo@sender.example>',
  'Subject: folded\n\tand  8-bit: Grüße 日本語 \n trailing blank ',
  'X-MQ: is none of them',
  'X-Mq-: nor is this',
  'Not-X-MQ-Tag: nor this',
  'MIME-Version: 1.0',
];

const body = [
  'x-mq-tag: in the body',
  'X-MQ-Smarthost-Password: of-the-body',
  ' with its fold',
  '.',
  '..',
  '.leading dot',
  '',
  'Grüße, 😀 and \u00a0\u2028 too',
  '\ttabs and trailing blanks \t ',
  '-'.repeat(990),
  '',
  '.',
];

/** @returns what is sent, with these line ends in turn, and the octets that must arrive */
function mimeText(lineEnds: readonly string[]) {
  let ends = 0;
  const line = (text: string) => text + lineEnds[ends++ % lineEnds.length];
  const field = (text: string) => text.split('\n').map(line).join('');
  const fields = mqFields().map(
    (text, index) => field(text) + field(keptFields[index] ?? '').repeat(Number(index < keptFields.length)),
  );
  const arriving = `${[...keptFields.join('\n').split('\n'), '', ...body].join('\r\n')}\r\n`;
  return {mime: fields.join('') + line('') + body.map(line).join(''), arriving};
}

test('the fields are all that docs/messages.md names', async () => {
  const page = await readFile(join(projectRoot, 'docs/messages.md'), 'utf8');
  const named = new Set(page.match(/\bx-mq-[a-z]+(?:-[a-z]+)*/g));
  expect(named.size).toBeGreaterThan(10);
  const sent = mqFields().map(field => /^[\w-]+/.exec(field)![0].toLowerCase());
  expect([...named].filter(name => !sent.includes(name))).toEqual([]);
});

test.each([
  ['CRLF', ['\r\n']],
  ['LF', ['\n']],
  ['both', ['\r\n', '\n', '\n']],
])('with %s as line ends, the text arrives byte for byte, without those lines', async (name, lineEnds) => {
  const recipient = `later@${name.toLowerCase()}.example`;
  const {mime, arriving} = mimeText(lineEnds);
  const {received} = smarthost;
  const before = received.length;
  await pipeline.send({recipient, mime, custom: {of: name}});

  const [accepted] = await pipeline.take(queues.success, 1);
  const [deferred] = await pipeline.take(queues.retry, 1);
  const all = await pipeline.take(queues.results, 2);
  results.push(...all);
  expect(all).toEqual([deferred, accepted]);
  expect([deferred?.fate, accepted?.fate]).toEqual(['deferred', 'accepted']);
  expect(accepted?.results).toMatchObject([{code: 451, mta: '127.0.0.1'}, {code: 250}]);
  expect(accepted?.results).toMatchObject([{}, {authentication: 'PLAIN', cipher: {version: 'TLSv1.3'}}]);
  for (const result of [deferred, accepted]) {
    expect(result).toMatchObject({
      envelope: 'bounces+1@sender.example',
      recipient,
      custom: {of: name},
      'campaign-id': 'spring',
      tags: ['one', 'two', 'three,\tand more'],
      ips: ['192.0.2.1', '2001:db8::1'],
      pool: 'blue',
      smarthost: {hostname: '127.0.0.1', port: String(port), username: 'jo', security: 'required'},
      queues,
      dsn: {
        notify: 'FAILURE,DELAY',
        ret: 'HDRS',
        orcpt: 'rfc822;someone@example.org',
        envid: 'abc+2B1',
      },
    });
  }

  expect(received.length - before).toBe(1);
  const {octets, from, to, login, isSecure, atMs} = received.at(-1)!;
  expect(octets.equals(Buffer.from(arriving)), octets.toString()).toBe(true);
  expect(from).toMatchObject({address: 'bounces+1@sender.example', args: {BODY: '8BITMIME'}});
  expect([to, login, isSecure]).toEqual([[recipient], 'jo', true]);
  expect(atMs).toBeGreaterThanOrEqual(dueMs);
  // The text is kept as it was sent, except what looks like a secret, even in the body.
  expect(String(accepted?.mime).replace(/\r?\n/g, '\r\n')).toBe(
    arriving.replace('of-the-body\r\n with its fold', '***'),
  );
});

test('a refusal goes to the queues for it', async () => {
  const {mime} = mimeText(['\r\n']);
  await pipeline.send({recipient: 'bounce@example.org', mime});
  const [bounced] = await pipeline.take(queues.failure, 1);
  const all = await pipeline.take(queues.results, 1);
  results.push(...all);
  expect(all).toEqual([bounced]);
  expect(bounced).toMatchObject({
    fate: 'bounced',
    results: [{code: 550, state: 'rcptto'}],
    'campaign-id': 'spring',
  });
});

test('nothing has gone to the stage’s own queues, nor to the settings’ smarthost', async () => {
  const left = () => pipeline.filled(...Object.values(names.results), ...queuesOnTheWay, ...deadLetterQueues);
  // A message is deleted from its queue after its result has been published.
  await pipeline.until(() => left().length === 0).catch(() => expect(left()).toEqual([]));
  const attempts = pipeline.logged('attempt');
  expect(attempts).toHaveLength(7);
  expect(new Set(attempts.map(({nextHop}) => nextHop))).toEqual(new Set([`127.0.0.1:${port}`]));
  expect(new Set(logins.map(({username}) => username))).toEqual(new Set(['jo']));
});

test('no secret is in any result or log line', () => {
  const said = [...pipeline.logLines, ...results.map(result => JSON.stringify(result))];
  expect(results).toHaveLength(7);
  const secrets = [password, `\0jo\0${password}`, 'hunter2', 'of-the-body', 'settings-hunter2'];
  const forms = secrets.flatMap(secret => [secret, Buffer.from(secret).toString('base64')]);
  expect(said.filter(text => forms.some(form => text.includes(form)))).toEqual([]);
});
