// Mails of each nodemailer through the whole pipeline: a server receives what it would receive from nodemailer itself.

import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {type Sink, startSink} from '../../../local/sink/sink.ts';
import {names, Pipeline, type Result} from '../../pipeline/pipeline-under-test.ts';
import {sinkParameters} from '../../samples/relay-parameters.ts';
import {type AnyMail, senders, ways} from './nodemailers.ts';

let sink: Sink;
/** What nodemailer's own SMTP delivers to. */
let own: Sink;
let pipeline: Pipeline;

beforeAll(async () => {
  [sink, own] = await Promise.all([startSink({port: 0}), startSink({port: 0})]);
  pipeline = await Pipeline.start(sinkParameters(sink));
});
afterAll(async () => {
  await pipeline?.stop();
  await Promise.all([sink.close(), own.close()]);
});

const taken = new Map<unknown, Result>();

/** In their order. */
async function resultsFor(recipients: readonly string[]): Promise<Result[]> {
  while (!recipients.every(recipient => taken.has(recipient)))
    for (const result of await pipeline.take(names.results.results, 1)) taken.set(result.recipient, result);
  return recipients.map(recipient => taken.get(recipient)!);
}

const png = Buffer.from('89504e470d0a1a0a0000000d49484452ff', 'hex');
/** What is different each time, said. */
const fixed = {messageId: '<one@example.com>', date: new Date(0), baseBoundary: 'b'} as AnyMail;
const plain: AnyMail = {...fixed, from: 'Jo <jo@example.com>', subject: 'Grüße', text: '.\nGrüße\n..\nend'};
const raw = 'From: Jö <jo@example.com>\nTo: x@example.org\nMessage-ID: <r@x>\nDate: x\n\nGrüße 東京\n.\n\n';

interface Case {
  readonly mail: AnyMail;
  /** Without them: one, of which the mail knows. */
  readonly to?: readonly string[];
  readonly envelope?: (to: readonly string[]) => AnyMail;
  /** The way that has another sender. */
  readonly from?: string;
  readonly tags?: readonly string[];
}

const cases: Record<string, Case> = {
  plain: {mail: plain},
  'html and attachments': {
    mail: {
      ...plain,
      html: '<p>Grüße <img src="cid:dot"></p>',
      attachments: [
        {filename: 'dot.png', content: png, cid: 'dot'},
        {filename: 'ä.txt', content: 'Grüße\n'},
      ],
    },
  },
  'a text of its own, with 8 bits': {
    mail: {raw},
    envelope: to => ({envelope: {from: 'jo@example.com', to: [...to]}}),
  },
  'Bcc alone': {mail: plain, envelope: to => ({bcc: [...to]})},
  'the null sender': {
    mail: {...plain, from: undefined},
    envelope: to => ({to: [...to], envelope: {from: false as never, to: [...to]}}),
    from: '',
  },
  'several recipients': {mail: plain, to: ['a', 'b', 'c']},
  tags: {
    mail: {
      ...plain,
      relayq: {tags: ['set', 'a=b']},
      ses: {ConfigurationSetName: 'set', EmailTags: [{Name: 'a', Value: 'b'}]},
    },
    tags: ['set', 'a=b'],
  },
};

describe.each(senders)('nodemailer $major, $way', ({major, way, nodemailer}) => {
  test.each(Object.entries(cases))('%s', async (title, {mail, to: given, envelope, from, tags}) => {
    const id = `${title.replaceAll(/\W/g, '-')}.${major}.${way}`;
    const to = (given ?? ['x']).map(local => `${local}.${id}@example.org`);
    const whole = {...mail, ...(envelope?.(to) ?? {to: [...to]})};
    const smtp = nodemailer.createTransport({host: '127.0.0.1', port: own.port, ignoreTLS: true});
    const transport = ways[way](nodemailer, {
      queueUrl: pipeline.cloud.queueUrlOf(names.outbox),
      client: pipeline.sqs,
    });
    const direct = await smtp.sendMail(whole);
    const sent = await transport.sendMail(whole);

    expect({...sent.envelope, from: sent.envelope.from || ''}).toEqual(direct.envelope);
    expect(sent.messageId).toBe(mail.raw === undefined ? direct.messageId : '<r@x>');
    const expected = own.messages.find(message => message.to.includes(to[0]!))!;
    const results = await resultsFor(to);
    for (const result of results) expect(result).toMatchObject({fate: 'accepted'});
    if (way === 'transport') {
      const ids = results.map(({recipient, relayq}) => ({recipient, id: relayq.id}));
      expect(sent.queued).toEqual(ids);
    }
    const expectedTags = way === 'ses' ? tags?.with(0, 'ses:configuration-set=set') : tags;
    for (const result of results) expect(result.tags).toEqual(expectedTags);
    for (const recipient of to) {
      const received = sink.messages.filter(message => message.to.includes(recipient));
      expect(received.map(message => message.from)).toEqual([from ?? 'jo@example.com']);
      expect(received[0]!.raw.toString('latin1')).toBe(expected.raw.toString('latin1'));
    }
    smtp.close();
  });
});
