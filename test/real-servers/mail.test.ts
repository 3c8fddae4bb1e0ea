// The whole pipeline with real mail servers: they deliver what was sent.

import {randomUUID} from 'node:crypto';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {fixturePath} from '../fixtures/fixture.ts';
import {names, Pipeline} from '../pipeline/pipeline-under-test.ts';
import {fragileText} from '../samples/fragile-text.ts';
import {mailTo} from '../samples/mail.ts';
import {
  type Parameters,
  type Relay,
  sinkParameters,
  smarthostParameters,
} from '../samples/relay-parameters.ts';
import {type DnsServer, startDnsServer} from '../servers/dns-server.ts';
import {exim} from '../servers/exim-server.ts';
import {type MailServer, messagesWith, type ServerKind} from '../servers/mail-server.ts';
import {openSmtpd} from '../servers/opensmtpd-server.ts';
import {postfix} from '../servers/postfix-server.ts';
import {type ScriptedServer, startScriptedServer} from '../servers/scripted-server.ts';
import {smtpSink} from '../servers/smtp-sink-server.ts';
import {replyCases} from './replies.ts';

const kinds = [smtpSink, postfix, openSmtpd, exim];
const running = new Map<ServerKind, MailServer>();
let pipeline: Pipeline;
let dns: DnsServer;
let elsewhere: ScriptedServer;
let starting: Promise<unknown>[] = [];

beforeAll(async () => {
  const present = kinds.filter(({missing}) => missing === undefined);
  starting = present.map(async kind => running.set(kind, await kind.start()));
  elsewhere = await startScriptedServer();
  dns = await startDnsServer({
    'example.org': {MX: [{exchange: 'mx.example.org', preference: 10}]},
    'mx.example.org': {A: ['127.0.0.1']},
  });
  // The servers' certificate is trusted like one of a public authority.
  const authority = fixturePath('localhost.crt');
  pipeline = await Pipeline.start(
    {'mx-private-addresses': 'allowed', 'mx-name-servers': dns.address},
    {
      overrides: ({functions}) => {
        for (const {environment} of functions) environment.NODE_EXTRA_CA_CERTS = authority;
      },
    },
  );
  await Promise.all(starting);
});
afterAll(async () => {
  await pipeline?.stop();
  dns?.close();
  await elsewhere?.close();
  // One may still be starting when another has failed.
  await Promise.allSettled(starting);
  await Promise.all([...running.values()].map(server => server.stop()));
});

async function deliver(mime: string, properties: object = {}) {
  const before = pipeline.logged('attempt').length;
  await pipeline.send(mailTo('to@example.org', {mime, ...properties}));
  const {fate, results} = await pipeline.result();
  await pipeline.until(() => pipeline.logged('attempt').length > before);
  const {queue, hop} = pipeline.logged('attempt').at(-1)!;
  return {fate, queue, hop, entry: results.at(-1)!};
}

let inForce: Parameters = {};
/** Puts exactly these settings. Not over the endpoint, which takes three changes a second, as AWS does. */
function configure(settings: Parameters): void {
  const {ssm} = pipeline.cloud;
  for (const name of Object.keys(inForce)) if (!(name in settings)) ssm.delete(names.parameterPath + name);
  for (const [name, value] of Object.entries(settings))
    ssm.put(names.parameterPath + name, value, {type: name.endsWith('password') ? 'SecureString' : 'String'});
  inForce = settings;
}

/** Nothing may connect to it. */
const otherSmarthost = () =>
  smarthostParameters({hostname: '127.0.0.1', port: elsewhere.port, username: 'other', password: 'secret'});

interface Row {
  readonly row: string;
  readonly settings: (server: MailServer) => Parameters;
  readonly smarthost?: (server: MailServer) => Relay;
  readonly queue: string;
  readonly hop: 'mx' | 'smarthost' | 'sink';
}

const rows: Row[] = [
  {
    row: 'the recipient’s MX',
    settings: ({mxPort}) => ({'mx-port': String(mxPort)}),
    queue: 'example.org',
    hop: 'mx',
  },
  {
    row: 'the smarthost',
    settings: ({smarthost}) => smarthostParameters(smarthost),
    queue: '(smarthost)',
    hop: 'smarthost',
  },
  {
    row: 'the message’s own smarthost',
    settings: otherSmarthost,
    smarthost: ({smarthost}) => smarthost,
    queue: '(smarthost)',
    hop: 'smarthost',
  },
  {row: 'the sink', settings: ({sink}) => sinkParameters(sink), queue: 'example.org', hop: 'sink'},
  {
    row: 'the sink beside a smarthost',
    settings: ({sink}) => ({...sinkParameters(sink), ...otherSmarthost()}),
    queue: '(smarthost)',
    hop: 'sink',
  },
];

/** How the server's trace says it got the message: ESMTP, ESMTPS over TLS, ESMTPSA with AUTH too (RFC 3848). */
const protocols = new Map([
  [smtpSink, {mx: 'ESMTP', smarthost: 'ESMTP', sink: 'ESMTP'}],
  [postfix, {mx: 'ESMTPS', smarthost: 'ESMTPS', sink: 'ESMTPS'}],
  [openSmtpd, {mx: 'ESMTPS', smarthost: 'ESMTPSA', sink: 'ESMTPSA'}],
  [exim, {mx: 'ESMTPS', smarthost: 'ESMTPSA', sink: 'ESMTPSA'}],
]);
const protocolOf = (trace: string) => /\bwith (\w*SMTP\w*)/i.exec(trace)?.[1]?.toUpperCase();

const titleOf = ({name, missing}: ServerKind) => (missing ? `${name} (skipped: ${missing})` : name);

for (const kind of kinds)
  describe.skipIf(kind.missing)(`${titleOf(kind)} delivers what was sent`, () => {
    test.each(rows)('as $row', async ({settings, smarthost, queue, hop}) => {
      const server = running.get(kind)!;
      configure(settings(server));
      const token = randomUUID();
      const mime = fragileText(token);
      const tagged = `x-mq-tag: ${kind.name}\r\n${mime}`;
      const delivery = await deliver(tagged, smarthost && {smarthost: smarthost(server)});
      expect(delivery).toMatchObject({fate: 'accepted', queue, hop});
      const [message] = await messagesWith(`${token}.`, server);
      expect(message!.text).toBe(mime.replaceAll('\r\n', '\n'));
      expect(protocolOf(message!.trace)).toBe(protocols.get(kind)![hop]);
      expect(elsewhere.connections()).toBe(0);
    });

    test('each of many messages once, several over one connection', async () => {
      const server = running.get(kind)!;
      configure(smarthostParameters(server.smarthost));
      const before = pipeline.logged('attempt').length;
      const token = randomUUID();
      const numbers = Array.from({length: 40}, (_, number) => number);
      await pipeline.send(
        ...numbers.map(number =>
          mailTo(`to+${number % 4}@example.org`, {mime: fragileText(`${number}-${token}`)}),
        ),
      );
      await pipeline.take(names.results.results, numbers.length);
      const messages = await messagesWith(`${token}.`, server, numbers.length);
      const delivered = messages.map(({text}) => Number(/^Subject: (\d+)/m.exec(text)?.[1]));
      expect(delivered.toSorted((a, b) => a - b)).toEqual(numbers);
      await pipeline.until(() => pipeline.logged('attempt').length >= before + numbers.length);
      const opened = pipeline
        .logged('attempt')
        .slice(before)
        .filter(({to}) => to !== undefined);
      expect(opened.length).toBeLessThan(numbers.length / 2);
    });
  });

describe('the pipeline', () => {
  for (const {what, kind, smarthost, recipient, filling, fate, entry} of replyCases)
    test.skipIf(kind.missing)(kind.missing ? `${what}: ${titleOf(kind)}` : what, async () => {
      const server = running.get(kind)!;
      const token = randomUUID();
      const own = smarthost?.(server) ?? server.smarthost;
      const properties = {smarthost: own, ...(recipient && {recipient})};
      expect(await deliver(fragileText(token, filling), properties)).toMatchObject({fate, entry});
      if (fate === 'accepted') await messagesWith(`${token}.`, server);
    });
});
