// What the lines of batches add up to.

import {expect, test} from 'vitest';
import type {ReceiverActivity} from '../../../shared/delivery/batch-line.ts';
import {Activity} from '../../../shared/overview/activity.ts';

const startMs = 1_800_000_000_000;
const second = 1_000;
const minute = 60 * second;

type Line = readonly [atMs: number, name: 'route' | 'deliver', activity: ReceiverActivity];

function summaryAfter(lines: readonly Line[], nowMs: number, forgetMs = 0) {
  const activity = new Activity();
  for (const [atMs, name, each] of lines)
    activity.add({function: name, receivers: new Map([['a.example', each]])}, startMs + atMs);
  if (forgetMs > 0) activity.forgetBefore(startMs + forgetMs);
  return activity.summaries(startMs + nowMs).get('a.example');
}
const backAt = (ms: number) => (startMs + ms) / second;

test('what went in and has not come out is inside', () => {
  const lines: Line[] = [
    [0, 'route', {routed: 5}],
    [1, 'deliver', {accepted: 1, deferred: 1, error: '450 later', waits: {[backAt(minute)]: 1}}],
  ];
  expect(summaryAfter(lines, 2)).toEqual({
    counts: {accepted: 1, deferred: 1, bounced: 0, expired: 0, held: 0},
    inside: 3,
    outside: 1,
    lastError: '450 later',
  });
});

test('what waits is outside until it comes back, and is not counted twice', () => {
  const deferred: Line = [0, 'deliver', {deferred: 1, waits: {[backAt(minute)]: 1}, next: backAt(minute)}];
  expect(summaryAfter([deferred], 59 * second)).toMatchObject({outside: 1, nextMs: startMs + minute});
  expect(summaryAfter([deferred], 61 * second)).toMatchObject({outside: 0});
  const again: Line = [minute, 'route', {waits: {[backAt(2 * minute)]: 1}, next: backAt(9 * minute)}];
  const both = summaryAfter([deferred, again], minute + second);
  expect(both).toMatchObject({outside: 1, nextMs: startMs + 9 * minute});
});

test('what route holds has not been inside', () => {
  const held: Line = [
    0,
    'route',
    {held: 2, cause: 'its queue is over its rate', waits: {[backAt(minute)]: 2}},
  ];
  expect(summaryAfter([held], second)).toMatchObject({
    inside: 0,
    outside: 2,
    cause: 'its queue is over its rate',
  });
});

test('the log may begin in the middle: less than nothing is nothing', () => {
  expect(summaryAfter([[0, 'deliver', {accepted: 3}]], second)).toMatchObject({inside: 0});
});

test('the order in which lines are read does not count', () => {
  const lines: Line[] = [
    [0, 'deliver', {held: 1, cause: 'old', waits: {[backAt(minute)]: 1}}],
    [second, 'deliver', {deferred: 1, error: 'older', waits: {[backAt(minute)]: 1}, next: backAt(minute)}],
    [
      2 * second,
      'deliver',
      {deferred: 1, error: 'new', waits: {[backAt(minute)]: 1}, next: backAt(2 * minute)},
    ],
    [3 * second, 'route', {waits: {[backAt(minute)]: 1}, next: backAt(9 * minute)}],
  ];
  const seen = summaryAfter(lines, 4 * second);
  expect(seen).toMatchObject({lastError: 'new', outside: 4, nextMs: startMs + minute});
  expect(seen).not.toHaveProperty('cause');
  expect(summaryAfter(lines.toReversed(), 4 * second)).toEqual(seen);
});

test('what is old is forgotten', () => {
  expect(summaryAfter([[0, 'deliver', {accepted: 3}]], 5 * minute, 4 * minute)).toBeUndefined();
});
