import {describe, expect, test} from 'vitest';
import {type DeliveryWindow, openingOf, parseWindow} from '../../../shared/message/delivery-window.ts';

const window = (from: string, to: string, timezone: string, days?: readonly string[]): DeliveryWindow => {
  const parsed = parseWindow({from, to, timezone, ...(days && {days})});
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.value;
};
/** `open`, or when it opens. */
const seenAt = (of: DeliveryWindow, time: string): string => {
  const nowMs = Date.parse(time);
  const opensMs = openingOf(of, nowMs);
  return opensMs === nowMs ? 'open' : new Date(opensMs).toISOString().replace('.000', '');
};

describe('a window', () => {
  const office = window('09:00', '17:30', 'Europe/Amsterdam', ['mon', 'tue', 'wed', 'thu', 'fri']);
  test.each([
    // 2026-06-01 is a Monday; the clocks are two hours ahead of UTC.
    ['2026-06-01T06:59:59Z', '2026-06-01T07:00:00Z'],
    ['2026-06-01T07:00:00Z', 'open'],
    ['2026-06-01T15:29:59Z', 'open'],
    ['2026-06-01T15:30:00Z', '2026-06-02T07:00:00Z'],
    ['2026-06-05T16:00:00Z', '2026-06-08T07:00:00Z'],
    ['2026-06-07T12:00:00Z', '2026-06-08T07:00:00Z'],
    // In winter they are one hour ahead.
    ['2026-12-01T07:30:00Z', '2026-12-01T08:00:00Z'],
  ])('of office hours is at %s: %s', (time, expected) => expect(seenAt(office, time)).toBe(expected));

  const night = window('22:00', '06:00', 'UTC', ['fri']);
  test.each([
    ['2026-06-05T21:59:59Z', '2026-06-05T22:00:00Z'],
    ['2026-06-05T22:00:00Z', 'open'],
    ['2026-06-06T05:59:59Z', 'open'],
    ['2026-06-06T06:00:00Z', '2026-06-12T22:00:00Z'],
    ['2026-06-06T22:30:00Z', '2026-06-12T22:00:00Z'],
  ])('that goes over midnight belongs to the day on which it opens: %s: %s', (time, expected) =>
    expect(seenAt(night, time)).toBe(expected),
  );

  test.each([
    [window('00:00', '24:00', 'UTC', ['sun']), '2026-06-07T23:59:59Z', 'open'],
    [window('00:00', '24:00', 'UTC', ['sun']), '2026-06-08T00:00:00Z', '2026-06-14T00:00:00Z'],
    [window('09:00', '09:00', 'UTC'), '2026-06-08T08:59:59Z', 'open'],
    [window('08:00', '09:00', 'Pacific/Kiritimati', ['mon']), '2026-06-07T18:00:00Z', 'open'],
    [window('08:00', '09:00', 'America/St_Johns'), '2026-06-08T10:29:59Z', '2026-06-08T10:30:00Z'],
  ])('%# whole days, and zones far from UTC', (of, time, expected) =>
    expect(seenAt(of, time)).toBe(expected),
  );
});

describe('when the clocks are put forward, at 01:00 UTC of 2026-03-29 in Amsterdam', () => {
  test.each([
    // 02:30 is skipped: it opens when the clocks show 03:00.
    ['02:30', '05:00', '2026-03-29T00:59:59Z', '2026-03-29T01:00:00Z'],
    ['02:30', '05:00', '2026-03-29T01:00:00Z', 'open'],
    ['02:30', '05:00', '2026-03-29T02:59:59Z', 'open'],
    ['02:30', '05:00', '2026-03-29T03:00:00Z', '2026-03-30T00:30:00Z'],
    // Its end is skipped: it closes then.
    ['01:00', '02:30', '2026-03-29T00:59:59Z', 'open'],
    ['01:00', '02:30', '2026-03-29T01:00:00Z', '2026-03-29T23:00:00Z'],
    // All of it is skipped: there is none that day.
    ['02:10', '02:40', '2026-03-29T00:30:00Z', '2026-03-29T01:00:00Z'],
    ['02:10', '02:40', '2026-03-29T01:00:00Z', '2026-03-30T00:10:00Z'],
    ['22:00', '06:00', '2026-03-28T21:00:00Z', 'open'],
    ['22:00', '06:00', '2026-03-29T03:59:59Z', 'open'],
    ['22:00', '06:00', '2026-03-29T04:00:00Z', '2026-03-29T20:00:00Z'],
    ['09:00', '17:00', '2026-03-29T06:59:59Z', '2026-03-29T07:00:00Z'],
  ])('%s to %s at %s: %s', (from, to, time, expected) =>
    expect(seenAt(window(from, to, 'Europe/Amsterdam'), time)).toBe(expected),
  );
});

describe('when the clocks are put back, at 01:00 UTC of 2026-10-25 in Amsterdam', () => {
  test.each([
    // 02:30 comes twice: it opens at the first one, and stays open through the second.
    ['02:30', '05:00', '2026-10-25T00:29:59Z', '2026-10-25T00:30:00Z'],
    ['02:30', '05:00', '2026-10-25T00:30:00Z', 'open'],
    ['02:30', '05:00', '2026-10-25T01:10:00Z', 'open'],
    ['02:30', '05:00', '2026-10-25T03:59:59Z', 'open'],
    ['02:30', '05:00', '2026-10-25T04:00:00Z', '2026-10-26T01:30:00Z'],
    // It closes at the first one, and does not open again.
    ['01:00', '02:30', '2026-10-25T00:29:59Z', 'open'],
    ['01:00', '02:30', '2026-10-25T00:30:00Z', '2026-10-26T00:00:00Z'],
    ['01:00', '02:30', '2026-10-25T01:15:00Z', '2026-10-26T00:00:00Z'],
    ['22:00', '06:00', '2026-10-25T04:59:59Z', 'open'],
    ['22:00', '06:00', '2026-10-25T05:00:00Z', '2026-10-25T21:00:00Z'],
    ['09:00', '17:00', '2026-10-25T07:59:59Z', '2026-10-25T08:00:00Z'],
  ])('%s to %s at %s: %s', (from, to, time, expected) =>
    expect(seenAt(window(from, to, 'Europe/Amsterdam'), time)).toBe(expected),
  );
});

test('midnight that the clocks skip opens a window with the first minute there is', () => {
  // In Beirut, 2026-03-29 begins at 01:00.
  const of = window('00:00', '03:00', 'Asia/Beirut', ['sun']);
  expect(seenAt(of, '2026-03-28T21:59:59Z')).toBe('2026-03-28T22:00:00Z');
});

describe('what is no window', () => {
  const right = {from: '09:00', to: '17:00', timezone: 'UTC'};
  test.each([
    ['text', 'must be JSON such as {"days": '],
    [[], 'must be JSON such as'],
    [{...right, day: 'mon'}, 'has an unknown member; known are days, from, to, timezone'],
    [{...right, days: 'mon'}, 'has days, which must be a list of sun, mon, tue, wed, thu, fri, sat'],
    [{...right, days: []}, 'has days, which must be a list of'],
    [{...right, days: ['Monday']}, 'has days, which must be a list of'],
    [{...right, from: '9:00'}, 'needs from, a time such as 09:00'],
    [{...right, from: '24:00'}, 'needs from, a time such as 09:00'],
    [{...right, to: '24:30'}, 'needs to, a time such as 17:30, or 24:00 for midnight'],
    [{...right, to: 1700}, 'needs to, a time'],
    [{...right, timezone: 'Mars/Olympus'}, 'needs timezone, a name such as Europe/Amsterdam or UTC'],
    [{...right, timezone: '+02:00'}, 'needs timezone'],
    [
      {},
      'needs from, a time such as 09:00; needs to, a time such as 17:30, or 24:00 for midnight; needs timezone',
    ],
  ])('%j: %s', (value, problem) => {
    const parsed = parseWindow(value);
    expect(parsed.ok ? '' : parsed.problem).toContain(problem);
  });

  test('its JSON, as a header field has it, is one', () =>
    expect(parseWindow(JSON.stringify(right)).ok).toBe(true));
});
