// `relayq explain` on a local cloud, with direct delivery by a test's DNS. It says what would be done, and does none of it.

import {generateKeyPairSync} from 'node:crypto';
import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {DynamoDBClient} from '@aws-sdk/client-dynamodb';
import {PutParameterCommand} from '@aws-sdk/client-ssm';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {ReceiverTable} from '../../../functions/receivers/receiver-table.ts';
import {SlotTable} from '../../../functions/receivers/slot-table.ts';
import type {Entry} from '../../../shared/delivery/receivers/entry.ts';
import {dnsRecordOf} from '../../../shared/dkim/private-key.ts';
import {names, Pipeline} from '../../pipeline/pipeline-under-test.ts';
import {mailTo} from '../../samples/mail.ts';
import {sdkOptions} from '../../sdk-options.ts';
import {type DnsServer, startDnsServer, type Zone} from '../../servers/dns-server.ts';
import {type ReceivingServer, startReceivingServer} from '../../servers/receiving-server.ts';
import {RelayqUnderTest} from '../relayq-under-test.ts';

let cli: RelayqUnderTest;
let pipeline: Pipeline;
let server: ReceivingServer;
let dns: DnsServer;
let dynamoDb: DynamoDBClient;

const zone: Zone = {
  'fine.example': {
    MX: [
      {exchange: 'mx2.fine.example', preference: 20},
      {exchange: 'MX1.fine.example', preference: 10},
    ],
  },
  'mx1.fine.example': {A: ['127.0.0.1']},
  'mx2.fine.example': {CNAME: ['other.example'], A: ['127.0.0.2']},
  'implicit.example': {A: ['127.0.0.1']},
  'null.example': {MX: [{exchange: '.', preference: 0}]},
  'broken.example': 'SERVFAIL',
  'silent.example': 'silence',
  'half.example': {
    MX: [
      {exchange: 'mx.half.example', preference: 1},
      {exchange: 'gone.half.example', preference: 1},
      {exchange: 'broken.example', preference: 2},
    ],
  },
  'mx.half.example': {A: ['127.0.0.1']},
};

beforeAll(async () => {
  server = await startReceivingServer();
  dns = await startDnsServer(zone);
  pipeline = await Pipeline.start({
    'mx-name-servers': dns.address,
    'mx-private-addresses': 'allowed',
    'mx-port': String(server.port),
  });
  cli = await RelayqUnderTest.create(() => Number(new URL(pipeline.cloud.url).port));
  dynamoDb = new DynamoDBClient(sdkOptions(pipeline.cloud.url));
});
afterAll(async () => {
  dynamoDb.destroy();
  await cli.stop();
  await pipeline.stop();
  dns.close();
  await server.close();
});

interface Told {
  readonly code: number;
  readonly goes: boolean;
  readonly verdict: string;
  // biome-ignore lint/suspicious/noExplicitAny: each step has data of its own
  readonly [step: string]: any;
}

async function explained(...args: readonly string[]): Promise<Told> {
  const {code, stdout, stderr} = await cli.run(['explain', ...args, '--json']);
  expect(stderr).toBe('');
  const {version, goes, verdict, steps} = JSON.parse(stdout);
  expect(version).toBe(1);
  return {
    code,
    goes,
    verdict,
    ...Object.fromEntries((steps as {step: string}[]).map(({step, ...data}) => [step, data])),
  };
}

async function fileOf(name: string, content: object | string): Promise<string> {
  const path = join(cli.directory, name);
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

/** Sets parameters for as long as something is done. */
async function having<T>(settings: Readonly<Record<string, string>>, act: () => Promise<T>): Promise<T> {
  await pipeline.set(settings);
  try {
    return await act();
  } finally {
    await pipeline.set(Object.fromEntries(Object.keys(settings).map(name => [name, null])));
  }
}

/** Puts the entry of a receiver for as long as something is done, which must not change it. */
async function knowing<T>(entry: Entry, act: () => Promise<T>): Promise<T> {
  const table = new ReceiverTable(dynamoDb, names.receivers);
  const nowMs = Date.now();
  const {stored} = await table.replace(entry.receiver, undefined, entry, nowMs);
  const before = pipeline.cloud.services.dynamodb.itemsOf(names.receivers);
  try {
    const result = await act();
    expect(pipeline.cloud.services.dynamodb.itemsOf(names.receivers)).toEqual(before);
    return result;
  } finally {
    await table.replace(entry.receiver, stored, undefined, nowMs);
  }
}

test('a message goes to the first MX host, and what it says is what is then done', async () => {
  const told = await explained('Jo@Fine.Example');
  expect(told).toMatchObject({code: 0, goes: true});
  expect(told.verdict).toBe(
    `would be delivered now to mx1.fine.example (127.0.0.1, port ${server.port}) over STARTTLS where the server offers it, else in clear text`,
  );
  expect(told.hosts.hosts).toEqual([
    {host: 'mx1.fine.example', preference: 10, addresses: ['127.0.0.1'], used: true},
    {
      host: 'mx2.fine.example',
      preference: 20,
      addresses: ['127.0.0.2'],
      aliasOf: 'other.example',
      used: true,
    },
  ]);
  expect(server.connections()).toBe(0);
  await pipeline.send(mailTo('Jo@Fine.Example'));
  await pipeline.result();
  const [attempt] = pipeline.logged('attempt');
  expect(attempt).toMatchObject({
    queue: told.destination.queue,
    lane: told.destination.lane,
    nextHop: told.destination.nextHop.name,
    mta: told.hosts.hosts[0].host,
    to: told.tls.targets[0].address,
  });
});

test('of a domain the lane is open, as the recipient decides', async () => {
  const {code, destination} = await explained('fine.example');
  expect({code, ...destination}).toMatchObject({code: 0, queue: 'fine.example', lane: null, lanes: 2});
});

test.each([
  ['a@null.example', 'would bounce: 5.1.10 null.example accepts no mail (null MX, RFC 7505)'],
  ['a@absent.example', 'would bounce: 5.1.2 absent.example does not exist'],
  [
    'a@broken.example',
    'would be deferred: 4.4.3 the MX records of broken.example could not be looked up: ESERVFAIL',
  ],
  ['a@[192.0.2.300]', undefined],
])('%s: %s', async (recipient, verdict) => {
  if (verdict === undefined) return expect((await cli.run(['explain', recipient])).code).toBe(2);
  expect(await explained(recipient)).toMatchObject({code: 1, goes: false, verdict});
});

test('a domain without MX records is its own MX host, and an address literal is its host', async () => {
  expect((await explained('a@implicit.example')).hosts.hosts).toMatchObject([
    {host: 'implicit.example', addresses: ['127.0.0.1'], why: expect.stringContaining('no MX record')},
  ]);
  const literal = await explained('a@[127.0.0.1]');
  expect(literal.verdict).toMatch(/^would be delivered now to \[127\.0\.0\.1\] \(127\.0\.0\.1/);
});

test('hosts that are not used have a reason, and the server that did not answer is named', async () => {
  const {hosts} = await explained('a@half.example');
  const byName = Object.fromEntries(hosts.hosts.map((each: {host: string}) => [each.host, each]));
  expect(byName['mx.half.example']).toMatchObject({used: true});
  expect(byName['gone.half.example']).toMatchObject({used: false, why: 'not used: it has no address'});
  expect(byName['broken.example']).toMatchObject({used: false, why: 'not used: the DNS did not answer'});
  const {stdout, code} = await cli.run(['explain', 'a@half.example']);
  expect(stdout).toContain(`${dns.address} did not answer: broken.example A`);
  expect(code).toBe(0);
});

test('a DNS server that is silent is waited for as long as the fast queue would', async () => {
  const told = await explained('a@silent.example');
  expect(told).toMatchObject({code: 1, hosts: {isLate: true}});
  expect(told.verdict).toContain('the DNS does not answer in time');
  expect(told.hosts.unanswered).toContainEqual(
    expect.objectContaining({name: 'silent.example', type: 'MX', code: 'no answer'}),
  );
});

test('private addresses are not used where the settings do not allow them', async () => {
  const told = await having({'mx-private-addresses': 'refused'}, () => explained('a@fine.example'));
  await pipeline.set({'mx-private-addresses': 'allowed'});
  expect(told.code).toBe(1);
  expect(told.hosts.hosts[0].why).toContain('mx-private-addresses');
});

test('a sink takes the place of the servers, and changes no queue; its capacity has its parameters named', async () => {
  const settings = {
    'smtp-sink-ip': '127.0.0.1',
    'smtp-sink-port': '2525',
    'capacity/default': '{"connections": 3}',
    'capacity/fine.example': '{"messagesPerMinute": 60}',
    'capacity/other.example': '{"connections": 9}',
  };
  const told = await having(settings, () => explained('a@fine.example'));
  expect(told.destination).toMatchObject({
    queue: 'fine.example',
    nextHop: {kind: 'sink', name: '127.0.0.1:2525'},
  });
  expect(told.capacity).toMatchObject({
    capacity: {connections: 3, messagesPerMinute: 60, messagesPerConnection: 100},
    from: {
      connections: 'capacity/default',
      messagesPerMinute: 'capacity/fine.example',
      messagesPerConnection: 'default',
    },
    binds: 'messagesPerMinute',
  });
  const shown = told.settings.parameters.map(({name}: {name: string}) => name);
  expect(shown).toContain('capacity/fine.example');
  expect(shown).not.toContain('capacity/other.example');
});

test('a receiver that is down holds its mail until the next probe, and no probe is taken by asking', async () => {
  const nowMs = Date.now();
  const down: Entry = {
    receiver: 'fine.example',
    failures: 3,
    lates: 0,
    signMs: nowMs,
    reason: 'connect lost: no connection: ECONNREFUSED',
    down: {sinceMs: nowMs - 60_000},
    probe: {dueMs: nowMs + 120_000, number: 2},
  };
  const told = await knowing(down, () => explained('a@fine.example'));
  expect(told).toMatchObject({
    code: 1,
    now: {
      state: 'down',
      reason: down.reason,
      stopped: {by: 'deliver', kind: 'hide', why: 'its receiver is down'},
    },
  });
  expect(told.verdict).toMatch(/^would wait in its lane until .*: its receiver is down$/);
  const due = await knowing({...down, probe: {dueMs: nowMs - 1000}}, () => explained('a@fine.example'));
  expect(due).toMatchObject({code: 0, now: {isProbe: true}});
  expect(due.verdict).toContain('as the probe of a receiver that is down');
});

test('mail of a receiver that is slow and has not answered waits outside', async () => {
  const nowMs = Date.now();
  const slow = {sinceMs: nowMs, fromMs: nowMs, lateMs: nowMs, works: false};
  const entry: Entry = {
    receiver: 'fine.example',
    failures: 0,
    lates: 2,
    signMs: nowMs,
    reason: 'no reply at ehlo for ten seconds',
    slow,
    probe: {dueMs: nowMs + 120_000},
  };
  const told = await knowing(entry, () => explained('a@fine.example'));
  expect(told).toMatchObject({code: 1, destination: {deliveryQueue: null}, now: {state: 'slow'}});
  expect(told.verdict).toMatch(
    /^would wait outside until .*: its receiver is slow and has not answered yet$/,
  );
  const works = await knowing({...entry, slow: {...slow, works: true}}, () => explained('a@fine.example'));
  expect(works).toMatchObject({code: 0, destination: {deliveryQueue: names.deliverySlow}});
});

test('a message that is over its rate waits for its slot, and no slot is taken by asking', async () => {
  const slots = new SlotTable(dynamoDb, names.state);
  await having({'capacity/fine.example': '{"messagesPerMinute": 1}'}, async () => {
    for (const _ of [1, 2]) expect(await explained('a@fine.example')).toMatchObject({code: 0});
    const rate = {intervalMs: 60_000, burst: 1};
    await slots.reserve('fine.example', 1, rate, Date.now());
    const nextMs = await slots.nextMsOf('fine.example');
    const told = await explained('a@fine.example');
    expect(told).toMatchObject({code: 1, now: {stopped: {why: 'its queue is over its rate'}}});
    expect(await slots.nextMsOf('fine.example')).toBe(nextMs);
  });
});

test('settings that decide, and are wrong, hold the mail; their values are not shown', async () => {
  const told = await having({smarthost: 'smtp://user:hunter2'}, () => explained('a@fine.example'));
  expect(told.code).toBe(1);
  expect(told.verdict).toMatch(
    /^would wait outside until .*: settings are not known: the smarthost of the settings is invalid/,
  );
  expect(told.settings.problems).toMatchObject([{path: 'smarthost'}]);
  expect(JSON.stringify(told)).not.toContain('hunter2');
});

test('a message with a text is told whether receivers can know it as its domain’s own, and that stops nothing', async () => {
  const {privateKey} = generateKeyPairSync('rsa', {modulusLength: 2048});
  const record = dnsRecordOf(privateKey);
  const Name = `${names.dkimPath}shop.example/2026`;
  const Value = privateKey.export({type: 'pkcs8', format: 'pem'}) as string;
  await pipeline.ssm.send(new PutParameterCommand({Name, Value, Type: 'SecureString'}));
  zone['shop.example'] = {TXT: [['v=spf1 ip4:192.0.2.1 -all']]};
  const text = 'From: "A, B" <a@news.shop.example>\r\nList-Unsubscribe: <mailto:a@b.c>\r\n\r\nhello\r\n';
  const file = await fileOf('from.json', mailTo('a@fine.example', {envelope: 'b@shop.example', mime: text}));
  const wordsOf = ({authentication}: Told) =>
    authentication.facts.map(({what, is}: {what: string; is: string}) => `${what} ${is}`).join('\n');
  const before = await explained('--message', file);
  expect(before).toMatchObject({code: 0, goes: true, authentication: {from: ['news.shop.example']}});
  expect(wordsOf(before)).toMatch(/^DKIM 2026._domainkey.shop.example: has no TXT record/m);
  expect(wordsOf(before)).toMatch(/^DMARC news.shop.example: has no DMARC record/m);
  expect(wordsOf(before)).toMatch(/^SPF shop.example: has one SPF record/m);
  expect(wordsOf(before)).toMatch(/^One-click unsubscribe List-Unsubscribe: has no https URI/m);
  expect(JSON.stringify(before)).not.toContain('PRIVATE');
  zone['2026._domainkey.shop.example'] = {TXT: [record.match(/.{1,255}/g)!]};
  zone['_dmarc.shop.example'] = {TXT: [['v=DMARC1; p=reject; rua=mailto:a@shop.example']]};
  const after = wordsOf(await explained('--message', file));
  expect(after).toMatch(/^DKIM 2026._domainkey.shop.example: is the stored key: RSA, 2048 bits; a trial/m);
  expect(after).toMatch(/^DMARC d=shop.example: signatures count for news.shop.example \(relaxed\)$/m);
  expect(after).toMatch(/^DMARC shop.example: SPF counts for news.shop.example \(relaxed\), if it passes$/m);
  expect(wordsOf(await explained('a@fine.example'))).toBe('message none given');
  expect(after).toMatch(/^signed with no key$/m);
  const byRule = () => having({'dkim-rules': '*.shop.example'}, () => explained('--message', file));
  expect(wordsOf(await byRule())).toMatch(/^signed with 2026\._domainkey\.shop\.example$/m);
  pipeline.cloud.faults.add({fault: 'refuse', service: 'ssm', containing: 'relayq-dkim', from: 'all'});
  const denied = await byRule();
  pipeline.cloud.faults.clear();
  expect(denied).toMatchObject({code: 0, goes: true});
  expect(wordsOf(denied)).toMatch(/^signed with nothing that is known here: keys of shop\.example$/m);
  const {stdout} = await cli.run(['explain', '--message', file]);
  expect(stdout).toContain('\nAuthentication\n');
});

test('what a message says itself counts, from JSON and from fields of its text, and its secrets are masked', async () => {
  const json = await fileOf('own.json', {
    ...mailTo('a@fine.example'),
    smarthost: {hostname: '127.0.0.1', port: 2587, username: 'me', password: 'hunter2', security: 'verified'},
  });
  const own = await explained('--message', json);
  expect(own).toMatchObject({
    code: 0,
    destination: {queue: '(smarthost)', nextHop: {kind: 'smarthost', name: '127.0.0.1:2587'}},
    message: {overrides: [{name: 'smarthost', from: 'its JSON'}]},
  });
  expect(own.verdict).toMatch(/over STARTTLS with a verified certificate$/);
  const eml = await fileOf(
    'own.eml',
    'From: a@b.example\r\nTo: a@fine.example, b@fine.example\r\nx-mq-smarthost-hostname: 127.0.0.1\r\nx-mq-smarthost-username: me\r\nx-mq-smarthost-password: hunter2\r\n\r\nhello\r\n',
  );
  const field = await explained('b@fine.example', '--message', eml);
  expect(field.message).toMatchObject({
    recipient: 'b@fine.example',
    overrides: [{name: 'smarthost', from: 'x-mq-smarthost… in its text'}],
  });
  for (const file of [json, eml]) {
    const {stdout} = await cli.run(['explain', 'a@fine.example', '--message', file]);
    expect(stdout).toContain('login');
    expect(stdout).not.toContain('hunter2');
  }
  expect((await cli.run(['explain', '--message', eml])).stderr).toMatch(/2 messages: say whose is meant/);
});

test('a message that is not due waits, and one whose time is over is given up', async () => {
  const later = await fileOf(
    'later.json',
    mailTo('a@fine.example', {
      nextattempt: {time: '2099-01-01 00:00:00'},
      maxdelivertime: '2100-01-01 00:00:00',
    }),
  );
  const told = await explained('--message', later);
  expect(told).toMatchObject({
    code: 1,
    now: {due: '2099-01-01 00:00:00Z', stopped: {by: 'route', kind: 'hold'}},
  });
  const over = await fileOf('over.json', mailTo('a@fine.example', {maxdelivertime: '2001-01-01 00:00:00'}));
  expect((await explained('--message', over)).verdict).toMatch(/^would be given up: maxdelivertime/);
});

test('what is paused, cancelled or outside of its window is told with the setting, why and until when', async () => {
  const set = (settings: Record<string, string | null>) => pipeline.set(settings);
  const pause = {reason: 'wrong prices', domain: 'steered.example'};
  await set({'pauses/x': JSON.stringify(pause)});
  const stopped = async () => (await explained('a@steered.example')).now as {stopped: Record<string, string>};
  expect((await stopped()).stopped).toMatchObject({
    by: 'route',
    kind: 'hold',
    why: 'paused by pauses/x: wrong prices',
  });
  expect((await cli.run(['explain', 'a@steered.example'])).stdout).toContain('is held until that is removed');
  await set({'pauses/x': JSON.stringify({...pause, expire: '2099-01-01 00:00:00'})});
  expect((await cli.run(['explain', 'a@steered.example'])).stdout).toContain(
    'is held until 2099-01-01 00:00:00Z',
  );
  await set({'pauses/x': null, 'errors/x': JSON.stringify({...pause, code: 550})});
  expect((await stopped()).stopped).toMatchObject({by: 'route', kind: 'end', why: 'wrong prices'});
  await set({'errors/x': null});
});

test('what route would refuse is refused, with the settings of the stage', async () => {
  const wrong = await fileOf('wrong.json', mailTo('nobody', {security: 'none'}));
  const told = await explained('--message', wrong);
  expect(told).toMatchObject({code: 1, goes: false});
  expect(told.message.problems).toHaveLength(2);
  expect(told.verdict).toMatch(/^would be answered as invalid: /);
});

test('nothing in the text controls the terminal', async () => {
  const hostile = await fileOf('hostile.json', mailTo('a\u001b[2J\u202e@fine.example'));
  const {stdout, stderr, code} = await cli.run(['explain', '--message', hostile]);
  expect(stdout).toContain('[2J');
  const isControl = (character: string) => character < ' ' && character !== '\n';
  expect([...stdout, ...stderr].filter(each => isControl(each) || each === '\u202e')).toEqual([]);
  expect(code).toBe(1);
});

test.each([
  [['explain'], 2, /a recipient or a domain is wanted/],
  [['explain', 'a b@c'], 2, /characters before the @/],
  [['explain', '--message', 'absent.json'], 2, /no such file/],
  [
    ['explain', 'a@b.example', '--stage', 'other', '--endpoint-url', 'http://127.0.0.1:1', '--region', 'x'],
    3,
    /./,
  ],
])('%j ends with %i', async (args, code, problem) => {
  const environment = {AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 's'};
  const ended = await cli.run(args, {environment});
  expect(ended.stderr).toMatch(problem);
  expect(ended.code).toBe(code);
});

test('a stage that is not deployed is said to be none', async () => {
  const environment = {AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 's', AWS_REGION: 'us-east-1'};
  const args = ['explain', 'a@b.example', '--stage', 'dev', '--endpoint-url', pipeline.cloud.url];
  expect(await cli.run(args, {environment})).toMatchObject({
    code: 1,
    stderr: 'relayq: there is no table relayq-dev-receivers: is stage dev deployed there?\n',
  });
});

test('a recipient who is suppressed, and a domain', async () => {
  const {dynamodb} = pipeline.cloud.services;
  const put = (who: string) =>
    dynamodb
      .table(names.suppressions)
      .put({who: {S: who}, reason: {S: 'asked us to stop'}, source: {S: 'manual'}, time: {N: '0'}});
  const factOf = ({now}: Told) => now.facts.find(({what}: {what: string}) => what === 'suppression');
  put('jo@fine.example');
  put('half.example');
  expect(factOf(await explained('jo@fine.example'))).toMatchObject({is: 'off'});
  await pipeline.set({suppression: 'on', 'suppression-override': 'allowed'});
  const suppressed = await explained('JO@fine.example');
  expect(suppressed).toMatchObject({
    code: 1,
    goes: false,
    verdict:
      'would bounce: the recipient is suppressed since 1970-01-01 00:00:00 by manual: asked us to stop',
  });
  expect(factOf(suppressed)).toMatchObject({is: 'by the recipient', isBad: true});
  expect(factOf(await explained('bo@fine.example'))).toMatchObject({is: 'none'});
  expect(factOf(await explained('bo@half.example'))).toMatchObject({is: 'by the domain'});
  // What one of its recipients is, says nothing of a domain.
  put('postmaster@fine.example');
  expect(await explained('fine.example')).toMatchObject({goes: true});
  expect(await explained('half.example')).toMatchObject({goes: false});
  const file = await fileOf('override.json', mailTo('jo@fine.example', {suppression: false}));
  expect(factOf(await explained('--message', file))).toMatchObject({is: 'not asked'});
  await pipeline.set({suppression: null, 'suppression-override': null});
});
