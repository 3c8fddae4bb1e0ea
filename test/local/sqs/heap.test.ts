import fc from 'fast-check';
import {expect, test} from 'vitest';
import {Heap} from '../../../local/sqs/heap.ts';

test('the lowest rank comes first, whatever is added and taken out', () => {
  const step = fc.oneof(
    fc.record({add: fc.integer({min: 0, max: 20})}),
    fc.record({remove: fc.nat()}),
    fc.constant('pop' as const),
  );
  fc.assert(
    fc.property(fc.array(step, {maxLength: 100}), steps => {
      const heap = new Heap<{rank: number}>(item => item.rank);
      const model = new Set<{rank: number}>();
      const lowest = () => Math.min(...[...model].map(({rank}) => rank));
      for (const each of steps) {
        if (each === 'pop') {
          const popped = heap.pop();
          expect(popped?.rank ?? Number.POSITIVE_INFINITY).toBe(lowest());
          if (popped) model.delete(popped);
        } else if ('add' in each) {
          const item = {rank: each.add};
          heap.push(item);
          model.add(item);
        } else {
          const item = [...model][each.remove % Math.max(model.size, 1)];
          if (item) expect(heap.remove(item)).toBe(model.delete(item));
          if (item) expect(heap.remove(item)).toBe(false);
        }
        expect(heap.size).toBe(model.size);
        expect(heap.peek()?.rank ?? Number.POSITIVE_INFINITY).toBe(lowest());
        for (const item of model) expect(heap.has(item)).toBe(true);
      }
    }),
  );
});
