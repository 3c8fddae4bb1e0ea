// A MAIL that is put off: for its sender, or because the server takes no mail at all now.

import {afterEach, expect, test} from 'vitest';
import {stateOf} from '../../../shared/delivery/receivers/change-line.ts';
import {receiversOf} from '../../samples/receivers.ts';
import {settings as common, messageOf, plainEhlo, rawAttempt} from './attempt-under-test.ts';
import {endLanes, laneOf, serve} from './lane-under-test.ts';

afterEach(endLanes);

const settings = {...common, smarthost: {hosts: ['127.0.0.1'], port: 25}};
const from = (envelope: string) => messageOf({envelope});
const MAIL = (line: string) => (line.includes('good@') ? '250 2.1.0 ok' : '451 4.3.0 later');

/** What came of each of these senders' messages to the smarthost, over one lane, and what it is then. */
async function attemptsOf(...senders: readonly string[]) {
  const server = await serve({EHLO: plainEhlo, MAIL});
  const [receivers, lane] = [receiversOf(), laneOf()];
  const kinds: string[] = [];
  for (const sender of senders) {
    // Times are in milliseconds.
    await new Promise(resolve => setTimeout(resolve, 2));
    const message = from(`${sender}@example.com`);
    const outcome = await rawAttempt(server, {message, lane, receivers, settings, queue: 'fast'});
    kinds.push(outcome.kind === 'attempted' ? (outcome.ok ? 'accepted' : 'attempted') : outcome.kind);
  }
  return {kinds, state: stateOf(receivers.entryOf('(smarthost)')), connections: server.connections()};
}

test('is the smarthost’s, also on a connection that it has put off others on', async () => {
  const {kinds, state, connections} = await attemptsOf('a', 'a', 'a');
  expect(kinds).toEqual(['spared', 'spared', 'spared']);
  expect(state).toBe('down');
  expect(connections).toBe(1);
});

test('is the smarthost’s although that has taken other mail before', async () => {
  expect(await attemptsOf('good', 'a', 'b', 'c')).toMatchObject({
    kinds: ['accepted', 'spared', 'spared', 'spared'],
    state: 'down',
  });
});

test('says nothing of the smarthost where that takes other mail meanwhile', async () => {
  expect(await attemptsOf('a', 'good', 'a', 'good', 'a', 'good')).toMatchObject({state: 'up'});
});
