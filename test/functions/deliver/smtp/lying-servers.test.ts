// Servers that offer CHUNKING, and lie. No octet of a text may be read as a command, and every message arrives once
// (sendAll sees to both).

import {afterEach, expect, test} from 'vitest';
import {Connections} from '../../../../functions/deliver/pace/connections.ts';
import type {ChunkingScript, Saying} from '../../../servers/chunking-server.ts';
import {done, endLanes} from '../lane-under-test.ts';
import {flying, names, sendAll, sentByBdat, sentByData, serve} from './flights-under-test.ts';

afterEach(endLanes);

const toProbe =
  (reply: string): Saying =>
  ({verb, line}) =>
    verb === 'BDAT' && line === 'BDAT 0 LAST' ? reply : undefined;

interface Lie extends ChunkingScript {
  readonly lie: string;
  /** How many connections six messages take. */
  readonly connections: number;
}

const lies: readonly Lie[] = [
  {lie: 'does not know BDAT', knowsBdat: false, connections: 1},
  {lie: 'says 502 to it', knowsBdat: false, says: toProbe('502 5.5.1 not implemented'), connections: 1},
  {lie: 'says 250 to it', knowsBdat: false, says: toProbe('250 ok'), connections: 2},
  {lie: 'says 250 to it, and knows it', says: toProbe('250 ok'), connections: 2},
  {lie: 'says 354 to it', knowsBdat: false, says: toProbe('354 go on'), connections: 2},
  {lie: 'says 550 to it', knowsBdat: false, says: toProbe('550 5.7.1 no'), connections: 2},
  {lie: 'says nothing to it', knowsBdat: false, says: toProbe(''), connections: 2},
  {
    lie: 'says nothing to it, and refuses the recipient',
    knowsBdat: false,
    says: spoken =>
      spoken.connection === 1 && spoken.verb === 'RCPT' ? '550 5.1.1 who?' : toProbe('')(spoken),
    connections: 2,
  },
  {lie: 'answers it by no reply at all', knowsBdat: false, says: toProbe('what?'), connections: 2},
  {lie: 'answers it twice', knowsBdat: false, says: toProbe('500 what?\r\n500 what is 0?'), connections: 2},
  {lie: 'answers it twice, by 503', knowsBdat: false, says: toProbe('503 no\r\n503 no'), connections: 2},
  {
    lie: 'answers it twice, by 503 and 250',
    knowsBdat: false,
    says: toProbe('503 no\r\n250 ok'),
    connections: 2,
  },
  {
    lie: 'answers it twice, by 503 and 354',
    knowsBdat: false,
    says: toProbe('503 no\r\n354 go'),
    connections: 2,
  },
  {lie: 'says 421 to it', knowsBdat: false, says: toProbe('421 4.7.0 go away'), connections: 2},
  {lie: 'drops the connection for it', knowsBdat: false, says: toProbe('drop'), connections: 2},
];

test.each(lies)('a server that $lie gets its mail by DATA', async ({connections, ...script}) => {
  const server = await serve(script);
  const known = new Connections(Date.now);
  expect(await sendAll(server, names(6), flying(), known)).toEqual(names(6).map(() => done));
  expect(sentByBdat(server)).toBe(0);
  expect(sentByData(server)).toBeGreaterThanOrEqual(6);
  expect(server.connections()).toBe(connections);
  // A server that made no sense is not asked again by this environment. One that said no is, at no cost.
  const before = server.commands.length;
  const later = names(3).map(name => `later-${name}`);
  expect(await sendAll(server, later, flying(), known)).toEqual(later.map(() => done));
  const asked = server.commands.slice(before).filter(line => line.startsWith('BDAT'));
  expect(asked.length > 0).toBe(connections === 1);
});

test('a server that never answers the probe, nor anything behind it, is not asked the next time', async () => {
  const known = new Connections(Date.now);
  let isDeaf = false;
  const server = await serve({
    says: ({verb, connection}) => {
      isDeaf ||= verb === 'BDAT';
      return isDeaf && connection === 1 ? '' : undefined;
    },
  });
  const hasty = {...flying(), patience: {beforeTextMs: 200}};
  const outcomes = await sendAll(server, ['a'], hasty, known);
  expect(outcomes).toEqual([{ok: false, stage: 'mailfrom', result: 'timeout', code: undefined}]);
  expect(await sendAll(server, ['b'], hasty, known)).toEqual([done]);
  expect(server.commands.filter(line => line.startsWith('BDAT'))).toHaveLength(1);
});

test('a first message that is refused leaves the question open, and the next one asks it', async () => {
  const server = await serve({
    says: ({verb, line}) => (verb === 'RCPT' && line.includes('<m0@') ? '550 5.1.1 who?' : undefined),
  });
  const outcomes = await sendAll(server, names(8));
  expect(outcomes[0]).toMatchObject({stage: 'rcptto', code: 550});
  expect(outcomes.slice(1)).toEqual(names(7).map(() => done));
  expect(sentByBdat(server)).toBeGreaterThan(4);
  expect(server.connections()).toBe(1);
});
