// Lambda freezes an environment between batches. What a server says meanwhile is in the socket when it thaws, and all
// timers are over by then.

import {once} from 'node:events';
import net from 'node:net';
import {Worker} from 'node:worker_threads';
import {afterEach, expect, test} from 'vitest';
import {Connections} from '../../../../functions/deliver/pace/connections.ts';
import {Conversation} from '../../../../functions/deliver/smtp/conversation.ts';
import type {ChunkingServer} from '../../../servers/chunking-server.ts';
import {beginAll, done, endLanes, laneOf, running, targetOf} from '../lane-under-test.ts';
import {flying, names, serveFlight, textOf} from './flights-under-test.ts';

afterEach(endLanes);

/** Another thread: this one does nothing while it is frozen. It answers whatever it gets, and then raises the flag. */
const answering = `
  const {createServer} = require('node:net');
  const {parentPort, workerData: flag} = require('node:worker_threads');
  const raise = () => {
    Atomics.store(flag, 0, 1);
    Atomics.notify(flag, 0);
  };
  const server = createServer(socket => socket.on('data', () => socket.write('250 2.0.0 ok\\r\\n', raise)));
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;

test('a reply that came while the process was frozen is no late one', async () => {
  const flag = new Int32Array(new SharedArrayBuffer(4));
  const server = new Worker(answering, {eval: true, workerData: flag});
  running.push({close: () => server.terminate()});
  const [port] = (await once(server, 'message')) as [number];
  const socket = net.connect(port, '127.0.0.1');
  running.push({close: () => socket.destroy()});
  await once(socket, 'connect');
  const conversation = new Conversation(socket, {deadlineMs: Date.now() + 50, now: Date.now}, []);
  const answer = conversation.command('mailfrom', 'RSET');
  Atomics.wait(flag, 0, 0);
  const never = new Int32Array(new SharedArrayBuffer(4));
  Atomics.wait(never, 0, 0, 100);
  expect(await answer).toMatchObject({ok: true, reply: {code: 250}});
});

const kept = {...flying(), capacity: {...flying().capacity, idleSeconds: 60}};

/** Sends a flight that has a RSET behind its last text. */
async function sendFlight(connections: Connections, reply: string) {
  const server: ChunkingServer = await serveFlight({
    says: ({verb}) => (verb === 'RSET' && server.texts.includes(textOf('m9')) ? reply : undefined),
  });
  const lane = laneOf(connections);
  const target = targetOf(server);
  expect(await beginAll(lane, target, names(10), kept)).toEqual(names(10).map(() => done));
  await expect.poll(() => server.texts.length === 10 && server.commands.at(-1)).toBe('RSET');
  return {server, lane, sendOne: () => beginAll(laneOf(connections), target, ['next'], kept)};
}

test('a connection is left to the next batch when nothing is owed any more', async () => {
  const {server, lane, sendOne} = await sendFlight(new Connections(Date.now), 'hold:');
  const order: string[] = [];
  const closed = lane.close().then(() => order.push('closed'));
  await new Promise(resolve => setImmediate(resolve));
  order.push('released');
  server.release();
  await closed;
  expect(order).toEqual(['released', 'closed']);
  expect(await sendOne()).toEqual([done]);
  expect(server.connections()).toBe(1);
});

test('a server that never answers the last RSET loses its connection', async () => {
  const {server, lane, sendOne} = await sendFlight(new Connections(Date.now), '');
  await lane.close();
  expect(await sendOne()).toEqual([done]);
  expect(server.connections()).toBe(2);
});
