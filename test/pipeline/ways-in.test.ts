// The same mails by four ways: JSON on the queue, SMTP, nodemailer's transport, and SES's client. All of them end alike.

import {once} from 'node:events';
import {SQSClient} from '@aws-sdk/client-sqs';
import {createTransport} from 'nodemailer';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {type Sink, startSink} from '../../local/sink/sink.ts';
import {relayqSes, relayqTransport} from '../../submission/nodemailer.ts';
import {RelayqUnderTest} from '../cli/relayq-under-test.ts';
import {Dice} from '../samples/dice.ts';
import {mimeTextOf} from '../samples/mime-text.ts';
import {smarthostParameters} from '../samples/relay-parameters.ts';
import {sdkOptions} from '../sdk-options.ts';
import {names, Pipeline} from './pipeline-under-test.ts';

/** A tenth of what was measured once: RELAYQ_WAYS_IN=1000. */
const count = Number(process.env.RELAYQ_WAYS_IN ?? 100);

interface Mail {
  readonly number: number;
  readonly sender: string;
  readonly raw: Buffer;
}

const mails: readonly Mail[] = Array.from({length: count}, (_, number) => {
  const dice = new Dice(1, 'ways', number);
  const {arriving} = mimeTextOf(
    number,
    {lineEnds: 'CRLF', utf8: dice.chance(0.4), octets: Math.round(100 * 1000 ** dice.next()), mqFields: []},
    dice,
  );
  // What has no Message-ID gets one from SES.
  const raw = Buffer.from(
    `Message-ID: <${number}@sender.example>\r\nDate: Wed, 2 Jan 2030 03:04:05 +0000\r\n${arriving}`,
    'latin1',
  );
  return {number, sender: `${dice.oneOf(['bounces', 'löwe'])}.${number}@sender.example`, raw};
});

let sink: Sink;
let pipeline: Pipeline;
let relayq: RelayqUnderTest;
const arrived = new Map<string, {from: string; raw: Buffer}[]>();
beforeAll(async () => {
  sink = await startSink({port: 0});
  sink.onMessage(({from, to, raw}) => arrived.set(to[0]!, [...(arrived.get(to[0]!) ?? []), {from, raw}]));
  pipeline = await Pipeline.start(smarthostParameters(sink));
  relayq = await RelayqUnderTest.create(() => Number(new URL(pipeline.cloud.url).port));
});
afterAll(async () => {
  await relayq?.stop();
  await pipeline?.stop();
  await sink?.close();
});

const recipientOf = (way: string, number: number) => `jörg.${number}@${way}${number % 7}.example`;

async function sendAll(way: string, send: (mail: Mail, to: string) => Promise<unknown>): Promise<void> {
  const waiting = mails.values();
  const worker = async () => {
    for (const mail of waiting) await send(mail, recipientOf(way, mail.number));
  };
  await Promise.all(Array.from({length: 10}, worker));
}

test(`${count} mails by each way`, async () => {
  const child = relayq.start(['smtp', '--listen', '127.0.0.1:0']);
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const {port} = JSON.parse(String(line)) as {port: number};
  const queueUrl = pipeline.cloud.queueUrlOf(names.outbox);
  const options = {queueUrl, client: new SQSClient(sdkOptions(pipeline.cloud.url))};
  const smtp = createTransport({host: '127.0.0.1', port, pool: true, maxConnections: 10, ignoreTLS: true});
  const transport = createTransport(relayqTransport(options));
  const ses = createTransport({SES: relayqSes(options)});
  await Promise.all([
    sendAll('queue', ({sender, raw}, to) =>
      pipeline.send({envelope: sender, recipient: to, mime: raw.toString()}),
    ),
    sendAll('smtp', ({sender, raw}, to) => smtp.sendMail({envelope: {from: sender, to}, raw})),
    sendAll('transport', ({sender, raw}, to) => transport.sendMail({envelope: {from: sender, to}, raw})),
    sendAll('ses', ({sender, raw}, to) =>
      ses.sendMail({
        envelope: {from: sender, to},
        raw,
        ses: {FeedbackForwardingEmailAddress: sender, Destination: {ToAddresses: [to]}},
      } as object),
    ),
  ]);
  smtp.close();
  child.kill('SIGKILL');
  const results = await pipeline.take(names.results.results, 4 * count);
  expect(results.filter(({fate}) => fate !== 'accepted')).toEqual([]);
  const trace =
    /^Received: from \S+ \(\[127\.0\.0\.1\]\)\r\n\tby \S+ with UTF8SMTP id \S+;\r\n\t.* \+0000\r\n/;
  for (const {number, sender, raw} of mails)
    for (const way of ['queue', 'smtp', 'transport', 'ses']) {
      const [mail, ...others] = arrived.get(recipientOf(way, number)) ?? [];
      expect([way, number, mail?.from, others]).toEqual([way, number, sender, []]);
      const text = mail!.raw.toString('latin1');
      if (way === 'smtp') expect(text).toMatch(trace);
      expect(way === 'smtp' ? text.replace(trace, '') : text).toBe(raw.toString('latin1'));
    }
});
