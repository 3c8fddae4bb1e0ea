import {describe, expect, it} from 'vitest';
import {median, ratioOf, rotated} from '../../bench/statistics.ts';

describe('the figure of several runs', () => {
  it('is the median, or the mean of the two in the middle', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([10, 1, 4, 2])).toBe(3);
    expect(median([7])).toBe(7);
    expect(() => median([])).toThrow(RangeError);
  });

  it('compares neighbours, so that a slow minute of the machine changes nothing', () => {
    // The machine is half as fast in the second run; the ratio of the medians would be 100 to 60.
    expect(ratioOf([100, 50, 100], [50, 25, 60])).toBe(2);
    expect(() => ratioOf([1, 2], [1])).toThrow('2 runs beside 1');
  });

  it('lets another one go first in each run', () => {
    const all = ['a', 'b', 'c'];
    expect([0, 1, 2, 3].map(run => rotated(all, run).join(''))).toEqual(['abc', 'bca', 'cab', 'abc']);
    expect(rotated([], 3)).toEqual([]);
  });
});
