import fc from 'fast-check';
import {expect, test} from 'vitest';
import {parseUtcTime, utcTimeOf} from '../../shared/utc-time.ts';

test.each([
  ['1970-01-01 00:00:00', 0],
  ['2030-01-01 12:00:00', Date.UTC(2030, 0, 1, 12)],
  ['2028-02-29 23:59:59', Date.UTC(2028, 1, 29, 23, 59, 59)],
  ['9999-12-31 23:59:59', Date.UTC(9999, 11, 31, 23, 59, 59)],
])('%s is a time', (text, ms) => {
  expect(parseUtcTime(text)).toBe(ms);
  expect(utcTimeOf(ms)).toBe(text);
});

test.each([
  '',
  '2030-01-01',
  '2030-01-01T12:00:00',
  '2030-01-01 12:00:00Z',
  ' 2030-01-01 12:00:00',
  '2030-01-01 12:00:00\n',
  '2030-1-1 12:00:00',
  '2029-02-29 00:00:00',
  '2030-04-31 00:00:00',
  '2030-13-01 00:00:00',
  '2030-00-01 00:00:00',
  '2030-01-01 24:00:00',
  '2030-01-01 00:60:00',
  '2030-01-01 00:00:60',
  '+02030-01-01 00:00:00',
])('%j is no time', text => {
  expect(parseUtcTime(text)).toBeUndefined();
});

test('a time is written to the second, and reads back', () => {
  const years = {min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true};
  fc.assert(
    fc.property(fc.date(years), date => {
      expect(parseUtcTime(utcTimeOf(date.getTime()))).toBe(Math.floor(date.getTime() / 1000) * 1000);
    }),
  );
});
