// SES's client in front of the outbox, for whoever uses it directly, with commands of AWS's own SDK.

import {SendBulkEmailCommand, SendEmailCommand, type SendEmailCommandInput} from '@aws-sdk/client-sesv2';
import PostalMime from 'postal-mime';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {type QueueOptions, relayqSes} from '../../../submission/nodemailer.ts';
import {type QueueUnderTest, type SqsUnderTest, startSqs} from '../../local/sqs/sqs-under-test.ts';
import {nodemailers, ways} from './nodemailers.ts';

let sqs: SqsUnderTest;
let queue: QueueUnderTest;
beforeAll(async () => {
  sqs = await startSqs();
  queue = await sqs.queue();
});
afterAll(() => sqs.stop());

const pair = (options: Partial<QueueOptions> = {}) =>
  relayqSes({queueUrl: queue.url, client: sqs.client, ...options});

interface Queued {
  readonly envelope: string;
  readonly recipient: string;
  readonly mime: string;
  readonly tags?: readonly string[];
}

async function queued(): Promise<Queued[]> {
  const messages = await queue.receive();
  await Promise.all(messages.map(message => queue.delete(message)));
  return messages.map(({Body}) => JSON.parse(Body!));
}

const raw = (text: string) => ({Raw: {Data: Buffer.from(text)}});
const text =
  'From: Jo <jo@example.com>\nTo: a@example.org, B <b@example.org>\nCc: c@example.org\nBcc:\n d@example.org\nSubject: s\n\nt\n';
const kept =
  'From: Jo <jo@example.com>\r\nTo: a@example.org, B <b@example.org>\r\nCc: c@example.org\r\nSubject: s\r\n';
const to = {ToAddresses: ['x@example.org']};

describe('a raw text', () => {
  test.each<[what: string, input: Partial<SendEmailCommandInput>, envelope: string, recipients: string[]]>([
    ['alone', {}, 'jo@example.com', ['a@example.org', 'b@example.org', 'c@example.org', 'd@example.org']],
    [
      'with a destination, which counts alone',
      {
        Destination: {
          ToAddresses: ['X <x@example.org>'],
          CcAddresses: ['y@example.org'],
          BccAddresses: ['z@example.org', 'x@example.org'],
        },
      },
      'jo@example.com',
      ['x@example.org', 'y@example.org', 'z@example.org'],
    ],
    [
      'with a destination in one text, as of nodemailer 7',
      {Destination: {ToAddresses: 'X <x@example.org>, y@example.org' as never}},
      'jo@example.com',
      ['x@example.org', 'y@example.org'],
    ],
    [
      'with a sender',
      {Destination: to, FromEmailAddress: '"Doe, Jo" <other@example.com>'},
      'other@example.com',
      ['x@example.org'],
    ],
    ['with the null sender', {Destination: to, FromEmailAddress: ''}, '<>', ['x@example.org']],
    [
      'with an address for feedback',
      {
        Destination: to,
        FromEmailAddress: 'jo@example.com',
        FeedbackForwardingEmailAddress: 'bounces@example.com',
      },
      'bounces@example.com',
      ['x@example.org'],
    ],
  ])('%s', async (_, input, envelope, recipients) => {
    const {sesClient} = pair();
    const sent = await sesClient.send(new SendEmailCommand({Content: raw(text), ...input}));
    const messages = await queued();
    expect(messages.map(({recipient}) => recipient)).toEqual(recipients);
    expect(sent.queued.map(({recipient}) => recipient)).toEqual(recipients);
    for (const message of messages) {
      expect(message).toEqual({envelope, recipient: message.recipient, mime: messages[0]!.mime});
      expect(message.mime.startsWith(kept)).toBe(true);
      const [, date, id] = /^Date: (.*)\r\nMessage-ID: <(.*)>\r\n\r\nt\r\n$/m.exec(message.mime)!;
      expect(Math.abs(Date.now() - Date.parse(date!))).toBeLessThan(600_000);
      expect(id).toBe(sent.MessageId);
      expect(id).toMatch(/@\w+\.com$/.test(envelope) ? /@example\.com$/ : /@example\.com$|@example\.org$/);
    }
  });

  test.each([
    ['Return-Path: <bounces@example.com>\r\nFrom: jo@example.com\r\n\r\n', 'bounces@example.com'],
    ['Return-Path: <>\r\nFrom: jo@example.com\r\n\r\n', '<>'],
    ['Sender: jo@example.com\r\n\r\n', 'jo@example.com'],
    ['Subject: s\r\n\r\n', '<>'],
  ])('says who sends it, where nothing else does: %j', async (own, envelope) => {
    await pair().sesClient.send(new SendEmailCommand({Content: raw(own), Destination: to}));
    expect(await queued()).toMatchObject([{envelope, recipient: 'x@example.org'}]);
  });

  test('keeps its Date and its Message-ID, and has tags', async () => {
    const {sesClient, SendEmailCommand: Command} = pair({message: {tags: ['all']}});
    const own = 'From: jo@example.com\r\nMessage-Id: <id@x>\r\nDate: x\r\n\r\nGrüße\r\n';
    const input = {
      Content: raw(own),
      Destination: to,
      ConfigurationSetName: 'set',
      EmailTags: [{Name: 'a', Value: 'b'}],
      FromEmailAddressIdentityArn: 'arn:aws:ses:x',
      EndpointId: 'x',
      TenantName: 'x',
      ListManagementOptions: undefined,
    };
    expect(await sesClient.send(new Command(input))).toMatchObject({MessageId: 'id@x'});
    const tags = ['all', 'ses:configuration-set=set', 'a=b'];
    expect(await queued()).toEqual([
      {envelope: 'jo@example.com', recipient: 'x@example.org', mime: own, tags},
    ]);
  });
});

test('a simple mail is composed', async () => {
  const Content = {
    Simple: {
      Subject: {Data: 'Grüße', Charset: 'ISO-8859-1'},
      Body: {Text: {Data: 'é'}, Html: {Data: '<p>é <img src="cid:dot"></p>', Charset: 'UTF-8'}},
      Headers: [
        {Name: 'X-A', Value: '1'},
        {Name: 'X-A', Value: '2\r\nX-B: 3'},
      ],
      Attachments: [
        {
          RawContent: Buffer.from([137, 80, 255]),
          FileName: 'dot.png',
          ContentType: 'image/png',
          ContentDisposition: 'INLINE',
          ContentId: 'dot',
        },
        {
          RawContent: Buffer.from('plain\n'),
          FileName: 'a.txt',
          ContentDescription: 'A text',
          ContentTransferEncoding: 'SEVEN_BIT',
        },
      ],
    },
  } as const;
  const {sesClient} = pair();
  const {MessageId} = await sesClient.send(
    new SendEmailCommand({
      FromEmailAddress: 'Jö <jo@example.com>',
      Destination: {ToAddresses: ['A <a@example.org>'], BccAddresses: ['b@example.org']},
      ReplyToAddresses: ['r@example.com'],
      Content: Content as never,
    }),
  );
  const messages = await queued();
  expect(messages.map(({envelope, recipient}) => [envelope, recipient])).toEqual([
    ['jo@example.com', 'a@example.org'],
    ['jo@example.com', 'b@example.org'],
  ]);
  expect(messages[0]!.mime).toBe(messages[1]!.mime);
  const mail = await PostalMime.parse(messages[0]!.mime);
  expect(mail).toMatchObject({
    messageId: `<${MessageId}>`,
    from: {name: 'Jö', address: 'jo@example.com'},
    to: [{name: 'A', address: 'a@example.org'}],
    replyTo: [{address: 'r@example.com'}],
    subject: 'Grüße',
    text: 'é',
    attachments: [
      {filename: 'dot.png', mimeType: 'image/png', disposition: 'inline', contentId: '<dot>'},
      {filename: 'a.txt', mimeType: 'text/plain', description: 'A text'},
    ],
  });
  expect(mail.bcc).toBeUndefined();
  expect(mail.headers.filter(({key}) => /^x-/.test(key)).map(({key, value}) => `${key}: ${value}`)).toEqual([
    'x-a: 1',
    'x-a: 2 X-B: 3',
  ]);
  expect(Buffer.from(mail.attachments[0]!.content as ArrayBuffer)).toEqual(Buffer.from([137, 80, 255]));
});

describe('what would be another mail is refused, and nothing is queued', () => {
  const Content = raw(text);
  const simple = {Subject: {Data: 's'}, Body: {Text: {Data: 't'}}};
  test.each<[input: object, message: string | RegExp]>([
    [{}, 'Content is missing'],
    [{Content: {}}, 'Content must have Raw or Simple'],
    [{Content: {...Content, Simple: simple}}, 'Content has both Raw and Simple'],
    [{Content: {Template: {TemplateName: 'x'}}}, /^Content.Template is not done by relayq: /],
    [
      {Content, ListManagementOptions: {ContactListName: 'x'}},
      /^ListManagementOptions is not done by relayq: /,
    ],
    [
      {Content, Foo: 1, Destination: {Bar: []}},
      'Destination.Bar is not known to relayq: remove it; Foo is not known to relayq: remove it',
    ],
    [{Content: {Raw: {}}}, 'Content.Raw.Data is missing'],
    [{Content: {Raw: {Data: 7}}}, 'Content.Raw.Data must be a Uint8Array'],
    [{Content: {Simple: {Body: {}}}}, 'Content.Simple.Subject is missing'],
    [
      {Content: {Simple: {...simple, Body: {}}}, FromEmailAddress: 'a@b.example'},
      'Content.Simple.Body must have Text or Html',
    ],
    [{Content: {Simple: simple}, Destination: to}, 'FromEmailAddress is missing'],
    [
      {Content, ReplyToAddresses: ['a@example.org']},
      'ReplyToAddresses is not put into a Raw text: say Reply-To there',
    ],
    [{Content: raw('\r\nt'), Destination: to}, 'Content.Raw.Data does not begin with header fields'],
    [{Content: raw('From: a@example.com\r\n\r\n')}, 'Destination has no address, and the text has none'],
    [{Content, Destination: {ToAddresses: ['x@1.2']}}, '"x@1.2" has a domain that ends in a number'],
    [{Content, FromEmailAddress: 'Jo'}, /^the sender "Jo" has no address|^"Jo" must be an address/],
    [{Content: raw(`${kept}x-mq-maxattempts: many\r\n\r\n`)}, /^maxattempts must be/],
    [{Content: raw(`${text}${'x'.repeat(1_100_000)}`)}, /^the mail takes up \d+ octets as JSON/],
    [
      {
        Content: {
          Simple: {
            ...simple,
            Attachments: [{RawContent: Buffer.from(''), FileName: 'a', ContentDisposition: 'X'}],
          },
        },
      },
      'Content.Simple.Attachments.0.ContentDisposition must be ATTACHMENT or INLINE',
    ],
  ])('%j', async (input, message) => {
    const {sesClient, SendEmailCommand: Command} = pair();
    const sending = sesClient.send(new Command(input));
    await expect(sending).rejects.toMatchObject({
      name: 'BadRequestException',
      message: expect.stringMatching(message),
      $metadata: {},
    });
    expect(await queued()).toEqual([]);
  });

  test('another command', async () => {
    const {sesClient} = pair();
    const command = new SendBulkEmailCommand({DefaultContent: {}, BulkEmailEntries: []});
    await expect(sesClient.send(command)).rejects.toMatchObject({
      name: 'BadRequestException',
      message: expect.stringContaining('DefaultContent is not known to relayq'),
    });
    await expect(sesClient.send({})).rejects.toMatchObject({message: 'the input is missing'});
  });
});

test.each(nodemailers)('nodemailer %d verifies, and queues nothing', async (_, nodemailer) => {
  const transport = ways.ses(nodemailer, {queueUrl: queue.url, client: sqs.client});
  expect(await transport.verify()).toBe(true);
  expect(await new Promise(done => transport.verify((...args) => done(args)))).toEqual([null, true]);
  const gone = ways.ses(nodemailer, {queueUrl: `${queue.url}x`, client: sqs.client});
  await expect(gone.verify()).rejects.toMatchObject({
    name: 'QueueDoesNotExist',
    message: `${queue.url}x: QueueDoesNotExist: The specified queue does not exist.`,
  });
  expect(await queued()).toEqual([]);
});
