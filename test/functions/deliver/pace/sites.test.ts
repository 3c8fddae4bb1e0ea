import {describe, expect, test} from 'vitest';
import {Sites} from '../../../../functions/deliver/pace/sites.ts';

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

describe('a site that is full', () => {
  test('is left alone for a moment each time, and after five minutes counts as any that fails', () => {
    const sites = new Sites();
    for (let times = 0; times < 60; times += 1) {
      const now = times * 5_000;
      expect(sites.full('a', now)).toBe(now + 5_000);
      expect(sites.downUntil('a', now)).toBe(now + 5_000);
    }
    expect(sites.full('a', 300_000)).toBeUndefined();
  });

  test('is told alike to all who try meanwhile', () => {
    const sites = new Sites();
    expect([sites.full('a', 0), sites.full('a', 1), sites.full('a', 4_999)]).toEqual([5_000, 5_000, 5_000]);
  });

  test('is none for who has a place there, but one that is down is', () => {
    const sites = new Sites();
    sites.full('a', 0);
    for (let n = 0; n < 3; n += 1) sites.failed('b', 0);
    expect([sites.downUntil('a', 1), sites.downUntil('a', 1, true)]).toEqual([5_000, undefined]);
    expect([sites.downUntil('b', 1), sites.downUntil('b', 1, true)]).toEqual([10_000, 10_000]);
  });

  test('is well again when it answers', () => {
    const sites = new Sites();
    for (let now = 0; now < 300_000; now += 5_000) sites.full('a', now);
    sites.answered('a');
    expect(sites.full('a', 300_000)).toBe(305_000);
  });

  test('has not failed: others that do are counted from the first', () => {
    const sites = new Sites();
    sites.full('a', 0);
    sites.failed('a', 5_000);
    sites.failed('a', 5_000);
    expect(sites.downUntil('a', 5_000)).toBeUndefined();
    sites.failed('a', 5_000);
    expect(sites.downUntil('a', 5_000)).toBe(15_000);
  });
});
