// A campaign is cancelled while its messages are in every state, and while functions are killed: each message gets its one
// final result, and none is lost.

import {setTimeout as delay} from 'node:timers/promises';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {TestClock} from '../../local/clock.ts';
import {utcTimeOf} from '../../shared/utc-time.ts';
import {Dice} from '../samples/dice.ts';
import {mailTo} from '../samples/mail.ts';
import {sinkParameters} from '../samples/relay-parameters.ts';
import {type ReceivingServer, startReceivingServer} from '../servers/receiving-server.ts';
import {minuteMs, shortWindows} from './clocked.ts';
import {deadLetterQueues, names, Pipeline, queuesOnTheWay} from './pipeline-under-test.ts';
import {ResultCollector} from './result-collector.ts';

/** A soak has all that were promised. */
const messages = process.env.RELAYQ_SOAK === undefined ? 200 : 5_000;
const kills = process.env.RELAYQ_SOAK === undefined ? 10 : 40;
/** What may be there twice after a kill: a batch of each request that a sweep makes side by side, or the lanes of a batch. */
const atRisk = 50;

const clock = new TestClock();
let server: ReceivingServer;
let pipeline: Pipeline;
let results: ResultCollector;

beforeAll(async () => {
  server = await startReceivingServer({
    onRcptTo: ({address}, _, done) =>
      done(
        address.startsWith('deferred') ? Object.assign(new Error('later'), {responseCode: 451}) : undefined,
      ),
    beforeTaking: () => delay(20),
  });
  pipeline = await Pipeline.start(
    {
      ...sinkParameters(server),
      'capacity/default': '{"connections": 1}',
      'pauses/held': JSON.stringify({reason: 'not yet', domain: 'held.example'}),
    },
    {
      clock,
      overrides: shortWindows,
    },
  );
  results = new ResultCollector(pipeline.cloud, [names.results.results]);
});
afterAll(async () => {
  await results.stop();
  await pipeline.stop();
  await server.close();
});

const recipients = ['queued', 'deferred', 'waiting', 'held'] as const;

test(`a campaign of ${messages} is cancelled while functions are killed`, async () => {
  const dice = new Dice(Number(process.env.RELAYQ_SEED ?? Date.now() % 100_000));
  const numbers = Array.from({length: messages}, (_, n) => n);
  const nextattempt = {time: utcTimeOf(clock.now() + 180 * minuteMs)};
  await pipeline.send(
    ...numbers.map(n => {
      const kind = recipients[n % 4]!;
      const domain = kind === 'held' ? 'held.example' : `domain-${n % 3}.example`;
      return mailTo(`${kind}${n}@${domain}`, {
        n,
        tags: ['campaign'],
        retries: [3600],
        queues: {success: null, failure: null, retry: null},
        ...(kind === 'waiting' && {nextattempt}),
      });
    }),
  );
  const deferred = () => pipeline.logged('attempt').some(({fate}) => fate === 'deferred');
  await pipeline.until(() => results.finished.size > 0 && deferred() && pipeline.countIn(names.held) > 0);
  const error = {
    reason: 'wrong prices',
    code: 550,
    tag: 'campaign',
    expire: utcTimeOf(clock.now() + 7 * 86_400_000),
  };
  await pipeline.set({'errors/campaign': JSON.stringify(error)});

  let killed = 0;
  const kill = async () => {
    await delay(dice.next() * 150);
    const functions = [...pipeline.cloud.functions.values()];
    const {environments} = functions[Math.floor(dice.next() * functions.length)]!;
    for (const each of [...environments].filter(({alive}) => alive)) {
      each.kill();
      killed += 1;
    }
  };
  for (let round = 0; results.finished.size < messages && round < 60; round++) {
    const killing = killed < kills ? kill() : undefined;
    await clock.forward(5 * minuteMs);
    await killing;
    // What has come back since is dealt with before more time goes by.
    await delay(500);
    await pipeline.idle();
  }
  const finals = numbers.map(n =>
    results.of(names.results.results, n).filter(({fate}) => fate !== 'deferred'),
  );
  const story = `${killed} environments killed, ${server.received.length} mails`;
  expect(finals.filter(those => those.length === 0).length, story).toBe(0);
  // Whoever knows results by their keys has one of each.
  expect(new Set(finals.flat().map(({relayq}) => relayq.key)).size, story).toBe(messages);
  expect(finals.flat().length - messages, story).toBeLessThanOrEqual(killed * atRisk);
  const cancelled = finals.filter(those => those.every(({fate}) => fate === 'bounced'));
  for (const [result] of cancelled)
    expect(result!.results.at(-1)).toMatchObject({
      code: 550,
      forced: 'errors/campaign',
      reason: 'wrong prices',
    });
  // All that had not been sent by then: three quarters could not be.
  expect(cancelled.length, story).toBeGreaterThanOrEqual((messages / 4) * 3);
  expect(finals.every(those => those.every(({fate}) => fate === 'bounced' || fate === 'accepted'))).toBe(
    true,
  );
  await pipeline.until(() => pipeline.filled(...queuesOnTheWay, names.held).length === 0);
  expect(pipeline.filled(...deadLetterQueues), story).toEqual([]);
  if (process.env.RELAYQ_SOAK !== undefined) console.log(story);
});
