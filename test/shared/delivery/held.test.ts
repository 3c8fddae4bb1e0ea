import {describe, expect, test} from 'vitest';
import {heldFateOf, passedDues, steeringOf, sweepReason} from '../../../shared/delivery/held.ts';
import {readingOf} from '../settings/settings-under-test.ts';

const dayMs = 86_400_000;
const now = Date.UTC(2026, 10, 30, 12);
const hold = {kind: 'hold', untilMs: now + dayMs, heldUntilMs: now + dayMs} as const;

describe('held mail', () => {
  test.each([
    ['that nothing stops', undefined, 0, 1, 'released'],
    ['whose time is over', {kind: 'end', fate: 'expired', entry: {}}, 0, 1, 'released'],
    ['that waits for less than an hour', {kind: 'hold', untilMs: now}, 0, 1, 'released'],
    ['that is paused', hold, 9 * dayMs, 499, 'stays'],
    ['that SQS would delete in four days', hold, 10 * dayMs, 1, 'sent again'],
    ['that was received half as often as SQS allows', hold, 0, 500, 'sent again'],
    ['that is old and free', undefined, 13 * dayMs, 999, 'released'],
  ])('%s', (_, stop, ageMs, receives, fate) =>
    expect(heldFateOf(stop as Parameters<typeof heldFateOf>[0], {sentMs: now - ageMs, receives}, now)).toBe(
      fate,
    ),
  );
});

describe('all of it is looked at', () => {
  const settled = {
    sweptMs: now - 3_600_000,
    begunMs: undefined,
    inForceMs: now - 2 * dayMs,
    duesMs: [now + 1],
  };
  test.each([
    ['for the first time', {sweptMs: undefined}, 'there was none before'],
    ['when the last sweep was broken off', {begunMs: now - 1}, 'the last sweep did not come to its end'],
    ['when what holds it has changed', {inForceMs: now}, 'what holds mail has changed'],
    [
      'once more, two minutes after that',
      {inForceMs: now - 3_600_000 - 119_999},
      'what holds mail has changed',
    ],
    ['when some is due', {duesMs: [now - 60_000]}, 'some of it is due'],
    ['once a day', {sweptMs: now - dayMs}, 'the last sweep was a day ago'],
  ])('%s', (_, changes, reason) => expect(sweepReason({...settled, ...changes}, now)).toBe(reason));

  test.each([
    ['where nothing has changed', {}],
    ['where the last look came after all have heard of the change', {inForceMs: now - 3_600_000 - 120_000}],
    ['where what is due may be on its way still', {duesMs: [now - 59_999]}],
  ])('but not %s', (_, changes) => expect(sweepReason({...settled, ...changes}, now)).toBeUndefined());

  test('times that are over are those of a minute ago', () =>
    expect(passedDues([now - 60_001, now - 60_000, now - 59_999, now], now)).toEqual([
      now - 60_001,
      now - 60_000,
    ]));
});

describe('what holds mail', () => {
  const pause = (more: object) => ({'pauses/x': JSON.stringify({reason: 'r', all: true, ...more})});
  const of = (parameters: Record<string, string>, ms = now) => steeringOf(readingOf(parameters).settings, ms);
  test('changes with a pause, an error, a window, a next hop, and the time that mail has', () => {
    const error = {'errors/x': JSON.stringify({reason: 'r', all: true, code: 550})};
    const window = {'windows/default': '{"from": "09:00", "to": "17:00", "timezone": "UTC"}'};
    const all = [
      {},
      pause({}),
      pause({reason: 's'}),
      error,
      window,
      {smarthost: 'a.example'},
      {'smtp-sink-ip': '192.0.2.1'},
    ];
    const texts = [...all, {'max-delivertime': '60'}].map(each => of(each as Record<string, string>));
    expect(new Set(texts).size).toBe(texts.length);
  });

  test('changes when a pause is over, or a window opens, by itself', () => {
    const short = pause({expire: '2026-11-30 13:00:00'});
    expect(of(short)).not.toBe(of(short, now + 3_600_000));
    expect(of(short, now + 3_600_000)).toBe(of({}));
    const window = {'windows/default': '{"from": "13:00", "to": "17:00", "timezone": "UTC"}'};
    expect(of(window)).not.toBe(of(window, now + 3_600_000));
  });

  test('does not change with what holds nothing, nor with credentials', () => {
    expect(of({'retry-interval': '7'})).toBe(of({}));
    const url = (password: string) => ({'smarthost-url': `smtp://user:${password}@a.example`});
    expect(of(url('one'))).toBe(of(url('two')));
    expect(of(pause({}), now + dayMs)).toBe(of(pause({})));
  });
});
