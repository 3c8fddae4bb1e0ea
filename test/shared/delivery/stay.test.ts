import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {delaySecondsOf, stayOf} from '../../../shared/delivery/stay.ts';

const gridMs = 30_000;
/** On the grid. */
const now = Date.UTC(2030, 0, 1, 12);
/** How long something waits that is due in `ms`. */
const stayFor = (ms: number, slotMs: number | null, nowMs = now) =>
  stayOf({untilMs: nowMs + ms, slotMs}, nowMs);

describe('a stay of less than a minute, or for a slot, is to the second', () => {
  test.each([
    [0, 0],
    [-5000, 0],
    [1, 1],
    [1000, 1],
    [1001, 2],
    [59_000, 59],
  ])('due in %i ms: %i s', (ms, delaySeconds) => {
    for (const slotMs of [null, now + ms])
      expect(stayFor(ms, slotMs)).toEqual({to: 'waitingSoon', delaySeconds});
    expect(stayOf({untilMs: now + ms}, now)).toEqual({to: 'waitingSoon', delaySeconds});
  });

  test.each([
    [59_001, 60],
    [300_500, 301],
    [899_001, 900],
    [900_001, 900],
    [86_400_000, 900],
  ])('with its slot in %i ms: %i s', (ms, delaySeconds) => {
    expect(stayFor(ms, now + ms)).toEqual({to: 'waitingSoon', delaySeconds});
  });
});

describe('a longer stay ends on the grid', () => {
  test.each([
    [0, 59_001, 60],
    [0, 60_000, 60],
    [0, 60_001, 90],
    [0, 600_000, 600],
    [0, 600_001, 630],
    [1, 600_000, 630],
    [29_000, 600_000, 601],
    [29_999, 600_000, 601],
    [0, 900_000, 900],
    [0, 86_400_000, 900],
    // What is due after the last point that can be reached waits once more.
    [1, 899_999, 900],
    [1, 900_000, 900],
    [15_500, 890_000, 885],
    [29_000, 86_400_000, 871],
  ])('%i ms after a point, due in %i ms: %i s', (afterMs, ms, delaySeconds) => {
    expect(stayFor(ms, null, now + afterMs)).toEqual({to: 'waiting', delaySeconds});
  });

  test('many messages fall due together, however they came', () => {
    const dues = Array.from({length: 900}, (_, second) => {
      const sentMs = now + second * 1000 + 345;
      return sentMs + stayFor(3_600_000, null, sentMs).delaySeconds * 1000;
    });
    const points = dues.map(dueMs => Math.floor(dueMs / gridMs));
    expect(new Set(points).size).toBe(30);
    // As soon after a point as whole seconds allow.
    expect(new Set(dues.map(dueMs => dueMs % gridMs))).toEqual(new Set([345]));
  });

  test('and a message that was routed soon after a point waits for 15 minutes each time', () => {
    for (const afterMs of [0, 1, 1000, 19_999, 29_999]) {
      const {delaySeconds} = stayFor(3_600_000, null, now + afterMs);
      expect(Math.floor((now + afterMs + delaySeconds * 1000) / gridMs) * gridMs).toBe(now + 900_000);
    }
  });
});

const anyTime = fc.integer({min: 0, max: 4e12});
const anyWait = fc.integer({min: -1e9, max: 1e11});

test('a stay is one that SQS takes; it never ends too early unless another one follows, nor over half a minute late', () => {
  fc.assert(
    fc.property(anyTime, anyWait, fc.boolean(), (nowMs, ms, hasSlot) => {
      const {to, delaySeconds} = stayFor(ms, hasSlot ? nowMs + ms : null, nowMs);
      expect(Number.isInteger(delaySeconds) && delaySeconds >= 0 && delaySeconds <= 900).toBe(true);
      const lateMs = delaySeconds * 1000 - ms;
      expect(lateMs >= 0 || delaySeconds >= 870).toBe(true);
      const mostLateMs = to === 'waiting' ? gridMs + 1000 : 1000;
      expect(ms < 0 || lateMs < mostLateMs).toBe(true);
      if (to === 'waitingSoon') expect(delaySeconds).toBe(delaySecondsOf(nowMs + ms, nowMs));
      else expect(delaySeconds).toBeGreaterThanOrEqual(60);
    }),
  );
});
