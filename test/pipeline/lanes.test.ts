// A queue has as many connections as its capacity says, and lanes may be added and taken away while messages wait.

import {setTimeout as delay} from 'node:timers/promises';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {mailTo, textOf} from '../samples/mail.ts';
import {sinkParameters} from '../samples/relay-parameters.ts';
import {type ReceivingServer, startReceivingServer} from '../servers/receiving-server.ts';
import {names, Pipeline} from './pipeline-under-test.ts';

/** Connections at a time: now, at most, and how many the server waits for before it takes a message. */
const counts = {open: 0, most: 0, awaited: 1};
/** The subjects that each recipient was sent, in order. */
const received = new Map<string, number[]>();
let server: ReceivingServer;
let pipeline: Pipeline;
beforeAll(async () => {
  server = await startReceivingServer({
    onConnect: (_, done) => {
      counts.open += 1;
      counts.most = Math.max(counts.most, counts.open);
      done();
    },
    onClose: () => {
      counts.open -= 1;
    },
    beforeTaking: async ({to: [recipient = ''], subject}) => {
      // Some connections take longer to come than others.
      while (counts.most < counts.awaited) await delay(5);
      await delay(20);
      received.set(recipient, [...(received.get(recipient) ?? []), Number(subject)]);
    },
  });
  pipeline = await Pipeline.start(sinkParameters(server));
});
afterAll(async () => {
  await pipeline.stop();
  await server.close();
});

const messageOf = (index: number) =>
  mailTo(`user${index % 9}@busy.example`, {mime: textOf(index), queues: {results: null}});

test.each([1, 3])(
  'a queue with a capacity of %i has that many connections under load, and never more',
  async connections => {
    received.clear();
    counts.most = 0;
    counts.awaited = connections;
    await pipeline.set({'capacity/busy.example': JSON.stringify({connections})});
    const messages = Array.from({length: 90}, (_, index) => messageOf(index));
    await pipeline.send(...messages);
    await pipeline.take(names.results.success, messages.length);
    expect(counts.most).toBe(connections);
    expect([...received.values()].flat()).toHaveLength(messages.length);
  },
);

test('nothing is lost when the number of lanes changes while messages wait', async () => {
  received.clear();
  await pipeline.set({'capacity/busy.example': '{"connections": 4}'});
  await pipeline.send(...Array.from({length: 40}, (_, index) => messageOf(index)));
  await pipeline.set({'capacity/busy.example': '{"connections": 2}'});
  await pipeline.send(...Array.from({length: 40}, (_, index) => messageOf(40 + index)));
  await pipeline.take(names.results.success, 80);
  const subjects = [...received.values()].flat().sort((a, b) => a - b);
  expect(subjects).toEqual(Array.from({length: 80}, (_, index) => index));
});
