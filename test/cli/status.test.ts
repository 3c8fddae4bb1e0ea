// `relayq status` on a pipeline whose servers take mail, put it off and refuse it.

import {once} from 'node:events';
import {createInterface} from 'node:readline';
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {Overview} from '../../shared/overview/overview.ts';
import {Pipeline} from '../pipeline/pipeline-under-test.ts';
import {mailTo} from '../samples/mail.ts';
import {sinkParameters} from '../samples/relay-parameters.ts';
import {recipientSays} from '../servers/recipient-says.ts';
import {type ScriptedServer, startScriptedServer} from '../servers/scripted-server.ts';
import {RelayqUnderTest} from './relayq-under-test.ts';

let cli: RelayqUnderTest;
let pipeline: Pipeline;
let server: ScriptedServer;

beforeAll(async () => {
  server = await startScriptedServer({RCPT: recipientSays()});
  pipeline = await Pipeline.start(sinkParameters(server));
  cli = await RelayqUnderTest.create(() => Number(new URL(pipeline.cloud.url).port));
});
afterAll(async () => {
  await cli.stop();
  await pipeline.stop();
  await server.close();
});

const relayq = (...args: readonly string[]) => cli.run(args);

const overview = async () => JSON.parse((await relayq('status', '--json')).stdout) as Overview;

/** As soon as it is as it must be. */
async function overviewWhen(isRight: (overview: Overview) => boolean): Promise<Overview> {
  for (;;) {
    const each = await overview();
    if (isRight(each)) return each;
  }
}
const rowOf = ({domains}: Overview, name: string) => domains.find(({queue}) => queue === name);

test('active domains are listed with what became of their mail, and why', async () => {
  await pipeline.send(mailTo('ok@fine.example'));
  await pipeline.send(mailTo('never@later.example'));
  await pipeline.send(mailTo('bounce@gone.example'));
  const seen = await overviewWhen(({domains}) => {
    const done = domains.filter(
      ({counts}) => counts && counts.accepted + counts.deferred + counts.bounced > 0,
    );
    return done.length === 3;
  });
  expect(rowOf(seen, 'fine.example')).toMatchObject({state: 'working', waiting: 0, counts: {accepted: 1}});
  expect(rowOf(seen, 'later.example')).toMatchObject({
    state: 'waiting',
    waiting: 1,
    counts: {deferred: 1},
    lastError: '451 4.7.1 greylisted',
    nextAttempt: expect.stringMatching(/^\d{4}-/),
  });
  expect(rowOf(seen, 'gone.example')).toMatchObject({
    counts: {bounced: 1},
    lastError: '550 5.1.1 no such user',
  });
  expect(seen.totals).toMatchObject({deadLetters: 0});
  const {code, stdout, stderr} = await relayq('status');
  expect(stdout).toMatch(/^later\.example +waiting +~1 .*451 4\.7\.1 greylisted$/m);
  expect({code, stderr}).toEqual({code: 0, stderr: ''});
});

test('with a smarthost there is exactly one row', async () => {
  await pipeline.set({smarthost: '127.0.0.1', 'smarthost-port': '2525'});
  const {domains, smarthost} = await overview();
  expect(smarthost).toBe('127.0.0.1');
  expect(domains.map(({queue}) => queue)).toEqual(['(smarthost)']);
});

test('top shows the same, again and again, until nobody reads it', async () => {
  const child = cli.start(['top', '--every', '1', '--json']);
  let lines = '';
  for await (const chunk of child.stdout) {
    lines += chunk;
    if (lines.split('\n').length > 2) break;
  }
  expect(JSON.parse(lines.split('\n')[1]!)).toMatchObject({version: 1, stage: 'local'});
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test('top goes on while SQS refuses, and says of when it is', async () => {
  const child = cli.start(['top', '--every', '1', '--json']);
  const shown = createInterface({input: child.stdout})[Symbol.asyncIterator]();
  const complaints = createInterface({input: child.stderr})[Symbol.asyncIterator]();
  const first = JSON.parse((await shown.next()).value!) as Overview;
  const fault = pipeline.cloud.faults.add({fault: 'refuse', operation: 'GetQueueAttributes', from: 'all'});
  expect((await complaints.next()).value).toMatch(/^this is as of \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ: ./);
  fault.remove();
  const next = JSON.parse((await shown.next()).value!) as Overview;
  expect(next.time > first.time).toBe(true);
  child.kill('SIGINT');
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test.each([
  [['status', '--stage', 'No'], 2, /stage/],
  [['top', '--every', '0'], 2, /--every/],
  [['status', '--stage', 'other', '--endpoint-url', 'http://127.0.0.1:1', '--region', 'us-east-1'], 3, /./],
])('%j ends with %i', async (args, code, problem) => {
  const ended = await relayq(...args);
  expect(ended.stderr).toMatch(problem);
  expect(ended.code).toBe(code);
});
