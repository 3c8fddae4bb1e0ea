import {describe, expect, test} from 'vitest';
import {Troubles} from '../../../../functions/deliver/pace/troubles.ts';
import {type Failure, factFailure} from '../../../../shared/smtp/failure.ts';

const lost: Failure = {stage: 'connect', result: 'lost', description: ''};
const full = factFailure('intro', 'server-full', '');

/** For how many seconds a target is down after each of so many failures, each as soon as it is tried again. */
function backOffs(failures: number): number[] {
  const troubles = new Troubles();
  let now = 0;
  return Array.from({length: failures}, () => {
    troubles.failed('a', lost, now);
    const untilMs = troubles.untilMs('a', now) ?? now;
    const seconds = (untilMs - now) / 1000;
    now = untilMs;
    return seconds;
  });
}

test('a target goes down with the third failure in a row, and for longer with each further one', () => {
  expect(backOffs(10)).toEqual([0, 0, 10, 20, 40, 80, 160, 300, 300, 300]);
});

test('failures while it is down say nothing new', () => {
  const troubles = new Troubles();
  for (let n = 0; n < 20; n += 1) troubles.failed('a', lost, 0);
  expect(troubles.untilMs('a', 0)).toBe(10_000);
});

test('an answer ends the trouble of that target alone', () => {
  const troubles = new Troubles();
  for (let n = 0; n < 3; n += 1) {
    troubles.failed('a', lost, 0);
    troubles.failed('b', lost, 0);
  }
  troubles.answered('a');
  expect([troubles.untilMs('a', 0), troubles.untilMs('b', 0), troubles.untilMs('c', 0)]).toEqual([
    undefined,
    10_000,
    undefined,
  ]);
  for (let n = 0; n < 2; n += 1) troubles.failed('a', lost, 0);
  expect(troubles.untilMs('a', 0)).toBeUndefined();
});

describe('a target that is full', () => {
  test('is left alone for a moment each time, and after five minutes its messages have their attempt', () => {
    const troubles = new Troubles();
    for (let times = 0; times < 60; times += 1) {
      const now = times * 5_000;
      expect(troubles.failed('a', full, now)).toBe(now + 5_000);
      expect(troubles.untilMs('a', now)).toBe(now + 5_000);
    }
    expect(troubles.failed('a', full, 300_000)).toBeUndefined();
  });

  test('is left alone until the same time by all messages that try meanwhile', () => {
    const troubles = new Troubles();
    expect([
      troubles.failed('a', full, 0),
      troubles.failed('a', full, 1),
      troubles.failed('a', full, 4_999),
    ]).toEqual([5_000, 5_000, 5_000]);
  });

  test('may be tried by a lane that has a place there, but one that is down may not', () => {
    const troubles = new Troubles();
    troubles.failed('a', full, 0);
    for (let n = 0; n < 3; n += 1) troubles.failed('b', lost, 0);
    expect([troubles.untilMs('a', 1), troubles.untilMs('a', 1, true)]).toEqual([5_000, undefined]);
    expect([troubles.untilMs('b', 1), troubles.untilMs('b', 1, true)]).toEqual([10_000, 10_000]);
  });

  test('is no longer full when it answers', () => {
    const troubles = new Troubles();
    for (let now = 0; now < 300_000; now += 5_000) troubles.failed('a', full, now);
    troubles.answered('a');
    expect(troubles.failed('a', full, 300_000)).toBe(305_000);
  });

  test('has not failed: failures are counted from the next one on', () => {
    const troubles = new Troubles();
    troubles.failed('a', full, 0);
    troubles.failed('a', lost, 5_000);
    troubles.failed('a', lost, 5_000);
    expect(troubles.untilMs('a', 5_000)).toBeUndefined();
    troubles.failed('a', lost, 5_000);
    expect(troubles.untilMs('a', 5_000)).toBe(15_000);
  });
});
