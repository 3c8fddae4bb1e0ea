// Servers that are slow, and servers that are down: no transaction begins that cannot end, and no message is spent on
// a server that takes none.

import net from 'node:net';
import {setTimeout as delay} from 'node:timers/promises';
import {SMTPServer} from 'smtp-server';
import {type TestContext, test} from 'vitest';
import {startScriptedServer} from '../servers/scripted-server.ts';
import {names, Pipeline, type Result} from './pipeline-under-test.ts';

type Running = Pick<TestContext, 'onTestFinished'>;

async function start(
  {onTestFinished}: Running,
  port: number,
  overrides: Parameters<typeof Pipeline.start>[1] = {},
): Promise<Pipeline> {
  const settings = {
    'smtp-sink-ip': '127.0.0.1',
    'smtp-sink-port': String(port),
    'capacity/default': '{"connections": 1}',
  };
  const pipeline = await Pipeline.start(settings, overrides);
  onTestFinished(() => pipeline.stop());
  return pipeline;
}

const messageOf = (number: number) => ({
  envelope: 'from@example.com',
  recipient: 'user@slow.example',
  mime: `Subject: ${number}\r\n\r\nbody\r\n`,
  number,
  retries: [1],
  queues: {results: null},
});

const attemptsOf = (result: Result) => (result.relayq as {attempts: number}).attempts;

// Most of what they do is waiting.
test.concurrent('a batch that a slow server makes too long is cut: the rest comes again at once, in order, and no attempt is lost', async context => {
  const {expect} = context;
  const subjects: number[] = [];
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    authOptional: true,
    onData: (stream, _, done) => {
      let text = '';
      stream.on('data', chunk => {
        text += chunk;
      });
      stream.on('end', async () => {
        await delay(1200);
        subjects.push(Number(/^Subject: (\d+)/m.exec(text)![1]));
        done();
      });
    },
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  context.onTestFinished(() => new Promise<void>(resolve => server.close(resolve)));
  const pipeline = await start(context, (server.server.address() as net.AddressInfo).port, {
    overrides: ({functions, queues}) => {
      for (const each of functions) {
        each.timeoutS = 6;
        // Each invocation then says how it has ended.
        each.logging.systemLevel = 'INFO';
      }
      // Whatever came again by its visibility timeout would come too late for this test.
      for (const {name, attributes} of queues)
        if (name === names.delivery) attributes.VisibilityTimeout = '60';
    },
  });
  await pipeline.send(...Array.from({length: 10}, (_, index) => messageOf(index)));
  const results = await pipeline.take(names.results.success, 10);
  await pipeline.idle();
  const order = pipeline.logged('attempt').map(({id}) => id);
  expect(results.map(attemptsOf)).toEqual(Array(10).fill(1));
  expect(new Set(subjects).size).toBe(10);
  expect(subjects).toHaveLength(10);
  expect(new Set(order).size).toBe(10);
  const reports = pipeline.logLines
    .filter(line => line.includes('platform.report'))
    .map(line => JSON.parse(line).record);
  expect(reports.map(({status}) => status)).toEqual(reports.map(() => 'success'));
  expect(reports.length).toBeGreaterThan(2);
});

test.concurrent('a server that takes nobody is tried by few, the others wait without an attempt, and all is sent when it is back', async context => {
  const {expect} = context;
  const server = await startScriptedServer();
  let isBack = false;
  let refused = 0;
  const front = net.createServer(socket => {
    socket.on('error', () => {});
    if (isBack) {
      const behind = net.connect(server.port, '127.0.0.1').on('error', () => {});
      socket.pipe(behind).pipe(socket);
      return;
    }
    refused += 1;
    socket.destroy();
  });
  await new Promise<void>(resolve => front.listen(0, '127.0.0.1', resolve));
  context.onTestFinished(async () => {
    await server.close();
    await new Promise(resolve => front.close(resolve));
  });
  const pipeline = await start(context, (front.address() as net.AddressInfo).port);
  const startMs = Date.now();
  await pipeline.send(...Array.from({length: 30}, (_, index) => messageOf(index)));
  const heldOf = () => pipeline.logged('message held: its next hop is down').length;
  await pipeline.until(() => heldOf() >= 25);
  // A message probes it every ten seconds at most.
  const probes = Math.floor((Date.now() - startMs) / 10_000);
  expect(refused).toBeLessThanOrEqual(6 + probes);
  isBack = true;
  const results = await pipeline.take(names.results.success, 30);
  expect(results.filter(result => attemptsOf(result) === 1).length).toBeGreaterThanOrEqual(30 - refused);
  expect(server.texts).toHaveLength(30);
});
