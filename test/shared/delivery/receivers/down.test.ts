import {describe, expect, test} from 'vitest';
import {stateOf} from '../../../../shared/delivery/receivers/change-line.ts';
import {claimed, type Entry} from '../../../../shared/delivery/receivers/entry.ts';
import {lookAgainMs} from '../../../../shared/delivery/receivers/placement.ts';
import {domain, dueS, entryAfter, second, smarthost, startMs} from './entry-under-test.ts';

describe('a receiver is down', () => {
  test('after three failures without a success between them', () => {
    expect(stateOf(entryAfter('fail 0, fail 1'))).toBe('up');
    expect(stateOf(entryAfter('fail 0, fail 1, fail 2'))).toBe('down');
    expect(stateOf(entryAfter('fail 0, fail 1, answer 1, fail 2'))).toBe('up');
    // A success that this environment saw, and no other one knows of.
    expect(stateOf(entryAfter('fail 0, fail 1, fail 3 success 2'))).toBe('up');
  });

  test.each([
    ['a domain', domain, [10, 20, 40, 80, 160, 300, 300]],
    ['the smarthost', smarthost, [5, 8, 8, 8]],
  ])('and is probed after ever longer times: %s', (_, treatment, backOffs) => {
    let events = 'fail 0, fail 0, fail 0';
    let lastS = 0;
    for (const backOff of backOffs) {
      const entry = entryAfter(events, treatment);
      expect(dueS(entry)).toBe(lastS + backOff);
      lastS = dueS(entry);
      events += `, claim ${lastS}, fail ${lastS}`;
    }
  });

  test('and is not made worse by what was on its way when it began', () => {
    const down = entryAfter('fail 0, fail 0, fail 0');
    expect(entryAfter('fail 0, fail 0, fail 0, fail 5')).toEqual(down);
  });

  test('where three senders are put off at MAIL, and not where one is', () => {
    const put = (...senders: string[]) =>
      entryAfter(senders.map((sender, n) => `fail ${n} sender ${sender}`).join(', '));
    expect(stateOf(put('a', 'a', 'a', 'a'))).toBe('up');
    expect(stateOf(put('a', 'b', 'a', 'b'))).toBe('up');
    expect(stateOf(put('a', 'b', 'a', 'c'))).toBe('down');
  });

  test('until it answers', () => {
    expect(entryAfter('fail 0, fail 0, fail 0, claim 10, answer 10')).toBeUndefined();
  });
});

describe('a probe', () => {
  const down = 'fail 0, fail 0, fail 0';
  const claimedAt = (entry: Entry | undefined, atS: number) =>
    claimed(entry!, {nowMs: startMs + atS * second, treatment: domain}) !== undefined;

  test('is claimed by one, when it is due', () => {
    expect(claimedAt(entryAfter(down), 9)).toBe(false);
    expect(claimedAt(entryAfter(down), 10)).toBe(true);
    expect(claimedAt(entryAfter(`${down}, claim 10`), 11)).toBe(false);
  });

  test('is claimed anew when nothing was heard of it', () => {
    expect(claimedAt(entryAfter(`${down}, claim 10`), 70)).toBe(true);
  });

  test('is looked for again by those who wait', () => {
    const lookS = (entry: Entry | undefined, atS: number) =>
      (lookAgainMs(entry!, startMs + atS * second) - startMs) / second;
    expect(lookS(entryAfter(down), 3)).toBe(10);
    expect(lookS(entryAfter(`${down}, claim 10`), 12)).toBe(17);
    // Nobody has it: soon.
    expect(lookS(entryAfter(down), 12)).toBe(13);
  });
});
