// `relayq explain` on a local cloud, with direct delivery by a test's DNS. It says what would be done, and does none of it.

import {afterAll, beforeAll, expect, test} from 'vitest';
import {SlotTable} from '../../../functions/receivers/slot-table.ts';
import type {Entry} from '../../../shared/delivery/receivers/entry.ts';
import {names} from '../../pipeline/pipeline-under-test.ts';
import {mailTo} from '../../samples/mail.ts';
import {
  cli,
  dns,
  dynamoDb,
  explained,
  having,
  knowing,
  pipeline,
  server,
  startExplain,
  stopExplain,
} from './explain-under-test.ts';

beforeAll(startExplain);
afterAll(stopExplain);

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
