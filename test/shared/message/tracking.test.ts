import {describe, expect, test} from 'vitest';
import {identityOf, oneMore, parseTracking, trackingProperty} from '../../../shared/message/tracking.ts';
import {at, now} from '../../samples/messages.ts';

const record = {id: 'record-1', arrivedMs: now};
const fresh = {...record, attempts: 0, holds: 0};
const before = {id: 'first', arrived: '2030-01-01 11:00:00', attempts: 2, hops: 5};
const believed = {id: 'first', arrivedMs: at(before.arrived), attempts: 2, holds: 5};

describe('from a queue of ours, tracking', () => {
  test.each([
    ['plain', before, believed],
    [
      'with a slot',
      {...before, slot: '2030-01-01 13:00:00'},
      {...believed, slotMs: at('2030-01-01 13:00:00')},
    ],
    [
      'with changes, also those of another version',
      {...before, changes: ['date-added', 'of-tomorrow', 'No word', 7]},
      {...believed, changes: ['date-added', 'of-tomorrow']},
    ],
    ['with changes that are none', {...before, changes: 'x'}, believed],
    ['with an origin', {...before, origin: 'o'}, {...believed, origin: 'o'}],
    [
      'of any age',
      {...before, arrived: '9999-12-31 23:59:59'},
      {...believed, arrivedMs: at('9999-12-31 23:59:59')},
    ],
    ['absent', undefined, fresh],
  ])('%s is believed', (_, value, expected) => {
    expect(parseTracking(value, {...record, ours: true})).toEqual({ok: true, value: expected});
  });

  test('is read back as it was written', () => {
    const tracking = {...believed, slotMs: now, origin: 'o', changes: ['seven-bit']};
    expect(parseTracking(trackingProperty(tracking), {...record, ours: true})).toEqual({
      ok: true,
      value: tracking,
    });
  });

  test.each([1, 'x', [], {}, {...before, attempts: -1}, {...before, id: 'a b'}, {...before, origin: 7}])(
    'that is none, as %j, makes no message',
    value => expect(parseTracking(value, {...record, ours: true}).ok).toBe(false),
  );
});

describe('from the outbox, tracking', () => {
  test.each([
    ['as the version before wrote it', before, believed],
    ['with a slot, which it loses', {...before, slot: '2030-01-01 12:00:00'}, believed],
    [
      'a fortnight old',
      {...before, arrived: '2029-12-18 12:00:00'},
      {...believed, arrivedMs: at('2029-12-18 12:00:00')},
    ],
    [
      'by a clock that is fast',
      {...before, arrived: '2030-01-01 12:01:00'},
      {...believed, arrivedMs: at('2030-01-01 12:01:00')},
    ],
    [
      'with many rounds',
      {...before, attempts: 10_000, hops: 10_000},
      {...believed, attempts: 10_000, holds: 10_000},
    ],
  ])('%s is taken for the past, and the record for what it is', (_, value, expected) => {
    const parsed = parseTracking(value, record);
    expect(parsed).toEqual({ok: true, value: {...expected, origin: 'record-1'}});
    expect(parsed.ok && identityOf(parsed.value)).toBe('record-1');
  });

  test.each([
    ['from the year 9999', {...before, arrived: '9999-12-31 23:59:59'}],
    ['from tomorrow', {...before, arrived: '2030-01-01 12:01:01'}],
    ['from long ago', {...before, arrived: '2029-12-18 11:59:59'}],
    ['with 1e9 hops', {...before, hops: 1e9}],
    ['with 2^53−1 attempts', {...before, attempts: 2 ** 53 - 1}],
    ['with an origin', {...before, origin: 'o'}],
  ])('%s is not believed: the message is new', (_, value) => {
    expect(parseTracking(value as never, record)).toEqual({ok: true, value: fresh});
  });

  test.each([
    1,
    'x',
    true,
    [],
    {},
    {publish: 'success'},
    {id: 'forged'},
    {...before, attempts: 0.5},
    {...before, hops: 2 ** 53},
    {...before, slot: 'soon'},
  ])('that is none, as %j, makes no message', value => {
    expect(parseTracking(value, record).ok).toBe(false);
  });
});

test('counts stay numbers that JSON carries exactly', () => {
  expect([oneMore(0), oneMore(2 ** 53 - 2), oneMore(2 ** 53 - 1)]).toEqual([1, 2 ** 53 - 1, 2 ** 53 - 1]);
});
