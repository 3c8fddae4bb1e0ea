import {expect, test} from 'vitest';
import {nextRoundOf} from '../../../shared/delivery/next-round.ts';

const unreadable = (body: string) =>
  nextRoundOf({fate: 'unreadable', id: 'r', lane: 'x', body, reason: 'why'})!;

test('what deliver could not read goes to route under another deduplication ID, so that SQS does not drop it', () => {
  const body = '{"mime": 1.50, "new": {"a": [1]}, "relayq": {"id": "i", "attempts": 2, "hops": 3}}';
  const next = unreadable(body);
  expect(next).toMatchObject({to: 'waitingSoon', delaySeconds: 0});
  expect(next.body).toContain('1.50');
  expect(JSON.parse(next.body)).toEqual({
    mime: 1.5,
    new: {a: [1]},
    relayq: {id: 'i', attempts: 2, hops: 4},
  });
});

test.each([
  '',
  '{',
  'null',
  '[]',
  '{}',
  '{"relayq": 1}',
  '{"relayq": {"hops": "3"}}',
  `${'['.repeat(200_000)}`,
])('%.40s has no tracking, and stays as it is', body => expect(unreadable(body).body).toBe(body));
