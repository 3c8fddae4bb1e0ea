// Settings as an environment keeps them, over a Parameter Store that answers as the test has it.

import {type GetParametersByPathCommand, SSMClient} from '@aws-sdk/client-ssm';
import {beforeEach, expect, test} from 'vitest';
import {SettingsSource} from '../../../functions/runtime/settings-source.ts';

interface Stored {
  readonly value: string;
  readonly modifiedMs: number;
}

const startMs = Date.parse('2030-01-01T12:00:00Z');
const path = '/relayq/test/';

class World {
  nowMs = startMs;
  readonly stored = new Map<string, Stored>();
  readonly lines: Record<string, unknown>[] = [];
  requests = 0;
  fails = false;
  pageSize = 10;
  /** Called before each page is read, with its number. */
  beforePage = (_: number): void => {};

  put(name: string, value: string, modifiedMs = this.nowMs): void {
    this.stored.set(name, {value, modifiedMs});
  }

  readonly client = Object.assign(new SSMClient({region: 'eu-west-1'}), {
    send: async ({input}: GetParametersByPathCommand) => {
      const page = Number(input.NextToken ?? 0);
      this.beforePage(page);
      this.requests += 1;
      if (this.fails) throw new Error('down');
      const all = [...this.stored].sort(([a], [b]) => (a < b ? -1 : 1));
      const end = (page + 1) * this.pageSize;
      return {
        Parameters: all.slice(page * this.pageSize, end).map(([name, {value, modifiedMs}]) => ({
          Name: `${path}${name}`,
          Value: value,
          Type: 'String',
          LastModifiedDate: new Date(modifiedMs),
        })),
        ...(end < all.length && {NextToken: String(page + 1)}),
      };
    },
  }) as SSMClient;

  source = (maxAgeMs = 60_000): SettingsSource =>
    new SettingsSource({
      client: this.client,
      path,
      log: (level, message, fields) => this.lines.push({level, message, ...fields}),
      maxAgeMs,
      now: () => this.nowMs,
    });

  messages = () => this.lines.map(({message}) => message);
}

let world: World;
beforeEach(() => {
  world = new World();
});

const after = (seconds: number) => {
  world.nowMs = startMs + seconds * 1000;
};

const credentials = (name: string, modifiedMs?: number) => {
  world.put('smarthost-username', name, modifiedMs);
  world.put('smarthost-password', `${name}-hunter2`, modifiedMs);
};

test('are read once a minute, and when they are asked to be', async () => {
  const source = world.source();
  await Promise.all([source.current(), source.current()]);
  after(59.9);
  await source.current();
  expect(world.requests).toBe(1);
  after(60);
  await source.current();
  expect(world.requests).toBe(2);
  source.expire();
  await source.current();
  expect(world.requests).toBe(3);
});

test('without any, every batch asks', async () => {
  world.fails = true;
  const source = world.source();
  for (let n = 0; n < 3; n += 1) await expect(source.current()).rejects.toThrow('no usable settings yet');
  expect(world.requests).toBe(3);
  expect(world.lines).toEqual([
    expect.objectContaining({level: 'error', problems: ['SSM cannot be read: Error: down']}),
  ]);
  world.fails = false;
  await source.current();
  expect(world.messages().slice(1)).toEqual(['settings are good again']);
});

test('what is invalid is told once with the time of its writing, and keeps to itself', async () => {
  world.put('capacity/example.org', '{"connexions": 5}', Date.parse('2029-12-24T18:30:00Z'));
  world.put('smarthost', 'a.example:25');
  world.put('max-attempts', '3');
  const source = world.source();
  for (let minute = 0; minute < 3; minute += 1) {
    after(minute * 60);
    const {maxAttempts, capacity, unknown} = await source.current();
    expect({maxAttempts, queues: capacity.size, unknown}).toEqual({
      maxAttempts: 3,
      queues: 0,
      unknown: new Set(['smarthost']),
    });
  }
  expect(world.lines).toEqual([
    {
      level: 'error',
      message: 'settings have problems; mail that depends on them waits',
      path,
      problems: [
        'smarthost must be a host name alone; the port goes into its own property (written 2030-01-01 12:00:00 UTC)',
        'capacity/example.org has an unknown member; known are connections, messagesPerConnection, messagesPerFlight, connectTimeout, idleSeconds, idleConnections, messagesPerMinute (written 2029-12-24 18:30:00 UTC)',
      ],
      waiting: 'mail without a smarthost of its own',
    },
  ]);
  world.put('smarthost', 'a.example');
  after(180);
  expect((await source.current()).unknown.size).toBe(0);
  expect(world.messages().slice(1)).toEqual([
    'settings changed; they are in force',
    'settings have problems; the last good values stay in force',
  ]);
});

test('what is being written is looked at again as soon as it may be complete', async () => {
  world.put('smarthost', 'a.example', startMs - 60_000);
  credentials('a', startMs - 50_000);
  const source = world.source();
  const waits = {unknown: new Set(['smarthost']), knownFromMs: startMs + 10_000};
  expect(await source.current()).toMatchObject(waits);
  after(9.9);
  expect(await source.current()).toMatchObject(waits);
  expect(world.requests).toBe(1);
  after(10);
  expect(await source.current()).toMatchObject({
    smarthost: {credentials: {username: 'a'}},
    unknown: new Set(),
  });
  expect(world.requests).toBe(2);
});

test('an outage does not have mail that waits for settings come again all the time', async () => {
  world.put('smarthost', 'a.example', startMs - 50_000);
  credentials('a');
  const source = world.source();
  await source.current();
  world.fails = true;
  after(60);
  expect(await source.current()).toMatchObject({
    unknown: new Set(['smarthost']),
    knownFromMs: startMs + 120_000,
  });
  after(61);
  await source.current();
  expect(world.requests).toBe(2);
  world.fails = false;
  after(120);
  expect(await source.current()).toMatchObject({
    smarthost: {credentials: {username: 'a'}},
    unknown: new Set(),
  });
});

test.each([
  [0, 3],
  [1, 3],
  [3, 3],
  [10, 10],
])('settings that are kept for %i s settle in %i s', async (maxAgeS, settleS) => {
  world.put('smarthost', 'a.example');
  credentials('a');
  const source = world.source(maxAgeS * 1000);
  const waiting = async () => (await source.current()).unknown.size > 0;
  expect(await waiting()).toBe(true);
  after(settleS - 0.001);
  expect(await waiting()).toBe(true);
  after(settleS);
  expect(await waiting()).toBe(false);
});

test('what is written while pages are read is seen whole, or not at all', async () => {
  world.pageSize = 2;
  for (const name of ['smtp-sink-ip', 'smarthost', 'smtp-sink-port']) world.put(name, 'x', 0);
  world.put('smtp-sink-ip', '192.0.2.1', 0);
  world.put('smarthost', 'a.example', 0);
  world.put('smtp-sink-port', '1', 0);
  let written = false;
  world.beforePage = page => {
    if (page === 0 || written) return;
    written = true;
    world.put('smarthost', 'b.example');
    world.put('smtp-sink-port', '2');
  };
  const {smarthost, sink} = await world.source().current();
  expect({smarthost: smarthost?.hosts, port: sink?.port}).toEqual({smarthost: ['b.example'], port: 2});
  // Twice two pages that differ, and two more that tell that it is over.
  expect(world.requests).toBe(6);
});

test.each([
  ['old', 0, 2],
  ['new', startMs, 4],
] as const)('pages of parameters that are %s', async (_, modifiedMs, requests) => {
  world.pageSize = 2;
  for (const name of ['strict', 'max-attempts', 'max-delivertime']) world.put(name, '1', modifiedMs);
  await world.source().current();
  expect(world.requests).toBe(requests);
});

test('within a batch settings are read again when they are a minute old, and not before', async () => {
  const source = world.source();
  await source.renew();
  expect(source.newest).toBeUndefined();
  await source.current();
  world.put('pauses/x', '{"reason": "r", "all": true}');
  world.nowMs += 59_999;
  await source.renew();
  expect([world.requests, source.newest?.pauses.size]).toEqual([1, 0]);
  world.nowMs += 1;
  await Promise.all([source.renew(), source.renew()]);
  // Something new counts when it was read twice, where there is more than a page; here there is one.
  expect([world.requests, source.newest?.pauses.size]).toEqual([2, 1]);
});

test('within a batch settings that are not kept are read once a second', async () => {
  const source = world.source(0);
  await source.current();
  world.nowMs += 999;
  await source.renew();
  expect(world.requests).toBe(1);
  world.nowMs += 1;
  await source.renew();
  expect(world.requests).toBe(2);
});

test('while SSM fails within a batch, the last good settings count, and it is asked once a minute', async () => {
  world.put('pauses/x', '{"reason": "r", "all": true}');
  const source = world.source();
  await source.current();
  world.fails = true;
  world.nowMs += 60_000;
  await source.renew();
  const {requests} = world;
  world.nowMs += 30_000;
  await source.renew();
  expect([world.requests, source.newest?.pauses.size]).toEqual([requests, 1]);
});
