import {describe, expect, test} from 'vitest';
import {
  expiredBecause,
  expiryOf,
  nextAttemptOf,
  retryHintOf,
  retryIntervalOf,
} from '../../../shared/delivery/schedule.ts';
import type {Message} from '../../../shared/message/message.ts';
import {at, message, now, settings} from '../../samples/messages.ts';

const tried = (attempts: number, mail: Message): Message => ({
  ...mail,
  tracking: {...mail.tracking, attempts},
});

test('the whole schedule of the default settings, until the message has been tried for long enough', () => {
  const [mail, stage] = [message(), settings()];
  const rows: string[] = [];
  for (let attempts = 1, time = now; ; attempts++) {
    time = nextAttemptOf(tried(attempts, mail), stage, time);
    if (expiredBecause(tried(attempts, mail), stage, time) !== undefined) break;
    rows.push(`${attempts + 1} at ${(time - now) / 1000}`);
  }
  expect(rows).toEqual(
    [
      600, 1200, 3000, 4800, 8400, 12000, 19200, 26400, 33600, 40800, 48000, 55200, 62400, 69600, 76800,
      84000,
    ].map((seconds, index) => `${index + 2} at ${seconds}`),
  );
});

test.each([
  [[5, 60, 600], 0, 5],
  [[5, 60, 600], 1, 5],
  [[5, 60, 600], 2, 60],
  [[5, 60, 600], 3, 600],
  [[5, 60, 600], 1000, 600],
  [[0], 3, 0],
  [[], 1, 0],
])('with intervals %j the wait after attempt %i is %i s', (intervals, attempts, seconds) => {
  expect(retryIntervalOf(intervals, attempts)).toBe(seconds);
});

test('a message’s own retries replace the settings’', () => {
  const stage = settings({'retry-interval': '10,20'});
  expect(nextAttemptOf(tried(2, message({retries: '7'})), stage, now)).toBe(now + 7000);
  expect(nextAttemptOf(tried(2, message()), stage, now)).toBe(now + 20_000);
});

describe('expiry', () => {
  const stage = settings({'max-delivertime': '3600', 'max-attempts': '3'});
  const own = '2030-01-01 12:10:00';

  test('is the message’s own time, else the setting’s from its arrival', () => {
    expect(expiryOf(message(), stage)).toBe(now + 3_600_000);
    expect(expiryOf(message({maxdelivertime: own}), stage)).toBe(at(own));
  });

  const time = 'maxdelivertime: no time left for another attempt';
  test.each([
    [{}, 2, 3_599_999, undefined],
    [{}, 2, 3_600_000, time],
    [{}, 3, 0, 'maxattempts: 3 of 3 made'],
    [{}, 4, 0, 'maxattempts: 4 of 3 made'],
    [{maxattempts: 4}, 3, 0, undefined],
    [{maxattempts: 1}, 1, 0, 'maxattempts: 1 of 1 made'],
    [{maxdelivertime: own}, 0, 599_999, undefined],
    [{maxdelivertime: own}, 0, 600_000, time],
    [{maxdelivertime: '2030-01-02 00:00:00'}, 0, 3_600_000, undefined],
  ])('%j, %i attempts made, the next one due after %i ms: %s', (properties, attempts, ms, reason) => {
    expect(expiredBecause(tried(attempts, message(properties)), stage, now + ms)).toBe(reason);
  });

  test('comes with no number of attempts when they are unlimited', () => {
    expect(expiredBecause(tried(1_000_000, message()), settings(), now)).toBeUndefined();
  });
});

test.each([
  ['4.7.1 Greylisted, please try again in 300 seconds', 300],
  ['Greylisting in action, please come back in 00:04:59', undefined],
  ['try again later', undefined],
  ['Please retry after 5 minutes.', 300],
  ['4.2.0 graylisted for 1 hour', 3600],
  ['wait 90s', 90],
  ['wait 1 minute', 60],
  ['retry in 1 second', 1],
  ['too many connections (10 seconds)', undefined],
  ['Try again. It took 20 seconds', undefined],
])('%j asks to wait for %s s', (text, seconds) => {
  expect(retryHintOf({code: 451, text})).toBe(seconds);
  expect(retryHintOf({code: 499, text})).toBe(seconds);
  expect(retryHintOf({code: 500, text})).toBeUndefined();
});

test.each([
  [300, 600, 300],
  [5, 600, 30],
  [5, 10, 10],
  [86_400, 600, 3600],
  [86_400, 7200, 7200],
  [undefined, 600, 600],
])('asked for %s s where the interval is %i s, the next attempt is in %i s', (asked, interval, seconds) => {
  const next = nextAttemptOf(tried(1, message({retries: [interval]})), settings(), now, asked);
  expect(next).toBe(now + seconds * 1000);
});
