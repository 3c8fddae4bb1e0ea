// Functions are killed at any instant: nothing is lost, and only what was on its way at a kill is sent twice. `npm run
// soak` does the same for longer.

import {setTimeout as delay} from 'node:timers/promises';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {Fault} from '../../local/faults/fault.ts';
import {Dice} from '../samples/dice.ts';
import {mailTo, textOf} from '../samples/mail.ts';
import {sinkParameters} from '../samples/relay-parameters.ts';
import {type LongLine, startLongLine} from '../servers/long-line.ts';
import {type ReceivingServer, startReceivingServer} from '../servers/receiving-server.ts';
import {deadLetterQueues, names, Pipeline, patienceMs, queuesOnTheWay} from './pipeline-under-test.ts';
import {returnSoon} from './return-soon.ts';

const scale = Number(process.env.RELAYQ_SOAK ?? 1);
const messages = 300 * scale;
const kills = 20 * scale;
/**
 * What a batch has on its way when it dies: of each lane a message whose reply is awaited, and the next one; and up to five
 * outcomes that wait to be written down together. That is five at most, in the mean of many kills.
 */
const atRisk = 5;
/** In flights all of a batch may be on its way. */
const batchSize = 10;

/** How often each message came. The server takes longer than SQS, as servers do. */
const arrivals = new Map<string, number>();
/** How many of the connections it turns away. */
let refusals = 0;
let server: ReceivingServer;
let line: LongLine;
let pipeline: Pipeline;
beforeAll(async () => {
  server = await startReceivingServer({
    onConnect: (_, done) =>
      done(Math.random() < refusals ? Object.assign(new Error('not now'), {responseCode: 421}) : undefined),
    beforeTaking: async ({subject}) => {
      await delay(20);
      arrivals.set(subject, (arrivals.get(subject) ?? 0) + 1);
    },
  });
  line = await startLongLine(server.port);
  const settings = {...sinkParameters(line), 'capacity/default': '{"connections": 1}'};
  pipeline = await Pipeline.start(settings, {
    overrides: ({functions, queues}) => {
      // Less than the six seconds after which the SDK gives up a hanging call.
      for (const each of functions) {
        each.timeoutS = 5;
        // Each invocation then logs how it ended.
        each.logging.systemLevel = 'INFO';
      }
      for (const {name, attributes} of queues) {
        if (queuesOnTheWay.includes(name)) attributes.VisibilityTimeout = '60';
        if (attributes.RedrivePolicy !== undefined) {
          attributes.RedrivePolicy = JSON.stringify({
            ...JSON.parse(attributes.RedrivePolicy),
            maxReceiveCount: 1000,
          });
        }
      }
    },
  });
  returnSoon(pipeline.cloud);
});
afterAll(async () => {
  await pipeline.stop();
  line.close();
  await server.close();
});

/** A few of the calls fail, in various ways: the function repeats them, or the message comes again. */
const troubles: readonly Fault[] = [
  {service: 'sqs', fault: 'fail', rate: 0.03},
  {service: 'sqs', fault: 'throttle', rate: 0.03},
  {service: 'sqs', fault: 'drop', rate: 0.02},
  {service: 'sqs', fault: 'partial', rate: 0.03},
  {service: 'sqs', fault: 'delay', ms: 100, rate: 0.05},
  {service: 'ssm', fault: 'throttle', rate: 0.1},
];
/** What environments know of receivers together is often not to be had. */
const forgetting: readonly Fault[] = [
  {service: 'dynamodb', fault: 'fail', rate: 0.2},
  {service: 'dynamodb', fault: 'throttle', rate: 0.2},
  {service: 'dynamodb', fault: 'drop', rate: 0.1},
  {service: 'dynamodb', fault: 'hang', rate: 0.02},
];
/** The function runs out of time with a whole batch that it could not settle. */
const hanging: Fault = {service: 'sqs', fault: 'hang', rate: 0.003};

describe('environments that are killed at random lose nothing, and repeat only what was on its way', () => {
  test.each([
    ['by themselves', [], 0, 0],
    ['by themselves, in flights', [], 0, 20],
    ['while their calls fail at random', [hanging, ...troubles], 0, 0],
    ['while receivers fail at random, and their table too', [hanging, ...troubles, ...forgetting], 0.2, 0],
  ] as const)('%s', {timeout: 3 * patienceMs * scale}, async (name, faults, share, roundTripMs) => {
    refusals = share;
    line.roundTripMs = roundTripMs;
    const chunksBefore = line.chunks();
    const seed = Number(process.env.RELAYQ_SEED ?? Date.now() % 100_000);
    const dice = new Dice(seed);
    arrivals.clear();
    const active = faults.map(fault => pipeline.cloud.faults.add({...fault, seed} as Fault));
    await pipeline.send(
      ...Array.from({length: messages}, (_, index) =>
        mailTo(`user@domain-${index % 5}.example`, {
          mime: textOf(`${name} ${index}`),
          name,
          index,
          queues: {results: null},
          // On a slow machine an attempt may run out of time.
          retries: [1],
        }),
      ),
    );
    const timeOuts = () => pipeline.logLines.filter(line => line.includes('"status":"timeout"')).length;
    const timeOutsBefore = timeOuts();
    /** Attempts whose reply to the text did not come in time: these messages must be sent again. */
    const unsure = () =>
      pipeline.logged('attempt').filter(({state, fate}) => state === 'message' && fate === 'deferred').length;
    const unsureBefore = unsure();
    let killed = 0;
    while (killed < kills && arrivals.size < messages) {
      // Until the functions are at work again and have delivered something.
      const before = arrivals.size;
      await pipeline.until(() => arrivals.size > before + 1 || arrivals.size === messages);
      await delay(dice.next() * 100);
      const {environments} = pipeline.cloud.functions.get(dice.chance(0.9) ? names.deliver : names.route)!;
      for (const each of [...environments].filter(({alive}) => alive)) {
        each.kill();
        killed += 1;
      }
    }
    const told = new Set<number>();
    // Since the last one: a slow machine takes its time for all of them.
    let deadline = Date.now() + patienceMs;
    while (told.size < messages && Date.now() < deadline) {
      const received = await pipeline.cloud.sqs.receive(names.results.success, {
        maxNumberOfMessages: 10,
        waitTimeSeconds: 1,
      });
      for (const {body, receiptHandle} of received) {
        const result = JSON.parse(body);
        if (result.name === name && !told.has(result.index)) deadline = Date.now() + patienceMs;
        if (result.name === name) told.add(result.index);
        pipeline.cloud.sqs.deleteMessage(names.results.success, receiptHandle);
      }
    }
    for (const each of active) each.remove();
    const twice = [...arrivals.values()].reduce((sum, count) => sum + count - 1, 0);
    const [hung = 0] = active.map(({fired}) => fired);
    // On a slow machine other invocations run out of time too.
    const late = Math.max(hung, timeOuts() - timeOutsBefore);
    const failed = active.reduce((sum, {fired}) => sum + fired, 0);
    const story = `seed ${seed}: ${killed} kills, ${failed} calls failed, ${hung} of them hung, ${late} invocations out of time, ${twice} sent twice`;
    if (scale > 1) console.log(story);
    expect(told.size, story).toBe(messages);
    expect(arrivals.size, story).toBe(messages);
    const hasFlights = line.chunks() > chunksBefore;
    // A busy machine makes a short line long.
    if (roundTripMs > 0) expect(hasFlights).toBe(true);
    const most = killed * (hasFlights ? batchSize : atRisk);
    expect(twice, story).toBeLessThanOrEqual(most + late * batchSize + unsure() - unsureBefore);
    await pipeline.until(() => pipeline.filled(...queuesOnTheWay).length === 0);
    expect(pipeline.filled(...deadLetterQueues, names.results.failure), story).toEqual([]);
  });
});
