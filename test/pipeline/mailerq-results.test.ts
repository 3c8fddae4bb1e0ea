// Results as MailerQ's: a consumer written for MailerQ reads those of a real run. And what the setting results-detail adds.

import {afterAll, beforeAll, expect, test} from 'vitest';
import {certificateOf} from '../fixtures/fixture.ts';
import {mailTo} from '../samples/mail.ts';
import {type LineServer, startLineServer} from '../servers/line-server.ts';
import {recipientSays} from '../servers/recipient-says.ts';
import {digestOf} from './mailerq-consumer.ts';
import {names, Pipeline, type Result} from './pipeline-under-test.ts';

const {results, success, failure, retry} = names.results;
const password = 'hunter2';
const mime =
  'From: "Jo" <jo@example.com>\r\nTo: <a@example.org>, b@example.org\r\nSubject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?=\r\n\r\nhello\r\n';

let pipeline: Pipeline;
let server: LineServer;
/** The accepted, bounced and deferred results of the first run, without the setting. */
let plain: readonly Result[];
const tries = new Map<string, number>();

beforeAll(async () => {
  const certificate = certificateOf('localhost');
  const replyTo = recipientSays(tries);
  server = await startLineServer({
    tls: certificate,
    says: (line, isSecure) => {
      // It echoes what nobody may see.
      if (line === '') return `220 mx.example.net ESMTP, hello ${password}\r\n`;
      if (line.startsWith('EHLO'))
        return `250-mx.example.net\r\n${isSecure ? '250-AUTH PLAIN\r\n250-DSN\r\n' : '250-STARTTLS\r\n'}250 PIPELINING\r\n`;
      return line.startsWith('RCPT') ? `${replyTo(line)}\r\n` : undefined;
    },
  });
  pipeline = await Pipeline.start({
    smarthost: '127.0.0.1',
    'smarthost-port': String(server.port),
    'smarthost-username': 'jo',
    'smarthost-password': password,
    'smarthost-ca': certificate.cert,
  });
});
afterAll(async () => {
  await pipeline?.stop();
  await server.close();
});

/** One of each fate. */
async function run(): Promise<Record<'accepted' | 'bounced' | 'deferred' | 'invalid' | 'expired', Result>> {
  tries.clear();
  await pipeline.send(
    mailTo('ok@example.org', {mime}),
    mailTo('bounce@example.org', {mime}),
    mailTo('later-1@example.org', {mime, retries: [1]}),
    mailTo('never@example.org', {mime, maxattempts: 1}),
    {recipient: 'no address', mime},
  );
  const good = await pipeline.take(success, 2);
  const failed = await pipeline.take(failure, 3);
  const [deferred] = await pipeline.take(retry, 1);
  await pipeline.take(results, 6);
  const of = (fate: string) => [...good, ...failed].find(each => each.fate === fate)!;
  const accepted = good.find(({results: entries}) => entries.length === 1)!;
  return {
    accepted,
    bounced: of('bounced'),
    expired: of('expired'),
    invalid: of('invalid'),
    deferred: deferred!,
  };
}

const large = ['banner', 'certificate', 'sent'];

test('without the setting, entries say what is small', async () => {
  const {accepted, bounced, deferred, invalid} = await run();
  const all = [accepted, bounced, deferred, invalid];
  plain = [accepted, bounced, deferred];
  for (const {results: entries} of all)
    for (const entry of entries) expect(Object.keys(entry).filter(name => large.includes(name))).toEqual([]);
  for (const result of all) expect(result).not.toHaveProperty('extracted');
  const cipher = {name: expect.stringMatching(/^TLS_/), version: 'TLSv1.3', bits: expect.any(Number)};
  const common = {cipher, queue: '(smarthost)', durationMs: expect.any(Number)};
  expect(accepted.results).toMatchObject([{...common, dsn: true}]);
  expect(accepted.results[0]).not.toHaveProperty('fatal');
  expect(bounced.results).toMatchObject([{...common, fatal: true}]);
  expect(deferred.results).toMatchObject([{...common, fatal: false}]);
  expect(invalid.results).toMatchObject([{fatal: true}]);
  expect(deferred.nextattempt).toEqual({time: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)});
});

/** What a result has since results tell more: without the setting, too. */
const added = ({nextattempt, results: entries}: Result) =>
  entries.map(({queue, durationMs, fatal, dsn, cipher}) => {
    const {bits, id} = cipher as Record<'bits' | 'id', number>;
    return {queue, durationMs, fatal, dsn, bits, id, nextattempt};
  });

test('what is small stays small: a batch of ten results has room for it in the 64 KB that SQS bills', () => {
  for (const result of plain) {
    const octets = Buffer.byteLength(JSON.stringify(added(result)));
    expect(octets).toBeLessThan(160);
    expect(10 * Buffer.byteLength(JSON.stringify(result))).toBeLessThan(65_536 / 4);
  }
});

test('with full detail, a consumer that was written for MailerQ reads them', async () => {
  await pipeline.set({'results-detail': 'full'});
  // The connections that were kept tell no certificate: they were opened before it was asked for.
  await pipeline.idle();
  server.dropAll();
  const {accepted, bounced, deferred, invalid, expired} = await run();
  const security = expect.stringMatching(/^TLSv1\.3, (128|256) bits, proven by localhost until 2126$/);
  const common = {attempts: 1, security, subject: 'Grüße', nextTry: undefined};
  expect([
    digestOf(accepted, 'success'),
    digestOf(bounced, 'failure'),
    digestOf(deferred, 'retry'),
    digestOf(expired, 'failure'),
    digestOf(invalid, 'failure'),
  ]).toEqual([
    {...common, recipient: 'ok@example.org', outcome: 'delivered', lastWords: 'ok'},
    {...common, recipient: 'bounce@example.org', outcome: 'failed', lastWords: 'no such user'},
    {
      ...common,
      recipient: 'later-1@example.org',
      outcome: 'will be retried',
      lastWords: 'greylisted',
      nextTry: expect.any(String),
    },
    {
      ...common,
      recipient: 'never@example.org',
      outcome: 'expired',
      lastWords: 'maxattempts: 1 of 1 made',
      security: undefined,
    },
    {
      ...common,
      recipient: 'no address',
      outcome: 'refused by the MTA',
      lastWords: expect.stringContaining('recipient'),
      attempts: 0,
      security: undefined,
      subject: undefined,
    },
  ]);

  for (const [index, result] of [accepted, bounced, deferred].entries()) {
    const more = Buffer.byteLength(JSON.stringify(result)) - Buffer.byteLength(JSON.stringify(plain[index]));
    // docs/results.md says so.
    expect(more).toBeLessThan(600);
  }
  expect(accepted.extracted).toEqual({
    from: 'jo@example.com',
    to: ['a@example.org', 'b@example.org'],
    subject: 'Grüße',
    envelope: {domain: 'example.com', local: 'from'},
    recipient: {domain: 'example.org', local: 'ok'},
  });
  const [entry] = accepted.results;
  expect(entry).toMatchObject({
    banner: 'mx.example.net ESMTP, hello ***',
    certificate: {
      verified: true,
      result: 'ok',
      version: 3,
      'self-signed': true,
      subject: {common: 'localhost'},
      altnames: ['localhost', '127.0.0.1'],
    },
  });
  const {connection, data} = entry!.sent as {connection: number; data: number};
  expect(data % Buffer.byteLength(mime)).toBe(0);
  expect(data).toBeGreaterThan(0);
  expect(connection).toBeGreaterThan(data);
  expect(JSON.stringify([accepted, bounced, deferred, expired, invalid])).not.toContain(password);
});

test('no log line tells what only results tell', async () => {
  const attempts = pipeline.logged('attempt');
  expect(attempts.length).toBeGreaterThan(5);
  const only = [...large, 'fatal', 'dsn'];
  expect(attempts.flatMap(line => Object.keys(line).filter(name => only.includes(name)))).toEqual([]);
  const first = attempts.filter(({to}) => to !== undefined);
  expect(first.map(({cipher}) => Object.keys(cipher as object))).toEqual(
    first.map(() => ['name', 'version']),
  );
  // The others are of connections that those have told.
  const told = new Set(first.map(({connection}) => connection));
  expect(attempts.filter(({connection}) => !told.has(connection))).toEqual([]);
});
