// What an operator wants of mail that is on its way: a pause counts within a running batch, a forced error is a result, a window
// is kept. Days pass by a clock that the test puts forward.

import {setTimeout as delay} from 'node:timers/promises';
import {afterAll, beforeAll, beforeEach, expect, test} from 'vitest';
import {TestClock} from '../../local/clock.ts';
import {utcTimeOf} from '../../shared/utc-time.ts';
import {mailTo} from '../samples/mail.ts';
import {sinkParameters} from '../samples/relay-parameters.ts';
import {type ReceivingServer, startReceivingServer} from '../servers/receiving-server.ts';
import {minuteMs, pass, shortWindows} from './clocked.ts';
import {names, Pipeline, queuesOnTheWay} from './pipeline-under-test.ts';

const clock = new TestClock();
let server: ReceivingServer;
let pipeline: Pipeline;
/** The server waits for it before it takes a message. */
let gate: Promise<void>;

beforeAll(async () => {
  server = await startReceivingServer({beforeTaking: () => gate});
  pipeline = await Pipeline.start(
    {...sinkParameters(server), 'capacity/default': '{"connections": 1}'},
    {
      clock,
      overrides: shortWindows,
    },
  );
});
beforeEach(() => {
  gate = Promise.resolve();
  server.received.length = 0;
});
afterAll(async () => {
  await pipeline.stop();
  await server.close();
});

test('a pause counts within a running batch: what has begun goes, and the rest waits without an attempt', async () => {
  const {promise, resolve: open} = Promise.withResolvers<void>();
  gate = promise;
  const numbers = Array.from({length: 10}, (_, n) => n);
  await pipeline.send(...numbers.map(n => mailTo(`user${n}@paused.example`, {n})));
  await pipeline.until(() => pipeline.countIn(names.delivery) === 10 && pipeline.countIn(names.outbox) === 0);
  // The first one is at the server; the next one may have begun behind it.
  await pipeline.until(() => [...pipeline.cloud.functions.values()].some(({busy}) => busy > 0));
  await pipeline.set({'pauses/now': JSON.stringify({reason: 'wrong prices', domain: 'paused.example'})});
  // In a batch settings may be a second old here, and a minute elsewhere.
  await delay(1_500);
  open();
  await pipeline.until(() => pipeline.filled(...queuesOnTheWay).length === 0);
  const begun = server.received.length;
  expect(begun).toBeLessThanOrEqual(2);
  expect(pipeline.countIn(names.held)).toBe(10 - begun);
  expect(pipeline.logged('message held: paused by pauses/now')).toContainEqual(
    expect.objectContaining({pause: 'pauses/now', reason: 'wrong prices', domain: 'paused.example'}),
  );
  await pipeline.set({'pauses/now': null});
  await pass(pipeline, clock, 5);
  const results = await pipeline.take(names.results.results, 10);
  expect(results.map(({fate, relayq}) => `${fate} ${relayq.attempts}`)).toEqual(
    numbers.map(() => 'accepted 1'),
  );
  expect(new Set(results.map(({n}) => n)).size).toBe(10);
});

test('a pause ends by itself', async () => {
  const expire = utcTimeOf(clock.now() + 8 * minuteMs);
  await pipeline.set({'pauses/short': JSON.stringify({reason: 'wait', tag: 'short', expire})});
  await pipeline.send(mailTo('a@example.org', {tags: ['short']}));
  await pipeline.until(() => pipeline.countIn(names.held) === 1);
  await pass(pipeline, clock, 15);
  expect(await pipeline.result()).toMatchObject({fate: 'accepted'});
  await pipeline.set({'pauses/short': null});
});

test('a forced error ends mail with the words of the setting, and says that nobody else did', async () => {
  const error = {reason: 'ticket 17', code: 553, status: '5.7.1', description: 'We do not write to you'};
  await pipeline.set({'errors/never': JSON.stringify({...error, recipient: 'No@Example.org'})});
  await pipeline.send(mailTo('nO@example.org'));
  expect(await pipeline.result()).toMatchObject({
    fate: 'bounced',
    relayq: {attempts: 0},
    results: [
      {
        state: 'process',
        result: 'error',
        code: 553,
        status: '5.7.1',
        description: 'We do not write to you',
        forced: 'errors/never',
        reason: 'ticket 17',
        fatal: true,
      },
    ],
  });
  expect(server.received).toEqual([]);
  await pipeline.set({'errors/never': null});
});

test('a forced error of 4xx defers mail, once for each time that it is due', async () => {
  await pipeline.set({
    'errors/later': JSON.stringify({reason: 'they asked', code: 451, domain: 'later.example'}),
  });
  await pipeline.send(mailTo('a@later.example', {retries: [1800]}));
  expect(await pipeline.result()).toMatchObject({
    fate: 'deferred',
    relayq: {attempts: 1},
    results: [
      {state: 'process', code: 451, status: '4.7.0', description: 'they asked', forced: 'errors/later'},
    ],
  });
  await pipeline.set({'errors/later': null});
  await pass(pipeline, clock, 45);
  expect(await pipeline.result()).toMatchObject({fate: 'accepted', relayq: {attempts: 2}});
});

test('mail waits for its window, and its time counts meanwhile', async () => {
  const in3Hours = new Date(Math.ceil((clock.now() + 180 * minuteMs) / minuteMs) * minuteMs);
  const from = in3Hours.toISOString().slice(11, 16);
  const to = new Date(in3Hours.getTime() + 60 * minuteMs).toISOString().slice(11, 16);
  const window = {from, to, timezone: 'UTC'};
  await pipeline.set({'windows/window.example': JSON.stringify(window)});
  const maxdelivertime = utcTimeOf(clock.now() + 90 * minuteMs);
  await pipeline.send(
    mailTo('a@window.example', {n: 'by its domain'}),
    mailTo('b@example.org', {n: 'by its own', window}),
    mailTo('c@window.example', {n: 'too late', maxdelivertime}),
    mailTo('d@window.example', {n: 'any time', window: {from: '00:00', to: '24:00', timezone: 'UTC'}}),
  );
  expect(await pipeline.result()).toMatchObject({n: 'any time', fate: 'accepted'});
  await pipeline.until(() => pipeline.countIn(names.held) === 3);
  await pass(pipeline, clock, 100);
  expect(await pipeline.result()).toMatchObject({n: 'too late', fate: 'expired'});
  await pass(pipeline, clock, 70);
  expect(server.received).toHaveLength(1);
  await pass(pipeline, clock, 25);
  const two = await pipeline.take(names.results.results, 2);
  expect(two.map(({n, fate}) => `${n}: ${fate}`).sort()).toEqual([
    'by its domain: accepted',
    'by its own: accepted',
  ]);
});
