import {expect, test} from 'vitest';
import {batchesOf} from '../../shared/sqs-limits.ts';

test.each([
  [25, 10, [10, 10, 5]],
  [10, 104_857, [10]],
  [10, 104_858, [9, 1]],
  [3, 524_288, [2, 1]],
  [2, 1_032_192, [1, 1]],
  [0, 10, []],
])('batches of %i messages of %i octets have %j entries', (count, size, lengths) => {
  const messages = Array.from({length: count}, (_, n) => ({n, body: `${n}`.padEnd(size, '.')}));
  const batches = [...batchesOf(messages)];
  expect(batches.map(batch => batch.length)).toEqual(lengths);
  expect(batches.flat()).toEqual(messages);
});

test('batches count octets, not characters', () => {
  const body = 'ü'.repeat(300_000);
  expect([...batchesOf([{body}, {body}])]).toHaveLength(2);
});
