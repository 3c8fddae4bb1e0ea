// The four rows of the routing table, and which server gets which credentials, end to end.

import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {mailTo, textOf} from '../samples/mail.ts';
import {sinkParameters, smarthostParameters} from '../samples/relay-parameters.ts';
import {type DnsServer, startDnsServer} from '../servers/dns-server.ts';
import {type ScriptedServer, startScriptedServer} from '../servers/scripted-server.ts';
import {Pipeline} from './pipeline-under-test.ts';

const mime = textOf('hello');

const withAuth = {EHLO: '250-scripted.example\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN'};
const plain = (username: string, password: string) =>
  `AUTH PLAIN ${Buffer.from(`\0${username}\0${password}`).toString('base64')}`;

let pipeline: Pipeline;
let dns: DnsServer;
let mx: ScriptedServer;
let smarthost: ScriptedServer;
let other: ScriptedServer;
let sink: ScriptedServer;

beforeAll(async () => {
  [mx, smarthost, other, sink] = await Promise.all([
    startScriptedServer(),
    startScriptedServer(withAuth),
    startScriptedServer(withAuth),
    startScriptedServer(withAuth),
  ]);
  dns = await startDnsServer({
    'example.org': {MX: [{exchange: 'mx.example.org', preference: 10}]},
    'mx.example.org': {A: ['127.0.0.1']},
  });
  pipeline = await Pipeline.start({
    'mx-port': String(mx.port),
    'mx-private-addresses': 'allowed',
    'mx-name-servers': dns.address,
    // A new connection for each delivery shows where it authenticates.
    'capacity/smarthost': '{"idleSeconds": 0}',
  });
});
afterAll(async () => {
  await pipeline.stop();
  dns.close();
  await Promise.all([mx, smarthost, other, sink].map(server => server.close()));
});

const smarthostSettings = () =>
  smarthostParameters({port: smarthost.port, username: 'smart-user', password: 'smart-password'});
const sinkSettings = () =>
  sinkParameters({port: sink.port, username: 'sink-user', password: 'sunk-secret-1'});

/** The AUTH commands since the last call, by server. */
function authentications() {
  const servers = {mx, smarthost, other, sink};
  return Object.fromEntries(
    Object.entries(servers).flatMap(([name, {commands}]) => {
      const auth = (commands as string[]).splice(0).filter(line => line.startsWith('AUTH'));
      return auth.length === 0 ? [] : [[name, auth.join()]];
    }),
  );
}

async function deliver(properties: object = {}) {
  await pipeline.idle();
  const before = pipeline.logged('attempt').length;
  await pipeline.send(mailTo('to@example.org', properties));
  const result = await pipeline.result();
  await pipeline.until(() => pipeline.logged('attempt').length > before);
  const {queue, lane, hop} = pipeline.logged('attempt').at(-1)!;
  return {fate: result.fate, queue, lane, hop};
}

/** One of the lanes of a group. */
const lane = (group: string) => expect.stringContaining(`${group}#`);

describe('where a message waits and where its connection goes', () => {
  beforeEach(() => void authentications());

  test('without a smarthost and a sink: the recipient’s queue, and its MX', async () => {
    expect(await deliver()).toEqual({
      fate: 'accepted',
      queue: 'example.org',
      lane: lane('example.org'),
      hop: 'mx',
    });
    expect(mx.texts).toHaveLength(1);
    expect(authentications()).toEqual({});
  });

  test('with a smarthost: the smarthost’s queue, the smarthost, and its credentials', async () => {
    await pipeline.set(smarthostSettings());
    expect(await deliver()).toMatchObject({
      fate: 'accepted',
      queue: '(smarthost)',
      lane: lane('(smarthost)'),
      hop: 'smarthost',
    });
    expect(authentications()).toEqual({smarthost: plain('smart-user', 'smart-password')});
  });

  test('with a smarthost of its own: a group of its own, and nothing of the global one', async () => {
    const own = {hostname: '127.0.0.1', port: other.port};
    expect(await deliver({smarthost: own})).toEqual({
      fate: 'accepted',
      queue: '(smarthost)',
      lane: lane(`(smarthost)!127.0.0.1:${other.port}`),
      hop: 'smarthost',
    });
    expect(other.texts).toHaveLength(1);
    expect(authentications()).toEqual({});
  });

  test('with a smarthost in its headers: the same', async () => {
    const header = `x-mq-smarthost-hostname: 127.0.0.1\r\nX-MQ-Smarthost-Port: ${other.port}\r\nx-mq-smarthost-username: own-user\r\nx-mq-smarthost-password:\r\n own-password\r\n`;
    expect(await deliver({mime: header + mime})).toMatchObject({fate: 'accepted', queue: '(smarthost)'});
    expect(other.texts.at(-1)).toBe(mime);
    expect(authentications()).toEqual({other: plain('own-user', 'own-password')});
  });

  test('with a smarthost and a sink: the smarthost’s queue, the sink, and the sink’s credentials', async () => {
    await pipeline.set(sinkSettings());
    expect(await deliver()).toMatchObject({fate: 'accepted', queue: '(smarthost)', hop: 'sink'});
    const own = {hostname: '127.0.0.1', port: other.port, username: 'own-user', password: 'own-password'};
    expect(await deliver({smarthost: own})).toMatchObject({
      fate: 'accepted',
      queue: '(smarthost)',
      hop: 'sink',
    });
    expect(Object.keys(authentications())).toEqual(['sink']);
    expect(sink.texts).toHaveLength(2);
  });

  test('with a sink alone: the recipient’s queue, the sink, and nobody’s DNS', async () => {
    await pipeline.set({smarthost: null});
    const asked = dns.questions.length;
    expect(await deliver()).toMatchObject({
      fate: 'accepted',
      queue: 'example.org',
      lane: lane('example.org'),
      hop: 'sink',
    });
    expect(dns.questions.length).toBe(asked);
  });

  test('with a sink of 0.0.0.0: as without one', async () => {
    await pipeline.set({'smtp-sink-ip': '0.0.0.0'});
    expect(await deliver()).toMatchObject({fate: 'accepted', queue: 'example.org', hop: 'mx'});
  });
});

test('bad settings leave the last good ones in force, and are logged once', async () => {
  await pipeline.idle();
  await pipeline.set({smarthost: '127.0.0.1', 'smarthost-port': 'submission', nonsense: '1'});
  const log = () => pipeline.logged('settings have problems; the last good values stay in force');
  // Every environment that mail passes through reports what it sees, once.
  const functions = pipeline.cloud.eventSourceMappings.map(({definition}) => definition.functionName);
  const environments = new Set(functions).size;
  for (let n = 0; n < 3; n += 1) expect(await deliver()).toMatchObject({fate: 'accepted', hop: 'mx'});
  expect(log().length).toBeGreaterThanOrEqual(environments);
  const problems = JSON.stringify(log());
  expect(problems).toContain('smarthost-port must be a whole number from 1 to 65535');
  expect(problems).toContain('nonsense is unknown');
  await pipeline.set({'smarthost-port': String(smarthost.port), nonsense: null});
  expect(await deliver()).toMatchObject({fate: 'accepted', hop: 'smarthost'});
});

test('no secret is in any log line', () => {
  const log = pipeline.logLines.join('\n');
  expect(log).toContain('attempt');
  for (const secret of ['smart-password', 'sunk-secret-1', 'own-password', 'Subject: hello']) {
    expect(log).not.toContain(secret);
    expect(log).not.toContain(Buffer.from(secret).toString('base64'));
  }
});
