import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {createTransport, type Transporter} from 'nodemailer';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {maxMessageOctets} from '../../../shared/delivery/result.ts';
import {queuePlaceOf} from '../../../submission/nodemailer/queue-client.ts';
import {type QueueOptions, type RelayqError, relayqTransport} from '../../../submission/nodemailer.ts';
import {projectRoot} from '../../global-setup.ts';
import {type QueueUnderTest, type SqsUnderTest, startSqs} from '../../local/sqs/sqs-under-test.ts';
import {type AnyMail, nodemailers, ways} from './nodemailers.ts';

let sqs: SqsUnderTest;
let queue: QueueUnderTest;
let transport: Transporter;
beforeAll(async () => {
  sqs = await startSqs();
  queue = await sqs.queue();
  transport = transportWith({});
});
afterAll(() => sqs.stop());

const transportWith = (options: Partial<QueueOptions>) =>
  createTransport(relayqTransport({queueUrl: queue.url, client: sqs.client, ...options}));

const mail: AnyMail = {from: 'jo@example.com', to: 'a@example.org', text: 't'};

/** The messages that the queue has now. They are taken off. */
async function queued(): Promise<Record<string, unknown>[]> {
  const messages = await queue.receive();
  await Promise.all(messages.map(message => queue.delete(message)));
  return messages.map(({Body}) => JSON.parse(Body!));
}

const failureOf = (sending: Promise<unknown>): Promise<RelayqError> =>
  sending.then(
    () => expect.unreachable(),
    error => error,
  );

describe('properties', () => {
  test('those of the mail count before those of the transport, and null takes one away', async () => {
    const message = {tags: ['all'], maxattempts: 3, keepmime: true};
    const own = {maxattempts: 5, keepmime: null, delayed: '2030-01-01 09:00:00'};
    await transportWith({message}).sendMail({...mail, relayq: own} as AnyMail);
    expect(await queued()).toEqual([
      {
        envelope: 'jo@example.com',
        recipient: 'a@example.org',
        mime: expect.stringContaining('\r\n\r\nt\r\n'),
        tags: ['all'],
        ...own,
      },
    ]);
  });

  test.each<[dsn: object, expected: object]>([
    [
      {id: 'x+1', return: 'headers', notify: ['success', 'failure'], recipient: 'b@example.org'},
      {envid: 'x+1', ret: 'HDRS', notify: 'SUCCESS,FAILURE', orcpt: 'rfc822;b@example.org'},
    ],
    [
      {envid: 'x', ret: 'body', notify: 'success, delay'},
      {envid: 'x', ret: 'FULL', notify: 'SUCCESS,DELAY'},
    ],
    [
      {ret: 'FULL', return: 'headers', notify: 'never', orcpt: 'utf-8;b'},
      {ret: 'FULL', notify: 'NEVER', orcpt: 'utf-8;b'},
    ],
    [{return: 'hdrs'}, {ret: 'HDRS'}],
    [{}, {}],
  ])('dsn %j', async (dsn, expected) => {
    await transport.sendMail({...mail, dsn} as AnyMail);
    expect(await queued()).toMatchObject([{dsn: expected}]);
  });
});

test.each<[what: string, raw: string | Buffer, mime: string]>([
  ['CR and LF alone are line ends', 'A: b\n\nc\rd\r\r\ne', 'A: b\r\n\r\nc\r\nd\r\n\r\ne\r\n'],
  ['UTF-8 stays', 'A: é\r\n\r\n東京\ufffe\r\n', 'A: é\r\n\r\n東京\ufffe\r\n'],
  [
    'what is not UTF-8 is quoted',
    Buffer.from('Content-Type: text/plain; charset=latin1\n\nGr\xfc\xdfe\n', 'latin1'),
    'Content-Type: text/plain; charset=latin1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nGr=FC=DFe\r\n',
  ],
  ['Bcc in a text of its own stays there', 'Bcc: x@y\r\n\r\n', 'Bcc: x@y\r\n\r\n'],
])('%s', async (_, raw, mime) => {
  await transport.sendMail({raw, envelope: {from: 'jo@example.com', to: 'a@example.org'}});
  expect(await queued()).toMatchObject([{mime}]);
});

describe('what is wrong is told, and nothing is queued', () => {
  const signed = Buffer.from('DKIM-Signature: x\r\n\r\n\xfc', 'latin1');
  test.each<[what: string, wrong: AnyMail, code: string, message: string | RegExp]>([
    ['no recipient', {to: undefined}, 'EENVELOPE', 'the mail has no recipients'],
    [
      'a sender',
      {envelope: {from: 'jo@-', to: 'a@example.org'}},
      'EENVELOPE',
      'sender "jo@-" has a domain that is not a host name such as example.org',
    ],
    [
      'properties, all of them',
      {relayq: {tags: 'x', maxattempts: 0} as never},
      'EMESSAGE',
      'maxattempts must be a whole number from 1 to 1000000; tags must be a list of strings',
    ],
    [
      'a smarthost, without its password',
      {relayq: {smarthost: {hostname: 'x y', password: 'hunter2'}}},
      'EMESSAGE',
      /^smarthost.hostname/,
    ],
    [
      'a property that is not a mail’s',
      {relayq: {recipient: 'x@example.org'} as never},
      'EMESSAGE',
      'recipient is not a property of a mail: its envelope and its text say it',
    ],
    [
      'what JSON cannot say',
      {relayq: {retries: [1n]} as never},
      'EMESSAGE',
      /^the properties cannot be written as JSON/,
    ],
    [
      'properties that are none',
      {relayq: 'tags' as never},
      'EMESSAGE',
      'relayq must be an object of properties',
    ],
    ['dsn.return', {dsn: {return: 'all'} as never}, 'EMESSAGE', 'dsn.return must be headers or full'],
    [
      'dsn.notify',
      {dsn: {notify: ['never', 'delay']}},
      'EMESSAGE',
      'dsn.notify must be never, or of success, failure and delay',
    ],
    ['REQUIRETLS', {requireTLSExtensionEnabled: true}, 'EREQUIRETLS', /security: "verified"/],
    ['a header in the text', {headers: {'x-mq-maxattempts': 'many'}}, 'EMESSAGE', /^maxattempts must be/],
    [
      'a text of too many octets',
      {text: 'x'.repeat(maxMessageOctets)},
      'EMESSAGE',
      /^the mail takes up more than 1032192 octets/,
    ],
    [
      'a text of too many octets as JSON',
      {raw: `A: b\r\n\r\n${'"'.repeat(maxMessageOctets / 2)}`, envelope: {from: '', to: 'a@example.org'}},
      'EMESSAGE',
      /^the mail takes up 10322\d\d octets as JSON/,
    ],
    [
      'a signed text that is not UTF-8',
      {raw: signed, envelope: {from: '', to: 'a@example.org'}},
      'EMESSAGE',
      'the mail has octets that are not UTF-8 in what is signed: make them quoted-printable or base64 before',
    ],
    ['a file that is not there', {attachments: [{path: '/nowhere'}]}, 'ENOENT', /nowhere/],
  ])('%s', async (_, wrong, code, message) => {
    const error = await failureOf(transport.sendMail({...mail, ...wrong}));
    expect(error).toMatchObject({code, message: expect.stringMatching(message)});
    expect(error.message).not.toContain('hunter2');
    expect(await queued()).toEqual([]);
  });

  test.each([
    'https://example.org',
    'not a URL',
    'ftp://example.org/1/outbox',
    'https://user:password@example.org/1/outbox',
    'https://sqs.eu-west-1.amazonaws.com/123456789012/x.fifo',
    undefined as never,
  ])('the URL %s', queueUrl => {
    expect(() => relayqTransport({queueUrl})).toThrow(
      expect.objectContaining({code: 'ECONFIG', message: expect.stringMatching(/^queueUrl must be/)}),
    );
  });
});

test('an address that SMTP cannot say is rejected, and the others get the mail', async () => {
  const to = ['a@example.org', 'b@exa_mple.123', 'c@-.example.org'];
  const sent = await transport.sendMail({...mail, envelope: {from: 'jo@example.com', to}} as AnyMail);
  expect(sent).toMatchObject({
    accepted: ['a@example.org'],
    rejected: ['b@exa_mple.123', 'c@-.example.org'],
    rejectedErrors: [
      {code: 'EENVELOPE', recipient: 'b@exa_mple.123', message: expect.stringContaining('ends in a number')},
      {code: 'EENVELOPE', recipient: 'c@-.example.org', message: expect.stringContaining('not a host name')},
    ],
    pending: [],
    response: 'queued for 1 of 3 recipients',
  });
  expect(await queued()).toHaveLength(1);
});

test('a hundred recipients get a message each, of one Message-ID', async () => {
  const many = await sqs.queue();
  const to = Array.from({length: 100}, (_, index) => `r${index}@example.org`);
  const sent = await transportWith({queueUrl: many.url}).sendMail({...mail, to});
  expect(sent.accepted).toEqual(to);
  expect(sent.rejectedErrors).toBeUndefined();
  expect(new Set(sent.queued.map(({id}: {id: string}) => id)).size).toBe(100);
  expect(await many.counts()).toMatchObject({visible: 100});
});

describe.each(nodemailers)('nodemailer %d', (_, nodemailer) => {
  test('verifies, with a promise and with a callback, and queues nothing', async () => {
    const verifying = ways.transport(nodemailer, {queueUrl: queue.url, client: sqs.client});
    expect(await verifying.verify()).toBe(true);
    expect(await new Promise(done => verifying.verify((error, success) => done([error, success])))).toEqual([
      null,
      true,
    ]);
    const gone = ways.transport(nodemailer, {queueUrl: `${queue.url}x`, client: sqs.client});
    const error = await failureOf(gone.verify());
    expect(error).toMatchObject({
      code: 'ECONNECTION',
      message: `${queue.url}x: QueueDoesNotExist: The specified queue does not exist.`,
      cause: {name: 'QueueDoesNotExist'},
    });
    expect(await new Promise(done => gone.verify(done))).toMatchObject({code: 'ECONNECTION'});
    expect(await queued()).toEqual([]);
  });

  test('is told when more mails can go, as of a pool', async () => {
    const idling = ways.transport(nodemailer, {queueUrl: queue.url, client: sqs.client});
    const left = Array.from({length: 5}, (_, index) => ({...mail, subject: `${index}`}));
    const sent: Promise<unknown>[] = [];
    await new Promise<void>(done => {
      idling.on('idle', () => {
        while (idling.isIdle() && left.length > 0) sent.push(idling.sendMail(left.pop()!));
        if (left.length === 0) done();
      });
    });
    await Promise.all(sent);
    expect(await queued()).toHaveLength(5);
  });

  test('closes its client behind the last mail', async () => {
    process.env.AWS_ACCESS_KEY_ID = 'AKIATEST';
    process.env.AWS_SECRET_ACCESS_KEY = 'secret';
    process.env.AWS_REGION = 'us-east-1';
    const closing = ways.transport(nodemailer, {queueUrl: queue.url});
    const sending = closing.sendMail(mail);
    closing.close();
    expect(await sending).toMatchObject({accepted: ['a@example.org']});
    expect(await queued()).toHaveLength(1);
  });
});

test('what a callback throws is nobody’s failure of sending', async () => {
  const thrown = new Promise(resolve => process.once('uncaughtException', resolve));
  const listeners = process.listeners('uncaughtException').slice(0, -1);
  for (const listener of listeners) process.off('uncaughtException', listener);
  transport.sendMail(mail, () => {
    throw new Error('of the callback');
  });
  expect(await thrown).toMatchObject({message: 'of the callback'});
  for (const listener of listeners) process.on('uncaughtException', listener);
  await delay(0);
  expect(await queued()).toHaveLength(1);
});

test.each<[url: string, region: string | undefined, endpoint: string | undefined]>([
  ['https://sqs.eu-west-1.amazonaws.com/123456789012/outbox', 'eu-west-1', undefined],
  [
    'https://sqs.cn-north-1.amazonaws.com.cn/123456789012/outbox',
    'cn-north-1',
    'https://sqs.cn-north-1.amazonaws.com.cn',
  ],
  [
    'https://sqs.us-gov-east-1.api.aws/123456789012/outbox',
    'us-gov-east-1',
    'https://sqs.us-gov-east-1.api.aws',
  ],
  [
    'https://sqs-fips.us-east-2.amazonaws.com/123456789012/outbox',
    'us-east-2',
    'https://sqs-fips.us-east-2.amazonaws.com',
  ],
  [
    'https://vpce-0a-1b.sqs.eu-west-1.vpce.amazonaws.com/123456789012/outbox',
    'eu-west-1',
    'https://vpce-0a-1b.sqs.eu-west-1.vpce.amazonaws.com',
  ],
  ['http://127.0.0.1:4566/000000000000/outbox', undefined, 'http://127.0.0.1:4566'],
  [
    'https://sqs.eu-west-1.amazonaws.com.example.org/123456789012/outbox',
    undefined,
    'https://sqs.eu-west-1.amazonaws.com.example.org',
  ],
])('of %s it knows the region and the endpoint', (url, region, endpoint) => {
  expect(queuePlaceOf(url)).toEqual({name: 'outbox', accountId: url.split('/').at(-2), region, endpoint});
});

test('the transport tells the version of the package', () => {
  const {version} = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'));
  expect(relayqTransport({queueUrl: queue.url}).version).toBe(version);
});
