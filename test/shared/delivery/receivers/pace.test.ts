import {describe, expect, test} from 'vitest';
import {stateOf} from '../../../../shared/delivery/receivers/change-line.ts';
import {paced} from '../../../../shared/delivery/receivers/entry.ts';
import {second, startMs} from './entry-under-test.ts';

describe('the pace of a receiver', () => {
  const event = (atS: number, ageS: number, perMinute = 60) => ({
    nowMs: startMs + atS * second,
    perMinute,
    ageMs: ageS * second,
    agedMs: 120 * second,
  });

  test('is noted while its mail is old, every ten seconds', () => {
    expect(paced('example.org', undefined, event(0, 60))).toBeUndefined();
    const entry = paced('example.org', undefined, event(0, 130))!;
    expect(entry.pace).toEqual({perMinute: 60, ageMs: 130_000, atMs: startMs, oldMs: startMs});
    expect(paced('example.org', entry, event(5, 140, 20))).toBe(entry);
    expect(paced('example.org', entry, event(10, 140, 20))!.pace!.perMinute).toBe(40);
  });

  test('is forgotten when its mail has been fresh for five minutes, as the rest of it may wait outside', () => {
    const entry = paced('example.org', undefined, event(0, 130))!;
    const fresh = paced('example.org', entry, event(20, 3))!;
    expect(fresh.pace).toMatchObject({ageMs: 3_000, oldMs: startMs});
    expect(paced('example.org', fresh, event(299, 3))).toBeDefined();
    expect(paced('example.org', fresh, event(300, 3))).toBeUndefined();
  });

  test('leaves a receiver up', () => {
    expect(stateOf(paced('example.org', undefined, event(0, 130)))).toBe('up');
  });
});
