import {expect, test} from 'vitest';
import {BoundedMap} from '../../../functions/runtime/bounded-map.ts';

test('a bounded map forgets what was set first, and setting again renews', () => {
  const map = new BoundedMap<string, number>(2);
  map.set('a', 1).set('b', 2).set('a', 3).set('c', 4);
  expect([...map]).toEqual([
    ['a', 3],
    ['c', 4],
  ]);
});
