import {expect, test} from 'vitest';
import {TestClock} from '../../local/clock.ts';

test('a clock that is put forward stops at each task, in the order of their times, until it is over', async () => {
  const clock = new TestClock();
  const startMs = clock.now();
  const seen: [string, number][] = [];
  const note = (name: string) => async () => {
    await Promise.resolve();
    seen.push([name, Math.round((clock.now() - startMs) / 60_000)]);
  };
  clock.at(startMs + 600_000, note('later'));
  clock.at(startMs + 120_000, async () => {
    await note('first')();
    clock.at(startMs + 240_000, note('asked for on the way'));
  });
  clock.at(startMs + 180_000, note('taken back'))();
  await clock.forward(300_000);
  expect(seen).toEqual([
    ['first', 2],
    ['asked for on the way', 4],
  ]);
  expect(Math.round((clock.now() - startMs) / 60_000)).toBe(5);
  await clock.forward(300_000);
  expect(seen.at(-1)).toEqual(['later', 10]);
});
