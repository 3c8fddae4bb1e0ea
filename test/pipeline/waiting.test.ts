// Where mail waits, and that it goes on from there with its past.

import {SendMessageCommand} from '@aws-sdk/client-sqs';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {utcTimeOf} from '../../shared/utc-time.ts';
import {mailTo} from '../samples/mail.ts';
import {sinkParameters} from '../samples/relay-parameters.ts';
import {type ScriptedServer, startScriptedServer} from '../servers/scripted-server.ts';
import {shortWindows} from './clocked.ts';
import {names, Pipeline} from './pipeline-under-test.ts';

let server: ScriptedServer;
let pipeline: Pipeline;

beforeAll(async () => {
  server = await startScriptedServer();
  pipeline = await Pipeline.start(sinkParameters(server), {
    overrides: shortWindows,
  });
});
afterAll(async () => {
  await pipeline.stop();
  await server.close();
});

test.each([
  ['waiting-soon', 50, names.waitingSoon],
  ['waiting', 120, names.waiting],
  ['waiting', 86_000, names.waiting],
])('mail waits in %s when it is due in %i s', async (_, seconds, queue) => {
  const delayed = () => pipeline.cloud.sqs.queue(queue).counts.delayed;
  const before = delayed();
  const nextattempt = {time: utcTimeOf(Date.now() + seconds * 1000)};
  await pipeline.send(mailTo('to@later.example', {nextattempt}));
  await pipeline.until(() => delayed() === before + 1);
});

test.each([names.waiting, names.waitingSoon])('what was put onto %s goes on with its past', async queue => {
  const relayq = {id: `of-${queue}`, arrived: utcTimeOf(Date.now() - 3_600_000), attempts: 2, hops: 1};
  const MessageBody = JSON.stringify(mailTo('to@example.org', {relayq}));
  await pipeline.sqs.send(new SendMessageCommand({QueueUrl: pipeline.cloud.queueUrlOf(queue), MessageBody}));
  expect(await pipeline.result()).toMatchObject({fate: 'accepted', relayq: {...relayq, attempts: 3}});
});
