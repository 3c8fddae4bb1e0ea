// A server that turns a connection away while it serves another of ours is full, and not down.

import {afterEach, describe, expect, test} from 'vitest';
import {Connections} from '../../../../functions/deliver/pace/connections.ts';
import type {Answer, ScriptedServer, Verb} from '../../../servers/scripted-server.ts';
import {
  beginAll,
  done,
  endLanes,
  laneOf,
  mailTo,
  options,
  serve,
  targetOf,
  transact,
} from '../lane-under-test.ts';

afterEach(endLanes);

/** Serves so many clients at a time. */
async function serving(clients: number, turnedAway: string, more: Partial<Record<Verb, Answer>> = {}) {
  const server: ScriptedServer = await serve({
    connect: () => (server.open() > clients ? turnedAway : '220 scripted.example'),
    ...more,
  });
  return server;
}

/** Lanes of one batch, side by side, each with so many messages. */
async function lanesOf(
  connections: Connections,
  server: ScriptedServer,
  {lanes: count, messages}: {readonly lanes: number; readonly messages: number},
  more = options(),
) {
  const lanes = Array.from({length: count}, async (_, lane) => {
    const each = laneOf(connections);
    const names = Array.from({length: messages}, (_, index) => `m${lane}-${index}`);
    const outcomes = await beginAll(each, targetOf(server), names, more);
    await each.close();
    return outcomes;
  });
  return (await Promise.all(lanes)).flat();
}

describe.each([
  '421 4.7.0 too many connections from 127.0.0.1',
  '421 busy',
  '450 later',
  '452 4.3.2 no',
  '554 5.7.1 no more',
  'drop',
])('a server that turns others away with %s', turnedAway => {
  test.each([
    [1, 60],
    [1, 0],
    [2, 60],
  ])('and serves %d at a time takes the mail of all lanes (kept for %d s)', async (clients, idleSeconds) => {
    const server = await serving(clients, turnedAway);
    const connections = new Connections(Date.now);
    expect(await lanesOf(connections, server, {lanes: 6, messages: 4}, options({idleSeconds}))).toEqual(
      Array(24).fill(done),
    );
    expect(server.texts).toHaveLength(24);
  });
});

test('a server that refuses the connection itself is full, too', async () => {
  const server = await serve({'.': (_, count) => (count === 1 ? 'later:250 taken' : '250 taken')});
  const connections = new Connections(Date.now);
  const first = laneOf(connections);
  expect(await beginAll(first, targetOf(server), ['a', 'b'])).toEqual([done, done]);
  server.refuseOthers();
  const second = beginAll(laneOf(connections), targetOf(server), ['c']);
  await beginAll(first, targetOf(server), ['d']);
  await first.close();
  expect(await second).toEqual([done]);
  expect(server.connections()).toBe(1);
});

test('a connection that has carried all it may is not handed on, and another one is opened', async () => {
  const server = await serving(1, '421 busy', {QUIT: 'drop'});
  const outcomes = await lanesOf(
    new Connections(Date.now),
    server,
    {lanes: 2, messages: 2},
    options({messagesPerConnection: 2}),
  );
  expect(outcomes.filter(({ok}: {ok?: boolean}) => ok)).toHaveLength(outcomes.length);
});

test('a connection to another target makes room', async () => {
  const server = await serving(1, '421 busy');
  const connections = new Connections(Date.now);
  const [first, second] = [laneOf(connections), laneOf(connections)];
  const idle = options({idleSeconds: 60});
  const outcomes = await Promise.all(
    [
      {lane: first, host: 'a.example'},
      {lane: second, host: 'b.example'},
    ].map(async ({lane, host}) => {
      const outcome = await beginAll(lane, {...targetOf(server), host}, ['a', 'b'], idle);
      await lane.close();
      return outcome;
    }),
  );
  expect(outcomes).toEqual([
    [done, done],
    [done, done],
  ]);
  // Idle ones do as well.
  const third = {...targetOf(server), host: 'c.example'};
  expect(await beginAll(laneOf(connections), third, ['c'], idle)).toEqual([done]);
});

test('a message that waits until its time is over has had no attempt', async () => {
  const server = await serving(1, '421 busy', {'.': 'silence'});
  const connections = new Connections(Date.now);
  const first = beginAll(laneOf(connections), targetOf(server), ['a'], options({}, 5_000));
  await expect.poll(() => server.texts).toHaveLength(1);
  const second = await transact(laneOf(connections), targetOf(server), mailTo('b'), options({}, 2_000));
  expect(second).toMatchObject({ok: false, failure: {fact: 'server-full', reply: {code: 421}}});
  expect(await first).toMatchObject([{stage: 'message', result: 'timeout'}]);
});

test.each([
  ['421 4.7.0 mx.example.org Error: too many connections from 192.0.2.1', true],
  ['421 Too many concurrent SMTP connections; please try again later.', true],
  [
    '421 4.3.2 The maximum number of concurrent connections has exceeded a limit, closing transmission channel',
    true,
  ],
  ['421 4.3.2 The maximum number of concurrent server connections has exceeded a limit per source', true],
  ['452 4.3.2 Connection limit exceeded', true],
  ['421 4.3.2 Connection rate limit exceeded.', true],
  ['554 5.7.1 Too many simultaneous sessions', true],
  ['421 busy', false],
  ['421 4.3.2 Service not available', false],
  ['421 4.7.0 Too many errors on this connection', false],
  ['421 4.7.0 Too many messages in this session', false],
  ['421 4.7.28 unusual rate of unsolicited mail, limit reached for this connection', false],
  ['554 5.7.1 Connection refused: listed', false],
])('a greeting of %s says that it is full: %s', async (greeting, isFull) => {
  const server = await serve({connect: greeting});
  const transaction = await transact(laneOf(), targetOf(server), mailTo('a'), options({}, 400));
  expect(!transaction.ok && transaction.failure.fact === 'server-full').toBe(isFull);
});

test('a server that says that it is full is asked again, as another environment may soon leave it', async () => {
  const server = await serve({
    connect: (_, count) => (count < 3 ? '421 4.7.0 too many connections' : '220 scripted.example'),
  });
  expect(await beginAll(laneOf(), targetOf(server), ['a'])).toEqual([done]);
  expect(server.connections()).toBe(3);
});

test('no connection to a full server lies idle', async () => {
  const server = await serving(1, '421 busy');
  const connections = new Connections(Date.now);
  await lanesOf(connections, server, {lanes: 2, messages: 1}, options({idleSeconds: 60}));
  await expect.poll(() => server.open()).toBe(0);
});

test('a server that serves none of ours is down, however many lanes try', async () => {
  const server = await serve({connect: '421 busy'});
  const outcomes = await lanesOf(new Connections(Date.now), server, {lanes: 5, messages: 1});
  expect(outcomes).toEqual(Array(5).fill({ok: false, stage: 'intro', result: 'error', code: 421}));
  expect(server.connections()).toBe(5);
});
