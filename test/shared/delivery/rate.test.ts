import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {
  earliestSlotOf,
  horizonMs,
  rateOf,
  reserve,
  shareOf,
  spanOf,
  stateOfSlot,
  waitsOf,
} from '../../../shared/delivery/rate.ts';
import {now} from '../../samples/messages.ts';

const rate = (messagesPerMinute: number) => rateOf({messagesPerMinute})!;
const rates = fc.integer({min: 1, max: 100_000}).map(rate);
/** Batches: how much later each comes than the one before, and how many messages it has. */
const batches = fc.array(fc.record({laterMs: fc.nat({max: 30_000}), count: fc.integer({min: 1, max: 10})}), {
  minLength: 1,
  maxLength: 60,
});
type Batches = readonly {readonly laterMs: number; readonly count: number}[];

/** When the messages of all batches go, each at once or at its slot. */
function sentTimes(given: Batches, of: ReturnType<typeof rate>): number[] {
  let [nextMs, nowMs]: [number | undefined, number] = [undefined, now];
  const times: number[] = [];
  for (const {laterMs, count} of given) {
    nowMs += laterMs;
    const reserved = reserve(nextMs, count, of, nowMs);
    nextMs = reserved?.nextMs ?? nextMs;
    if (reserved === undefined) continue;
    for (const wait of waitsOf(reserved.slots, count, of, nowMs)) times.push(wait?.slotMs ?? nowMs);
  }
  return times.sort((a, b) => a - b);
}

describe('a rate', () => {
  test.each([
    [undefined, undefined],
    [0, undefined],
    [1, {intervalMs: 60_000, burst: 1}],
    [60, {intervalMs: 1000, burst: 1}],
    [90, {intervalMs: 2000 / 3, burst: 2}],
    [600, {intervalMs: 100, burst: 10}],
  ])('of %j messages a minute is %j', (messagesPerMinute, expected) => {
    expect(rateOf(messagesPerMinute === undefined ? {} : {messagesPerMinute})).toEqual(expected);
  });

  test('is kept in every stretch of time, but for one burst', () => {
    fc.assert(
      fc.property(batches, rates, (given, of) => {
        const times = sentTimes(given, of);
        for (const [first, from] of times.entries()) {
          // A millisecond for what floating point loses of the epoch's.
          for (const [index, until] of times.slice(first).entries())
            expect(index + 1).toBeLessThanOrEqual((until - from + 1) / of.intervalMs + of.burst);
        }
      }),
    );
  });

  test('is used up: a queue under load has no slot empty', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({min: 1, max: 10}), {minLength: 1, maxLength: 30}),
        rates,
        (counts, of) => {
          const slots: number[] = [];
          let nextMs: number | undefined;
          for (const count of counts) {
            const reserved = reserve(nextMs, count, of, now);
            if (reserved === undefined) break;
            nextMs = reserved.nextMs;
            slots.push(
              ...Array.from({length: count}, (_, index) => reserved.slots.firstMs + index * of.intervalMs),
            );
          }
          expect(slots[0]).toBe(earliestSlotOf(of, now));
          for (const [index, slot] of slots.entries())
            expect(Math.abs(slot - (slots[0]! + index * of.intervalMs))).toBeLessThan(0.5);
        },
      ),
    );
  });

  test('lets a queue at rest have its burst at once, and what is above it wait', () => {
    const reserved = reserve(now - 3_600_000, 15, rate(600), now)!;
    const waits = waitsOf(reserved.slots, 15, rate(600), now);
    expect(waits.filter(wait => wait === undefined)).toHaveLength(10);
    expect(waits.at(-1)).toEqual({untilMs: now + 500, slotMs: now + 500});
  });

  test('gives no slots beyond the horizon: those who get none ask again', () => {
    expect(reserve(now + horizonMs, 1, rate(60), now)).toBeDefined();
    expect(reserve(now + horizonMs + 1, 1, rate(60), now)).toBeUndefined();
    expect(waitsOf(undefined, 2, rate(60), now)).toEqual([
      {untilMs: now + horizonMs},
      {untilMs: now + horizonMs},
    ]);
  });

  test('is not exceeded by any number of shares together', () => {
    fc.assert(
      fc.property(rates, fc.integer({min: 1, max: 1000}), (of, parts) => {
        const share = shareOf(of, parts);
        expect(parts / share.intervalMs).toBeCloseTo(1 / of.intervalMs);
        expect(share.burst).toBe(1);
      }),
    );
  });

  test('moves the next slot by what the slots take, as a decimal number', () => {
    expect(spanOf(rate(600), 3)).toBe(300);
    expect(spanOf(rate(7), 1)).toBe(8571.429);
  });
});

test.each([
  [undefined, 'none'],
  [now + 1, 'ahead'],
  [now, 'due'],
  [now - 30_000, 'due'],
  [now - 30_001, 'none'],
])('a slot at %s is %s', (slotMs, state) => {
  expect(stateOfSlot(slotMs, now)).toBe(state);
});
