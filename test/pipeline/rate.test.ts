import {SMTPServer} from 'smtp-server';
import {afterAll, afterEach, beforeAll, beforeEach, expect, test} from 'vitest';
import {names, Pipeline} from './pipeline-under-test.ts';

/** When each message came. */
let times: number[] = [];
const server = new SMTPServer({
  disabledCommands: ['STARTTLS'],
  authOptional: true,
  disableReverseLookup: true,
  onData: (stream, _, done) => {
    stream.resume().on('end', () => {
      times.push(Date.now());
      done();
    });
  },
});
let pipeline: Pipeline;
beforeAll(async () => {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const {port} = server.server.address() as {port: number};
  pipeline = await Pipeline.start({'smtp-sink-ip': '127.0.0.1', 'smtp-sink-port': String(port)});
});
beforeEach(() => {
  times = [];
});
afterEach(() => pipeline.cloud.faults.clear());
afterAll(async () => {
  await pipeline.stop();
  await new Promise<void>(resolve => server.close(resolve));
});

const sendTo = (domain: string, count: number) =>
  pipeline.send(
    ...Array.from({length: count}, (_, index) => ({
      envelope: 'from@example.com',
      recipient: `user${index}@${domain}`,
      mime: `Subject: ${index}\r\n\r\nbody\r\n`,
      queues: {results: null},
    })),
  );

/** The most that came within so many milliseconds. */
const mostWithin = (ms: number) =>
  Math.max(...times.map(from => times.filter(time => time >= from && time < from + ms).length));

test('a queue with a rate gets no more than that, whatever its lanes, and each message in one attempt', async () => {
  await pipeline.set({'capacity/slow.example': '{"connections": 3, "messagesPerMinute": 600}'});
  const startMs = Date.now();
  await sendTo('slow.example', 60);
  const results = await pipeline.take(names.results.success, 60);
  expect(times).toHaveLength(60);
  // Ten at once, then ten a second; what is delayed comes to the second, so up to a second's worth of them together.
  for (const seconds of [0.5, 1, 2, 3])
    expect(mostWithin(seconds * 1000)).toBeLessThanOrEqual(10 * seconds + 20);
  const lastSlotMs = 100 * 49;
  expect(Math.max(...times) - startMs).toBeGreaterThanOrEqual(lastSlotMs);
  expect(results.map(({relayq}) => (relayq as {attempts: number}).attempts)).toEqual(Array(60).fill(1));
  expect(results.flatMap(({results: entries}) => entries)).toHaveLength(60);
  // Each came back once, at its slot, and asked for no other.
  const held = pipeline.logged('message held: its queue is over its rate');
  expect(held.length).toBeGreaterThanOrEqual(40);
  expect(new Set(held.map(({id}) => id)).size).toBe(held.length);
  expect(JSON.stringify(results)).not.toContain('"slot"');
  expect(pipeline.cloud.tables.itemsOf(names.state)).toMatchObject([{id: {S: 'slow.example'}}]);
});

test('a queue without a rate does without DynamoDB', async () => {
  await pipeline.set({'capacity/slow.example': '{"connections": 3, "messagesPerMinute": 600}'});
  const calls: unknown[] = [];
  const {tables} = pipeline.cloud;
  const get = tables.get.bind(tables);
  tables.get = (...call) => {
    calls.push(call);
    return get(...call);
  };
  await sendTo('fast.example', 30);
  await pipeline.take(names.results.success, 30);
  expect(calls).toEqual([]);
  await sendTo('slow.example', 1);
  await pipeline.take(names.results.success, 1);
  expect(calls).not.toEqual([]);
  tables.get = get;
});

test('while DynamoDB fails each environment keeps to its share of the rate, and mail goes on', async () => {
  await pipeline.set({'capacity/slow.example': '{"connections": 2, "messagesPerMinute": 1200}'});
  pipeline.cloud.faults.add({fault: 'unavailable', service: 'dynamodb'});
  await sendTo('slow.example', 30);
  await pipeline.take(names.results.success, 30);
  expect(times).toHaveLength(30);
  expect(mostWithin(1000)).toBeLessThanOrEqual(20 + 20 + 2);
  const message = 'DynamoDB fails: until it answers, each environment keeps to its share of the rates';
  const complaints = pipeline.logged(message);
  expect(complaints.length).toBeGreaterThanOrEqual(1);
  expect(complaints.length).toBeLessThanOrEqual(3);
  expect(complaints[0]).toMatchObject({level: 'error', error: expect.stringContaining('ServiceUnavailable')});
});
