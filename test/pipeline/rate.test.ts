// No queue gets more than its rate, whatever its lanes; a stage without rates does without DynamoDB.

import {afterAll, afterEach, beforeAll, beforeEach, expect, test} from 'vitest';
import {mailTo, textOf} from '../samples/mail.ts';
import {sinkParameters} from '../samples/relay-parameters.ts';
import {type ReceivingServer, startReceivingServer} from '../servers/receiving-server.ts';
import {names, Pipeline} from './pipeline-under-test.ts';

let server: ReceivingServer;
let pipeline: Pipeline;
beforeAll(async () => {
  server = await startReceivingServer();
  pipeline = await Pipeline.start(sinkParameters(server));
});
beforeEach(() => {
  server.received.length = 0;
});
afterEach(() => pipeline.cloud.faults.clear());
afterAll(async () => {
  await pipeline.stop();
  await server.close();
});

const sendTo = (domain: string, count: number) =>
  pipeline.send(
    ...Array.from({length: count}, (_, index) =>
      mailTo(`user${index}@${domain}`, {mime: textOf(index), queues: {results: null}}),
    ),
  );

/** How long after a time each message came, in order. A slow machine makes this longer, never shorter. */
const delaysSince = (startMs: number) =>
  server.received.map(({atMs}) => atMs - startMs).toSorted((a, b) => a - b);

const timeOf = (line: Record<string, unknown>) => Date.parse(String(line.timestamp));

test('a queue gets no more than its rate, whatever its lanes, and each message in one attempt', async () => {
  await pipeline.set({'capacity/slow.example': '{"connections": 3, "messagesPerMinute": 600}'});
  const startMs = Date.now();
  await sendTo('slow.example', 60);
  const results = await pipeline.take(names.results.success, 60);
  expect(server.received).toHaveLength(60);
  // Ten at once, then ten a second.
  for (const [index, delayMs] of delaysSince(startMs).entries())
    expect(delayMs).toBeGreaterThanOrEqual(100 * (index - 9));
  expect(results.map(({relayq}) => relayq.attempts)).toEqual(Array(60).fill(1));
  expect(results.flatMap(({results: entries}) => entries)).toHaveLength(60);
  // Each came back once, at its slot, and did not ask for another.
  const held = pipeline.logged('message held: its queue is over its rate');
  const heldIds = new Set(held.map(({id}) => id));
  expect(heldIds.size).toBe(held.length);
  // The slots of the others had come by the time that the last message was first seen.
  const atOnce = pipeline.logged('attempt').filter(({id}) => !heldIds.has(id));
  const seenMs = Math.max(...[...held, ...atOnce].map(timeOf)) - startMs;
  expect(atOnce.length).toBeLessThanOrEqual(10 + seenMs / 100);
  expect(JSON.stringify(results)).not.toContain('"slot"');
  expect(pipeline.cloud.services.dynamodb.itemsOf(names.state)).toMatchObject([{id: {S: 'slow.example'}}]);
});

test('a queue without a rate never asks for slots', async () => {
  await pipeline.set({'capacity/slow.example': '{"connections": 3, "messagesPerMinute": 600}'});
  const calls: unknown[] = [];
  const {dynamodb: tables} = pipeline.cloud.services;
  const find = tables.table.bind(tables);
  tables.table = (...call) => {
    if (call[0] === names.state) calls.push(call);
    return find(...call);
  };
  await sendTo('fast.example', 30);
  await pipeline.take(names.results.success, 30);
  expect(calls).toEqual([]);
  await sendTo('slow.example', 1);
  await pipeline.take(names.results.success, 1);
  expect(calls).not.toEqual([]);
  tables.table = find;
});

test('while DynamoDB fails, each environment keeps to its share of the rate, and mail goes on', async () => {
  await pipeline.set({'capacity/slow.example': '{"connections": 2, "messagesPerMinute": 1200}'});
  pipeline.cloud.faults.add({fault: 'unavailable', service: 'dynamodb'});
  const startMs = Date.now();
  await sendTo('slow.example', 30);
  await pipeline.take(names.results.success, 30);
  expect(server.received).toHaveLength(30);
  const message = 'DynamoDB fails: until it answers, each environment keeps to its share of the rates';
  const complaints = pipeline.logged(message);
  expect(complaints.length).toBeGreaterThanOrEqual(1);
  expect(complaints.length).toBeLessThanOrEqual(3);
  // Each environment sends ten a second, and the first at once.
  for (const [index, delayMs] of delaysSince(startMs).entries())
    expect(delayMs).toBeGreaterThanOrEqual(100 * ((index + 1) / complaints.length - 1));
  expect(complaints[0]).toMatchObject({level: 'error', error: expect.stringContaining('ServiceUnavailable')});
});
