// Delivery under MTA-STS policies, from the MX lookup to the message at a real SMTP server.

import type {AddressInfo} from 'node:net';
import tls from 'node:tls';
import type {SQSRecord} from 'aws-lambda';
import {SMTPServer, type SMTPServerOptions} from 'smtp-server';
import {afterEach, beforeAll, describe, expect, test} from 'vitest';
import {sqsClient} from '../../functions/clients.ts';
import {Connections} from '../../functions/deliver/connections.ts';
import {deliverMessage, readRecord, type Text} from '../../functions/deliver/deliver-record.ts';
import {Lane} from '../../functions/deliver/lane.ts';
import {StsPolicies} from '../../functions/deliver/mta-sts-policies.ts';
import {NextHops} from '../../functions/deliver/next-hops.ts';
import {Settler} from '../../functions/deliver/settler.ts';
import {Sites} from '../../functions/deliver/sites.ts';
import {Queues} from '../../functions/queues.ts';
import {Results} from '../../functions/results.ts';
import {parseSettings} from '../../shared/settings.ts';
import {type DnsServer, startDnsServer} from './dns-server.ts';
import {certificateOf, type PolicyHost, policyText, startPolicyHost} from './policy-host.ts';

const running: {close(done?: () => void): unknown}[] = [];
afterEach(async () => {
  for (const each of running.splice(0)) await each.close(() => {});
});
beforeAll(() =>
  tls.setDefaultCACertificates([...tls.getCACertificates(), certificateOf('example.org').cert]),
);

/** The MX hosts: all of them one server, whose certificate is good for the names below example.org. */
const mxHosts = {
  good: 'mx.example.org',
  misnamed: 'mx.example.net',
  another: 'another.example.org',
} as const;

interface World {
  readonly dns: DnsServer;
  readonly policyHost: PolicyHost;
  readonly smtpPort: string;
  /** What the SMTP server has seen so far. */
  readonly received: number;
  readonly connections: number;
  /** Delivers a message to somebody at example.org; what the log and the result say of it. */
  deliver(settings?: Record<string, string>, message?: object): Promise<Delivered>;
}
interface Delivered {
  readonly level: string;
  readonly fate: string;
  readonly log: Record<string, unknown>;
  readonly entry: Record<string, unknown>;
}

async function worldOf(
  policy: string | undefined,
  mx: readonly (keyof typeof mxHosts)[] = ['good'],
  smtp: SMTPServerOptions = {},
): Promise<World> {
  const counts = {received: 0, connections: 0};
  const server = new SMTPServer({
    ...certificateOf('example.org'),
    authOptional: true,
    disableReverseLookup: true,
    onConnect: (_, done) => {
      counts.connections += 1;
      done();
    },
    onData: (stream, _, done) =>
      stream.resume().on('end', () => {
        counts.received += 1;
        done(null);
      }),
    ...smtp,
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  server.on('error', () => {});
  const {port} = server.server.address() as AddressInfo;
  const policyHost = await startPolicyHost(policy ?? {status: 404});
  const dns = await startDnsServer({
    'example.org': {MX: mx.map((name, index) => ({exchange: mxHosts[name], preference: index}))},
    ...Object.fromEntries(Object.values(mxHosts).map(host => [host, {A: ['127.0.0.1']}])),
    ...(policy !== undefined && {
      '_mta-sts.example.org': {TXT: [['v=STSv1; id=1;']]},
      'mta-sts.example.org': {A: ['127.0.0.1']},
    }),
  });
  running.push(server, policyHost, dns);

  const lines: {level: string; message: string; fields: Record<string, unknown>}[] = [];
  const log = (level: string, message: string, fields = {}) => lines.push({level, message, fields});
  const now = Date.now;
  const policies = new StsPolicies({log, now, httpsPort: policyHost.port});
  const connections = new Connections(now);
  running.push(connections);
  const queues = new Queues(sqsClient());
  const urls = {outboxUrl: '', deliveryUrl: ''};
  const results = new Results({
    queues,
    stageUrls: {results: '', success: '', failure: '', retry: ''},
    outboxUrl: '',
    log,
  });
  const parts = {
    queues,
    settler: new Settler({queues, results, urls, log}),
    connections,
    sites: new Sites(),
    nextHops: new NextHops({policies, now, random: () => 0.5}),
    deliveryUrl: '',
    log,
    now,
    onRefusedCredentials: () => {},
  };
  const common = {
    'mx-port': String(port),
    'mx-private-addresses': 'allowed',
    'mx-name-servers': dns.address,
    'helo-name': 'relay.example',
    // So that a connection outlives the batch that made it.
    'capacity/default': '{"idleSeconds": 60}',
  };
  const deliver = async (more = {}, message = {}) => {
    const parameters = Object.entries({...common, ...more}).map(([name, value]) => ({
      name,
      value: `${value}`,
    }));
    const {settings} = parseSettings(parameters);
    const mail = {envelope: 'a@example.com', recipient: 'b@example.org', mime: 'Subject: x\r\n\r\ny\r\n'};
    const record = {
      messageId: 'id',
      body: JSON.stringify({...mail, ...message}),
      attributes: {SentTimestamp: String(now())},
    } as unknown as SQSRecord;
    const lane = new Lane(connections);
    const deadlineMs = now() + 20_000;
    const turn = {deadlineMs, lastTextMs: deadlineMs, isFirst: true, wait: undefined, handedOver: () => {}};
    const text = readRecord(record, parts) as Text;
    const settlement = await deliverMessage(text, 'example.org', lane, settings!, turn, parts);
    await lane.close();
    if (settlement === undefined || settlement.fate === 'held') throw new Error('not attempted');
    const {results: entries} = JSON.parse(settlement.body) as {results: Record<string, unknown>[]};
    const {level, fields} = lines.findLast(line => line.message === 'attempt')!;
    return {level, fate: settlement.fate, log: fields, entry: entries.at(-1)!};
  };
  return {
    dns,
    policyHost,
    smtpPort: String(port),
    deliver,
    get received() {
      return counts.received;
    },
    get connections() {
      return counts.connections;
    },
  };
}

const policy = (mode: string, ...mx: string[]) =>
  policyText(`mode: ${mode}`, ...mx.map(host => `mx: ${host}`));
const withoutTls = {hideSTARTTLS: true, disabledCommands: ['STARTTLS', 'AUTH']};

describe('under a policy that is enforced', () => {
  const enforced = policy('enforce', '*.example.org', 'mx.example.net');

  test('a message goes over verified TLS to a host of the policy, and the result says so', async () => {
    const world = await worldOf(enforced);
    const {level, fate, log, entry} = await world.deliver();
    expect([level, fate, world.received]).toEqual(['info', 'accepted', 1]);
    const facts = {mta: 'mx.example.org', policy: 'mta-sts', verified: true, cipher: {version: 'TLSv1.3'}};
    expect(entry).toMatchObject(facts);
    expect(log).toMatchObject(facts);
  });

  test('hosts that are not in the policy are left out', async () => {
    const world = await worldOf(policy('enforce', 'another.example.org'), ['good', 'misnamed', 'another']);
    expect((await world.deliver()).entry).toMatchObject({result: 'accepted', mta: 'another.example.org'});
    expect(world.connections).toBe(1);
  });

  test('a message is deferred, without a connection, when none of the hosts is in the policy', async () => {
    const world = await worldOf(policy('enforce', 'mx.elsewhere.example'), ['good', 'another']);
    const {fate, entry} = await world.deliver();
    expect([fate, world.connections]).toEqual(['deferred', 0]);
    expect(entry).toMatchObject({
      state: 'dns',
      result: 'error',
      status: '4.7.5',
      description: 'no MX host of example.org is in its MTA-STS policy: mx.example.org, another.example.org',
    });
  });

  test.each(['optional', 'opportunistic', 'required', 'verified'])(
    'a certificate for another name defers a message of the level %s',
    async security => {
      const world = await worldOf(enforced, ['misnamed']);
      const {fate, entry} = await world.deliver({}, {security});
      expect([fate, world.received]).toEqual(['deferred', 0]);
      expect(entry).toMatchObject({state: 'starttls', status: '4.7.5', policy: 'mta-sts'});
    },
  );

  test('a host without TLS defers a message', async () => {
    const world = await worldOf(enforced, ['good'], withoutTls);
    const {fate, entry} = await world.deliver();
    expect([fate, world.received]).toEqual(['deferred', 0]);
    expect(entry).toMatchObject({state: 'starttls', status: '4.7.5', policy: 'mta-sts'});
  });

  test('the next host of the policy takes what the first one is not fit for', async () => {
    const world = await worldOf(enforced, ['misnamed', 'good']);
    const {entry} = await world.deliver();
    expect(entry).toMatchObject({result: 'accepted', mta: 'mx.example.org', verified: true});
  });

  test('a host that it refuses holds up nobody who goes there without it', async () => {
    const world = await worldOf(enforced, ['misnamed']);
    expect(await world.deliver()).toMatchObject({fate: 'deferred', entry: {state: 'starttls'}});
    expect(await world.deliver({'mx-mta-sts': 'ignored'})).toMatchObject({fate: 'accepted'});
  });

  test('a connection made without it is not used', async () => {
    const world = await worldOf(enforced);
    expect((await world.deliver({'mx-mta-sts': 'ignored'})).entry).toMatchObject({messages: 1});
    expect((await world.deliver()).entry).toMatchObject({messages: 1, policy: 'mta-sts'});
    expect((await world.deliver()).entry).toMatchObject({messages: 2, policy: 'mta-sts'});
  });
});

describe('under a policy in testing', () => {
  test('a message that would have gone through says nothing more', async () => {
    const world = await worldOf(policy('testing', 'mx.example.org'));
    const {level, entry} = await world.deliver();
    expect(level).toBe('info');
    expect(entry).toMatchObject({result: 'accepted', policy: 'mta-sts-testing'});
    expect(entry).not.toHaveProperty('policyfailure');
  });

  test.each([
    ['another.example.org', 'good', {}, 'the host is not in the policy'],
    ['mx.example.net', 'misnamed', {}, 'the certificate is not valid for the host'],
    ['mx.example.org', 'good', withoutTls, 'the connection is not encrypted'],
  ] as const)(
    'that lists %s, a message goes to the %s host with %j and a warning: %s',
    async (listed, mx, smtp, failure) => {
      const world = await worldOf(policy('testing', listed), [mx], {...smtp} as SMTPServerOptions);
      const {level, fate, log, entry} = await world.deliver();
      expect([level, fate, world.received]).toEqual(['warn', 'accepted', 1]);
      expect(log).toMatchObject({policy: 'mta-sts-testing', policyFailure: failure});
      expect(entry).toMatchObject({policy: 'mta-sts-testing', policyfailure: failure});
    },
  );
});

describe('a message goes as if there were no policy', () => {
  test.each<[string, string | undefined, Record<string, string>]>([
    ['when there is none', undefined, {}],
    ['when it cannot be fetched', 'no policy', {}],
    ['when it is withdrawn', policy('none'), {}],
    ['when the settings say so', policy('enforce', 'mx.elsewhere.example'), {'mx-mta-sts': 'ignored'}],
  ])('%s', async (_, text, settings) => {
    const world = await worldOf(text, ['misnamed'], withoutTls);
    const {level, fate, entry} = await world.deliver(settings);
    expect([level, fate, world.received]).toEqual(['info', 'accepted', 1]);
    expect(entry).not.toHaveProperty('policy');
    if (settings['mx-mta-sts'])
      expect(world.dns.questions.filter(asked => asked.endsWith('TXT'))).toEqual([]);
  });

  test.each(['smarthost', 'sink'])('to a %s, and neither DNS nor policy host is asked', async which => {
    const world = await worldOf(policy('enforce', 'mx.elsewhere.example'));
    const settings =
      which === 'sink'
        ? {'smtp-sink-ip': '127.0.0.1', 'smtp-sink-port': world.smtpPort}
        : {smarthost: '127.0.0.1', 'smarthost-port': world.smtpPort};
    expect(await world.deliver(settings)).toMatchObject({fate: 'accepted', entry: {mta: '127.0.0.1'}});
    expect(world.received).toBe(1);
    expect([world.dns.questions, world.policyHost.requests]).toEqual([[], []]);
  });
});
