// Servers that are slow or down: no transaction begins that cannot end in time, and no message uses up its attempts
// on a server that takes none.

import {setTimeout as delay} from 'node:timers/promises';
import {type TestContext, test} from 'vitest';
import {mailTo, textOf} from '../samples/mail.ts';
import {sinkParameters} from '../samples/relay-parameters.ts';
import {startReceivingServer} from '../servers/receiving-server.ts';
import {startScriptedServer} from '../servers/scripted-server.ts';
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
  const server = await startReceivingServer({beforeTaking: () => delay(1200)});
  context.onTestFinished(() => server.close());
  const pipeline = await start(context, server, {
    overrides: ({functions, queues}) => {
      for (const each of functions) {
        each.timeoutS = 6;
        // Each invocation then logs how it ended.
        each.logging.systemLevel = 'INFO';
      }
      // A message that came again only after its visibility timeout would come too late for this test.
      for (const {name, attributes} of queues)
        if (name === names.delivery) attributes.VisibilityTimeout = '60';
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

test.concurrent('few messages try a server that takes nobody, the others wait without an attempt, and all are sent when it is back', async context => {
  const {expect} = context;
  let isBack = false;
  let refused = 0;
  const server = await startScriptedServer({
    connect: () => {
      if (isBack) return '220 scripted.example ESMTP';
      refused += 1;
      return 'drop';
    },
  });
  context.onTestFinished(() => server.close());
  const pipeline = await start(context, server);
  const startMs = Date.now();
  await pipeline.send(...Array.from({length: 30}, (_, index) => messageOf(index)));
  const heldOf = () => pipeline.logged('message held: its next hop is down').length;
  await pipeline.until(() => heldOf() >= 25);
  // At most every ten seconds a message probes it.
  const probes = Math.floor((Date.now() - startMs) / 10_000);
  expect(refused).toBeLessThanOrEqual(6 + probes);
  isBack = true;
  const results = await pipeline.take(names.results.success, 30);
  expect(results.filter(result => attemptsOf(result) === 1).length).toBeGreaterThanOrEqual(30 - refused);
  expect(server.texts).toHaveLength(30);
});
