import {setTimeout as delay} from 'node:timers/promises';
import {SMTPServer} from 'smtp-server';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {names, Pipeline} from './pipeline-under-test.ts';

/** A server that takes its time, and knows how many connections it had at once, and who came in what order. */
function startCountingServer() {
  const counts = {open: 0, most: 0, awaited: 1};
  const received = new Map<string, number[]>();
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    authOptional: true,
    disableReverseLookup: true,
    onConnect: (_, done) => {
      counts.open += 1;
      counts.most = Math.max(counts.most, counts.open);
      done();
    },
    onClose: () => {
      counts.open -= 1;
    },
    onData: (stream, session, done) => {
      let text = '';
      stream.on('data', chunk => {
        text += chunk;
      });
      stream.on('end', async () => {
        // Until so many have come at a time as should: some take longer to come.
        while (counts.most < counts.awaited) await delay(5);
        await delay(20);
        const recipient = session.envelope.rcptTo[0]!.address;
        received.set(recipient, [
          ...(received.get(recipient) ?? []),
          Number(/^Subject: (\d+)/m.exec(text)![1]),
        ]);
        done();
      });
    },
  });
  return {server, counts, received};
}

const {server, counts, received} = startCountingServer();
let pipeline: Pipeline;
beforeAll(async () => {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const {port} = server.server.address() as {port: number};
  pipeline = await Pipeline.start({'smtp-sink-ip': '127.0.0.1', 'smtp-sink-port': String(port)});
});
afterAll(async () => {
  await pipeline.stop();
  await new Promise<void>(resolve => server.close(resolve));
});

test.each([1, 3])(
  'a queue with a capacity of %i has so many connections under load, and never more',
  async connections => {
    received.clear();
    counts.most = 0;
    counts.awaited = connections;
    await pipeline.set({'capacity/busy.example': JSON.stringify({connections})});
    const messages = Array.from({length: 90}, (_, index) => ({
      envelope: 'from@example.com',
      recipient: `user${index % 9}@busy.example`,
      mime: `Subject: ${index}\r\n\r\nbody\r\n`,
      queues: {results: null},
    }));
    await pipeline.send(...messages);
    await pipeline.take(names.results.success, messages.length);
    expect(counts.most).toBe(connections);
    expect([...received.values()].flat()).toHaveLength(messages.length);
  },
);

test('nothing is lost when the number of lanes changes while messages wait', async () => {
  received.clear();
  await pipeline.set({'capacity/busy.example': '{"connections": 4}'});
  const messageOf = (index: number) => ({
    envelope: 'from@example.com',
    recipient: `user${index % 9}@busy.example`,
    mime: `Subject: ${index}\r\n\r\nbody\r\n`,
    queues: {results: null},
  });
  await pipeline.send(...Array.from({length: 40}, (_, index) => messageOf(index)));
  await pipeline.set({'capacity/busy.example': '{"connections": 2}'});
  await pipeline.send(...Array.from({length: 40}, (_, index) => messageOf(40 + index)));
  await pipeline.take(names.results.success, 80);
  const subjects = [...received.values()].flat().sort((a, b) => a - b);
  expect(subjects).toEqual(Array.from({length: 80}, (_, index) => index));
});
