// An attempt at a server that has no room for another connection.

import {afterEach, describe, expect, test} from 'vitest';
import {Troubles} from '../../../functions/deliver/pace/troubles.ts';
import {type AttemptWith, plainEhlo, rawAttempt, serveTwo} from './attempt-under-test.ts';
import {endLanes, serve} from './lane-under-test.ts';

afterEach(endLanes);

describe('a server that is full', () => {
  const full = {connect: '421 4.7.0 too many connections'};
  const outcomeAt = async (server: {readonly port: number}, more: AttemptWith = {}) =>
    rawAttempt(server, {withinMs: 400, ...more});

  test('uses up no attempt, and is no failure of the target', async () => {
    const troubles = new Troubles();
    const held = await outcomeAt(await serve(full), {troubles});
    expect(held).toMatchObject({kind: 'full', untilMs: expect.any(Number), failure: {fact: 'server-full'}});
  });

  test('is passed over where another one takes the message', async () => {
    const {one, ...pair} = await serveTwo(full);
    // At once: there is time enough to ask it again.
    expect(await outcomeAt(pair, {...pair, withinMs: 10_000})).toMatchObject({
      ok: true,
      passed: [expect.stringContaining('no room for another connection')],
    });
    expect(one.connections()).toBe(1);
  });

  test('is waited for where the other one is down, but not where the other one has refused the message', async () => {
    for (const [script, expected] of [
      [{connect: 'drop'}, {kind: 'full', untilMs: expect.any(Number)}],
      [{RCPT: '450 4.2.1 greylisted'}, {ok: false, failure: {stage: 'rcptto'}}],
      [{RCPT: '550 5.1.1 unknown'}, {ok: false, failure: {stage: 'rcptto', reply: {code: 550}}}],
    ] as const) {
      const pair = await serveTwo(full, {EHLO: plainEhlo, ...script});
      expect(await outcomeAt(pair, pair)).toMatchObject(expected);
    }
  });
});
