import {expect, test} from 'vitest';
import {Sites} from '../../functions/deliver/sites.ts';

/** How long the site is down after each of so many failures, each as soon as it is tried again; in seconds. */
function backOffs(failures: number): number[] {
  const sites = new Sites();
  let now = 0;
  return Array.from({length: failures}, () => {
    sites.failed('a', now);
    const untilMs = sites.downUntil('a', now) ?? now;
    const seconds = (untilMs - now) / 1000;
    now = untilMs;
    return seconds;
  });
}

test('a site goes down with the third failure in a row, and for longer with each further one', () => {
  expect(backOffs(10)).toEqual([0, 0, 10, 20, 40, 80, 160, 300, 300, 300]);
});

test('what fails while it is down says nothing new', () => {
  const sites = new Sites();
  for (let n = 0; n < 20; n += 1) sites.failed('a', 0);
  expect(sites.downUntil('a', 0)).toBe(10_000);
});

test('an answer makes all well, and no site is another', () => {
  const sites = new Sites();
  for (let n = 0; n < 3; n += 1) {
    sites.failed('a', 0);
    sites.failed('b', 0);
  }
  sites.answered('a');
  expect([sites.downUntil('a', 0), sites.downUntil('b', 0), sites.downUntil('c', 0)]).toEqual([
    undefined,
    10_000,
    undefined,
  ]);
  for (let n = 0; n < 2; n += 1) sites.failed('a', 0);
  expect(sites.downUntil('a', 0)).toBeUndefined();
});
