// Whoever writes the parameters of a smarthost one by one, in whatever order, and whoever reads them meanwhile: a
// password is only ever in force beside the host and the port that it was written for.

import fc from 'fast-check';
import {expect, test} from 'vitest';
import {parseSettings, type Reading} from '../../../shared/settings/settings.ts';
import type {Relay} from '../../../shared/smtp/smarthost.ts';

const settleMs = 60_000;

type Kind = 'url' | 'apart' | 'open' | 'off';

/** A smarthost as its parameters say it; its host, port, user and password bear the same number. */
const versionOf = (
  number: number,
  kind: 'url' | 'apart' | 'open' | 'off',
): Readonly<Record<string, string>> => {
  const [host, port] = [`host${number}.example`, String(1000 + number)];
  if (kind === 'off') return {};
  if (kind === 'url') return {smarthost: `smtp://user${number}:pass${number}@${host}:${port}`};
  const server = {smarthost: host, 'smarthost-port': port};
  if (kind === 'open') return server;
  return {...server, 'smarthost-username': `user${number}`, 'smarthost-password': `pass${number}`};
};

interface Write {
  readonly atMs: number;
  readonly name: string;
  /** Undefined deletes it. */
  readonly value: string | undefined;
}

/** One version after the other, written in any order; less than the time to settle passes within a version. */
const writesOf = (kinds: readonly Kind[], leastRestMs: number) =>
  fc
    .array(
      fc.record({
        kind: fc.constantFrom(...kinds),
        order: fc.array(fc.nat(), {minLength: 5, maxLength: 5}),
        gaps: fc.array(fc.integer({min: 0, max: settleMs - 1}), {minLength: 5, maxLength: 5}),
        restMs: fc.integer({min: leastRestMs, max: 3 * settleMs}),
      }),
      {minLength: 2, maxLength: 6},
    )
    .map(versions => {
      const writes: Write[] = [];
      let atMs = 0;
      let present: Readonly<Record<string, string>> = {};
      for (const [number, {kind, order, gaps, restMs}] of versions.entries()) {
        const next = versionOf(number, kind);
        const names = new Set([...Object.keys(present), ...Object.keys(next)]);
        const changed = [...names].filter(name => present[name] !== next[name]);
        const turns = changed.map((name, at) => ({name, turn: order[at]!})).sort((a, b) => a.turn - b.turn);
        for (const [at, {name}] of turns.entries()) {
          atMs += gaps[at]!;
          writes.push({atMs, name, value: next[name]});
        }
        present = next;
        atMs += restMs;
      }
      return writes;
    });

const waits = fc.array(fc.integer({min: 1, max: settleMs}), {minLength: 5, maxLength: 60});

/** The smarthost that is in force at each reading. */
function* smarthosts(writes: readonly Write[], startMs: number, waitsMs: readonly number[]) {
  let reading: Reading | undefined;
  let nowMs = startMs;
  for (const waitMs of waitsMs) {
    const stored = new Map<string, {readonly value: string; readonly modifiedMs: number}>();
    for (const {atMs, name, value} of writes) {
      if (atMs > nowMs) break;
      if (value === undefined) stored.delete(name);
      else stored.set(name, {value, modifiedMs: atMs});
    }
    const parameters = [...stored].map(([name, parameter]) => ({name, ...parameter}));
    reading = parseSettings(parameters, reading, {nowMs, settleMs, nextMs: nowMs + settleMs});
    yield reading.settings.smarthost;
    nowMs += waitMs;
  }
}

function isWhole({hosts: [host], port, credentials}: Relay): boolean {
  const number = Number(/\d+/.exec(host!)![0]);
  const {username, password} = credentials ?? {};
  return port === 1000 + number && username === `user${number}` && password === `pass${number}`;
}

test.each<[string, readonly Kind[], number, number]>([
  // Nobody can see that a port was deleted who has not read it: so each version lasts until it is.
  ['to a reader from the beginning', ['url', 'apart', 'open', 'off'], settleMs, 0],
  ['to a reader from any time on', ['apart', 'open'], 0, 500_000],
])('no password is in force beside another server: %s', (_, kinds, leastRestMs, latestMs) => {
  fc.assert(
    fc.property(writesOf(kinds, leastRestMs), fc.nat(latestMs), waits, (writes, startMs, waitsMs) => {
      for (const smarthost of smarthosts(writes, startMs, waitsMs))
        if (smarthost?.credentials) expect(smarthost).toSatisfy(isWhole);
    }),
    {numRuns: 1000},
  );
});
