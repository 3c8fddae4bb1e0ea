// A gate may close while a server is being found: it is asked once more before each transaction.

import {afterEach, expect, test} from 'vitest';
import type {Stop} from '../../../shared/delivery/gate.ts';
import {type ScriptedServer, startScriptedServer} from '../../servers/scripted-server.ts';
import {rawAttempt} from './attempt-under-test.ts';
import {laneOf} from './lane-under-test.ts';

const paused: Stop = {kind: 'hold', untilMs: 1, cause: 'paused by pauses/x'};

let server: ScriptedServer;
afterEach(() => server.close());

test('a message that is paused meanwhile says nothing of its transaction, and leaves its connection to the next one', async () => {
  server = await startScriptedServer();
  const lane = laneOf();
  const stopped = await rawAttempt(server, {lane, stopOf: async () => paused});
  expect(stopped).toEqual({kind: 'stopped', stop: paused});
  const next = await rawAttempt(server, {lane});
  expect(next).toMatchObject({kind: 'attempted', ok: true, messages: 1});
  await lane.close();
  expect(
    server.commands.filter(command => /^(?:EHLO|MAIL)/.test(command)).map(each => each.slice(0, 4)),
  ).toEqual(['EHLO', 'MAIL']);
});

test('a pause counts before the next host too', async () => {
  server = await startScriptedServer({MAIL: () => '451 4.3.0 not now'});
  let asked = 0;
  const outcome = await rawAttempt(server, {
    hosts: ['127.0.0.1', 'localhost'],
    stopOf: async () => (asked++ === 0 ? undefined : paused),
  });
  expect(outcome).toEqual({kind: 'stopped', stop: paused});
});
