// Servers that are slow or down: no transaction begins that cannot end in time, and no message uses up its attempts
// on a server that takes none.

import type net from 'node:net';
import {setTimeout as delay} from 'node:timers/promises';
import {type TestContext, test} from 'vitest';
import {mailTo, textOf} from '../samples/mail.ts';
import {sinkParameters} from '../samples/relay-parameters.ts';
import {startLineServer} from '../servers/line-server.ts';
import {startReceivingServer} from '../servers/receiving-server.ts';
import {names, Pipeline, type Result} from './pipeline-under-test.ts';

type Running = Pick<TestContext, 'onTestFinished'>;

async function start(
  {onTestFinished}: Running,
  server: {readonly port: number},
  overrides: Parameters<typeof Pipeline.start>[1] = {},
): Promise<Pipeline> {
  const settings = {...sinkParameters(server), 'capacity/default': '{"connections": 1}'};
  const pipeline = await Pipeline.start(settings, overrides);
  onTestFinished(() => pipeline.stop());
  return pipeline;
}

const messageOf = (number: number) =>
  mailTo('user@slow.example', {mime: textOf(number), number, retries: [1], queues: {results: null}});

const attemptsOf = ({relayq}: Result) => relayq.attempts;

// They mostly wait, so they run at the same time.
test.concurrent('the rest of a batch that a slow server makes too long comes again at once, in order, and no attempt is lost', async context => {
  const {expect} = context;
  const server = await startReceivingServer({beforeTaking: () => delay(6_000)});
  context.onTestFinished(() => server.close());
  const pipeline = await start(context, server, {
    overrides: ({functions, queues}) => {
      for (const each of functions) {
        // A tenth of it is there for settling: enough on a busy machine too.
        each.timeoutS = 30;
        // Each invocation then logs how it ended.
        each.logging.systemLevel = 'INFO';
      }
      // A message that came again only after its visibility timeout would come too late for this test.
      for (const {name, attributes} of queues)
        if (name === names.delivery) attributes.VisibilityTimeout = '600';
    },
  });
  await pipeline.send(...Array.from({length: 10}, (_, index) => messageOf(index)));
  const results = await pipeline.take(names.results.success, 10);
  await pipeline.idle();
  const order = pipeline.logged('attempt').map(({id}) => id);
  const subjects = server.received.map(({subject}) => subject);
  expect(results.map(attemptsOf)).toEqual(Array(10).fill(1));
  expect(new Set(subjects).size).toBe(10);
  expect(subjects).toHaveLength(10);
  expect(new Set(order).size).toBe(10);
  const reports = pipeline.reports();
  expect(reports.map(({status}) => status)).toEqual(reports.map(() => 'success'));
  expect(reports.length).toBeGreaterThan(2);
});

test.concurrent('few messages try a server that takes nobody, the others stay in their lanes but for one probe, and all are sent when it is back', async context => {
  const {expect} = context;
  let isBack = false;
  const greeted: net.Socket[] = [];
  const server = await startLineServer({
    says: (line, _, {socket}) => {
      if (line !== '') return undefined;
      if (!isBack) socket.destroy();
      else greeted.push(socket);
      return '';
    },
  });
  context.onTestFinished(() => server.close());
  const pipeline = await start(context, server);
  await pipeline.set({'capacity/default': '{"connections": 3}'});
  const rounds = [names.waiting, names.waitingSoon].map(queue =>
    pipeline.cloud.faults.add({
      fault: 'delay',
      ms: 0,
      function: names.deliver,
      operation: 'SendMessageBatch',
      queue,
    }),
  );
  await pipeline.send(
    ...Array.from({length: 30}, (_, index) => ({
      ...messageOf(index),
      recipient: `user${index}@slow.example`,
    })),
  );
  const hidden = () => pipeline.logged('lane hidden: its receiver is down');
  await pipeline.until(() => new Set(hidden().map(({lane}) => lane)).size === 3);
  await pipeline.idle();
  isBack = true;
  // It lets its guest wait, so that others would come to it meanwhile.
  const before = hidden().length;
  await pipeline.until(() => greeted.length > 0 && hidden().length >= before + 2);
  expect(server.open()).toBe(1);
  const tried = server.connections() - 1;
  while (server.lines.filter(line => line === '.').length < 30) {
    for (const socket of greeted.splice(0)) socket.write('220 line.example\r\n');
    await delay(5);
  }
  const results = await pipeline.take(names.results.success, 30);
  // Three failures are no chance. What was on its way beside them failed too.
  expect(tried).toBeGreaterThanOrEqual(3);
  expect(tried).toBeLessThanOrEqual(5);
  expect(results.map(attemptsOf).sort()).toEqual([...Array(30 - tried).fill(1), ...Array(tried).fill(2)]);
  expect(rounds.reduce((sum, {fired}) => sum + fired, 0)).toBeLessThanOrEqual(tried);
});
