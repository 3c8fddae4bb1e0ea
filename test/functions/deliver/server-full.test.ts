// An attempt at a server that has no room for another connection.

import {afterEach, describe, expect, test} from 'vitest';
import {Sites} from '../../../functions/deliver/pace/sites.ts';
import {type AttemptWith, plainEhlo, rawAttempt, serveTwo} from './attempt-under-test.ts';
import {endLanes, serve} from './lane-under-test.ts';

afterEach(endLanes);

describe('a server that is full', () => {
  const full = {connect: '421 4.7.0 too many connections'};
  const outcomeAt = async (server: {readonly port: number}, more: AttemptWith = {}) =>
    rawAttempt(server, {withinMs: 400, ...more});

  test('uses up no attempt, and is no failure of the site', async () => {
    const sites = new Sites();
    const held = await outcomeAt(await serve(full), {sites});
    expect(held).toMatchObject({heldUntilMs: expect.any(Number), full: {fact: 'server-full'}});
  });

  test('is passed over where another one takes the message', async () => {
    const {one, ...pair} = await serveTwo(full);
    // At once: there is time enough to ask it again.
    expect(await outcomeAt(pair, {...pair, withinMs: 10_000})).toMatchObject({
      accepted: true,
      passed: [expect.stringContaining('no room for another connection')],
    });
    expect(one.connections()).toBe(1);
  });

  test('is waited for where the other one is down, but not where the other one has refused the message', async () => {
    for (const [script, expected] of [
      [{connect: 'drop'}, {heldUntilMs: expect.any(Number)}],
      [{RCPT: '450 4.2.1 greylisted'}, {accepted: false, failure: {stage: 'rcptto'}}],
      [{RCPT: '550 5.1.1 unknown'}, {accepted: false, verdict: {fate: 'bounced'}}],
    ] as const) {
      const pair = await serveTwo(full, {EHLO: plainEhlo, ...script});
      expect(await outcomeAt(pair, pair)).toMatchObject(expected);
    }
  });
});
