// Mail that is paused: it costs nothing while it waits, comes back, and is never lost. Days pass by a clock that the test puts
// forward.

import {afterAll, beforeAll, expect, test} from 'vitest';
import {TestClock} from '../../local/clock.ts';
import {utcTimeOf} from '../../shared/utc-time.ts';
import {mailTo} from '../samples/mail.ts';
import {sinkParameters} from '../samples/relay-parameters.ts';
import {type ReceivingServer, startReceivingServer} from '../servers/receiving-server.ts';
import {minuteMs, pass, shortWindows} from './clocked.ts';
import {deadLetterQueues, fewEnvironments, names, Pipeline, queuesOnTheWay} from './pipeline-under-test.ts';
import {ResultCollector} from './result-collector.ts';

/** A soak has all that were promised. */
const messages = process.env.RELAYQ_SOAK === undefined ? 1_000 : 5_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const lookMs = 30 * minuteMs;

const clock = new TestClock();
let server: ReceivingServer;
let pipeline: Pipeline;
let results: ResultCollector;

beforeAll(async () => {
  server = await startReceivingServer();
  pipeline = await Pipeline.start(sinkParameters(server), {
    clock,
    overrides: resources => {
      // Fifteen days have 4,320 times five minutes.
      for (const each of resources.schedules) each.intervalMs = lookMs;
      shortWindows(resources);
      fewEnvironments(resources);
    },
  });
  results = new ResultCollector(pipeline.cloud, [names.results.results]);
});
afterAll(async () => {
  await results.stop();
  await pipeline.stop();
  await server.close();
});

const swept = () => pipeline.logged('held mail was swept');

test(`${messages} messages are paused for eleven days, and then each is delivered once`, async () => {
  await pipeline.set({
    'pauses/spring': JSON.stringify({reason: 'the offer is wrong', tag: 'spring'}),
    'max-delivertime': String(30 * 86_400),
  });
  const numbers = Array.from({length: messages}, (_, n) => n);
  await pipeline.send(
    ...numbers.map(n =>
      mailTo(`user${n}@domain-${n % 20}.example`, {n, tags: ['spring'], queues: {success: null}}),
    ),
    // Its time is over on the second day.
    mailTo('late@example.org', {
      n: messages,
      tags: ['spring'],
      maxdelivertime: utcTimeOf(clock.now() + 36 * hourMs),
    }),
    mailTo('other@example.org', {n: messages + 1, tags: ['summer']}),
  );
  await pipeline.until(() => results.finished.has(messages + 1));
  await pipeline.until(() => pipeline.countIn(names.held) === messages + 1);
  await pipeline.idle();
  expect(server.received).toHaveLength(1);

  // Two sweeps make sure that what holds it is known; from then on it lies there.
  await clock.forward(2 * lookMs);
  const before = swept().length;
  await clock.forward(20 * hourMs);
  expect(swept().length).toBe(before);
  await clock.forward(14 * hourMs);
  // Its time is over in the middle of that, and then it is on its way.
  await pass(pipeline, clock, 6 * 60);
  await pipeline.until(() => results.finished.has(messages));
  expect(results.of(names.results.results, messages)).toMatchObject([
    {fate: 'expired', results: [{state: 'process', result: 'timeout', class: 'expired'}]},
  ]);

  // Past the tenth day all of it is sent again, as SQS would drop it on the fourteenth.
  await clock.forward(11 * dayMs - 41 * hourMs);
  expect(pipeline.countIn(names.held)).toBe(messages);
  const sentAgain = swept().reduce((sum, line) => sum + Number(line.sentAgain), 0);
  expect(sentAgain).toBe(messages);
  await clock.forward(4 * dayMs);
  expect(pipeline.countIn(names.held)).toBe(messages);

  await pipeline.set({'pauses/spring': null});
  // It is on its way from the sweep on.
  await pass(pipeline, clock, lookMs / minuteMs);
  await pipeline.until(() => results.finished.size === messages + 2);
  await pipeline.until(() => pipeline.filled(...queuesOnTheWay, names.held).length === 0);
  for (const n of numbers) {
    // The SDK sends again what was answered too late, and a standard queue takes it twice: to the letter.
    const told = new Map(
      results.of(names.results.results, n).map(result => [JSON.stringify(result), result]),
    );
    expect([...told.values()].map(({fate, relayq}) => [fate, relayq.attempts])).toEqual([['accepted', 1]]);
  }
  expect(server.received).toHaveLength(messages + 1);
  expect(pipeline.filled(...deadLetterQueues)).toEqual([]);
});
