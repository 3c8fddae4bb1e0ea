// What changes a text on its way, through the whole pipeline: the octets that a server receives, that each change is made
// once, and that nobody has to guess that it was made.

import {SendMessageCommand} from '@aws-sdk/client-sqs';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {sinkParameters} from '../samples/relay-parameters.ts';
import {type ReceivingServer, startReceivingServer} from '../servers/receiving-server.ts';
import {names, Pipeline} from './pipeline-under-test.ts';

/** Recipients that are refused for now at their first attempt. */
const greylisted = new Set(['later@example.org']);
const settings = {'add-headers': null, 'seven-bit': null};

let server: ReceivingServer;
let pipeline: Pipeline;

beforeAll(async () => {
  server = await startReceivingServer({
    onRcptTo: ({address}, _, done) =>
      done(greylisted.delete(address) ? Object.assign(new Error('not now'), {responseCode: 451}) : null),
  });
  pipeline = await Pipeline.start(sinkParameters(server));
});
afterAll(async () => {
  await pipeline?.stop();
  await server.close();
});

const mime = 'Received: old\r\nSubject: old\r\nX-Mailer: x\r\n\r\nSubject: body\r\n.\r\n';
const headers = {
  remove: 'x-mailer',
  replace: ['Subject: grüße', 'Reply-To: jo@example.com'],
  update: 'X-None: 1',
  prepend: ['X-Campaign: spring', 'X-Api-Key: hunter2'],
  append: 'List-Unsubscribe: <https://example.com/u>',
};
const changed =
  'X-Campaign: spring\r\nX-Api-Key: hunter2\r\nReceived: old\r\nSubject: =?UTF-8?Q?gr=C3=BC=C3=9Fe?=\r\n' +
  'Reply-To: jo@example.com\r\nList-Unsubscribe: <https://example.com/u>\r\n\r\nSubject: body\r\n.\r\n';
const told = {...headers, prepend: ['X-Campaign: spring', 'X-Api-Key: ***']};

test('headers are changed once, however often a message comes back; results show them as they were written', async () => {
  await pipeline.send({recipient: 'later@example.org', mime, headers, retries: [1]});
  expect(await pipeline.result()).toMatchObject({fate: 'deferred', headers: told});
  const {relayq, ...result} = await pipeline.result();
  expect(result).toMatchObject({fate: 'accepted', headers: told});
  expect(relayq).not.toHaveProperty('changes');
  expect(server.received.at(-1)!.octets.toString()).toBe(changed);
  expect(pipeline.logLines.join('\n')).not.toContain('hunter2');
});

test('a message that somebody puts onto a delivery queue has its headers changed too', async () => {
  const MessageBody = JSON.stringify({recipient: 'hand@example.org', mime, headers});
  await pipeline.sqs.send(
    new SendMessageCommand({
      QueueUrl: pipeline.cloud.queueUrlOf(names.delivery),
      MessageBody,
      MessageGroupId: 'example.org#1',
      MessageDeduplicationId: 'by-hand',
    }),
  );
  expect(await pipeline.result()).toMatchObject({fate: 'accepted'});
  expect(server.received.at(-1)!.octets.toString()).toBe(changed);
});

test('a mime object is composed first, and a result that was kept is not changed again', async () => {
  const object = {from: 'a@example.com', subject: 's', text: 't'};
  await pipeline.send({
    recipient: 'jo@example.org',
    mime: object,
    headers: {append: 'X-A: 1'},
    keepmime: true,
  });
  const result = await pipeline.result();
  await pipeline.send(result);
  await pipeline.result();
  const [first, second] = server.received.slice(-2).map(({text}) => text);
  expect(first!.match(/^X-A: 1\r$/gm)).toHaveLength(1);
  expect(second).toBe(first);
});

test('a wrong header is told with its place, and nothing of its value', async () => {
  const wrong = {append: ['X-A: 1', 'X-B: hunter2\r\nBcc: x@example.org']};
  await pipeline.send({recipient: 'jo@example.org', mime, headers: wrong});
  const {fate, problems} = await pipeline.result();
  expect(fate).toBe('invalid');
  expect(problems).toEqual([
    {
      path: 'headers.append.1',
      problem: 'must not hold control characters, tabs or line ends: long values are folded for you',
    },
  ]);
  expect(pipeline.logLines.join('\n')).not.toContain('hunter2');
});

test('what the settings change is told in the result and in the log; without them nothing is changed', async () => {
  const text = 'Subject: s\r\n\r\nViele Grüße\r\n';
  const message = {envelope: 'jo@example.com', recipient: 'jo@example.org', mime: text};
  await pipeline.send(message);
  await pipeline.result();
  expect(server.received.at(-1)!.text).toBe(text);
  await pipeline.set({'add-headers': 'date, Message-ID', 'seven-bit': 'true'});
  greylisted.add('jo@example.org');
  await pipeline.send({...message, retries: [1]});
  await pipeline.result();
  const {relayq} = await pipeline.result();
  const changes = ['date-added', 'message-id-added', 'seven-bit'];
  expect(relayq).toMatchObject({attempts: 2, changes});
  expect(pipeline.logged('attempt').findLast(({attempt}) => attempt === 1)).toMatchObject({changes});
  const date = new Date(`${String(Reflect.get(relayq, 'arrived')).replace(' ', 'T')}Z`);
  expect(server.received.at(-1)!.text).toBe(
    `Subject: s\r\nDate: ${date.toUTCString().replace('GMT', '+0000')}\r\nMessage-ID: <${relayq.id}@example.com>\r\n` +
      'MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n' +
      '\r\nViele Gr=C3=BC=C3=9Fe\r\n',
  );
  await pipeline.set(settings);
});

test('a message that becomes too large is told so, with what made it large', async () => {
  await pipeline.set({'seven-bit': 'true'});
  const text = `Date: x\r\n\r\n${`${'ü'.repeat(50)}\r\n`.repeat(9_000)}`;
  await pipeline.send({recipient: 'jo@example.org', mime: text});
  const {fate, problems} = await pipeline.result();
  expect(fate).toBe('invalid');
  expect(problems).toEqual([
    {
      path: '',
      problem: expect.stringMatching(
        /^takes up \d+ octets with what the settings change in it \(seven-bit\); at most 1032192 fit/,
      ),
    },
  ]);
  await pipeline.set({'seven-bit': null});
});
