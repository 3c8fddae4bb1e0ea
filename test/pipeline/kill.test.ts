// Functions killed at any instant: nothing is lost, and what is sent twice is what was on its way at a kill.
// `npm run soak` does the same for longer.

import {setTimeout as delay} from 'node:timers/promises';
import {SMTPServer} from 'smtp-server';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {Dice} from './dice.ts';
import {names, Pipeline} from './pipeline-under-test.ts';

const scale = Number(process.env.RELAYQ_SOAK ?? 1);
const messages = 300 * scale;
const kills = 20 * scale;
/** What a lane has on its way: a message whose reply is to come, the next one, and one that is being settled. */
const onTheirWay = 3;

/** How often each message came. The server takes longer than SQS, as servers do. */
const arrivals = new Map<number, number>();
const server = new SMTPServer({
  disabledCommands: ['STARTTLS'],
  authOptional: true,
  disableReverseLookup: true,
  onData: (stream, _, done) => {
    let text = '';
    stream.on('data', chunk => {
      text += chunk;
    });
    stream.on('end', async () => {
      await delay(20);
      const number = Number(/^Subject: (\d+)/m.exec(text)![1]);
      arrivals.set(number, (arrivals.get(number) ?? 0) + 1);
      done();
    });
  },
});

// A connection that a killed client leaves behind.
server.on('error', () => {});

let pipeline: Pipeline;
beforeAll(async () => {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const {port} = server.server.address() as {port: number};
  const settings = {
    'smtp-sink-ip': '127.0.0.1',
    'smtp-sink-port': String(port),
    'capacity/default': '{"connections": 1}',
  };
  pipeline = await Pipeline.start(settings, {
    overrides: ({functions, queues}) => {
      // A killed batch comes again after the visibility timeout.
      for (const each of functions) each.timeoutS = 2;
      for (const {name, attributes} of queues) {
        if (name === names.outbox || name === names.delivery) attributes.VisibilityTimeout = '2';
        if (attributes.RedrivePolicy !== undefined) {
          attributes.RedrivePolicy = JSON.stringify({
            ...JSON.parse(attributes.RedrivePolicy),
            maxReceiveCount: 1000,
          });
        }
      }
    },
  });
});
afterAll(async () => {
  await pipeline.stop();
  await new Promise<void>(resolve => server.close(resolve));
});

test('environments killed at random lose nothing, and repeat no more than was on its way', {
  timeout: 60_000 * scale,
}, async () => {
  const seed = Number(process.env.RELAYQ_SEED ?? Date.now() % 100_000);
  const dice = new Dice(seed);
  await pipeline.send(
    ...Array.from({length: messages}, (_, index) => ({
      envelope: 'from@example.com',
      recipient: `user@domain-${index % 5}.example`,
      mime: `Subject: ${index}\r\n\r\nbody\r\n`,
      number: index,
      queues: {results: null},
    })),
  );
  let killed = 0;
  while (killed < kills && arrivals.size < messages) {
    // Something is at work again, and has got somewhere.
    const before = arrivals.size;
    await pipeline.until(() => arrivals.size > before + 1 || arrivals.size === messages, 30_000);
    await delay(dice.next() * 100);
    const {environments} = pipeline.cloud.functions.get(dice.chance(0.9) ? names.deliver : names.route)!;
    for (const each of [...environments].filter(({alive}) => alive)) {
      each.kill();
      killed += 1;
    }
  }
  const numbers = new Set<number>();
  const deadline = Date.now() + 40_000 * scale;
  while (numbers.size < messages && Date.now() < deadline) {
    const received = await pipeline.cloud.sqs.receive(names.results.success, {
      maxNumberOfMessages: 10,
      waitTimeSeconds: 1,
    });
    for (const {body, receiptHandle} of received) {
      numbers.add(JSON.parse(body).number);
      pipeline.cloud.sqs.deleteMessage(names.results.success, receiptHandle);
    }
  }
  const twice = [...arrivals.values()].reduce((sum, count) => sum + count - 1, 0);
  const story = `seed ${seed}: ${killed} kills, ${twice} sent twice`;
  if (scale > 1) console.log(story);
  expect(numbers.size, story).toBe(messages);
  expect(arrivals.size, story).toBe(messages);
  expect(twice, story).toBeLessThanOrEqual(killed * onTheirWay);
  for (const queue of [names.outboxDlq, names.deliveryDlq, names.results.failure]) {
    expect(Object.values(pipeline.cloud.sqs.queue(queue).counts), `${queue}, ${story}`).toEqual([0, 0, 0]);
  }
});
