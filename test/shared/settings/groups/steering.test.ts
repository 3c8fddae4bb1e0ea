import {describe, expect, test} from 'vitest';
import {selectionText} from '../../../../shared/settings/steering/selection.ts';
import {defaults, expectRight, expectWrong, parse} from '../settings-under-test.ts';

const reason = 'their server is being moved';
const pauseOf = (members: object) => ({'pauses/x': JSON.stringify(members)});

describe('a pause', () => {
  test.each([
    [{domain: '*.Example.org'}, {domain: '*.example.org'}],
    [{domain: 'bücher.example'}, {domain: 'xn--bcher-kva.example'}],
    [{nextHop: 'SMTP.example.net:587'}, {nextHop: 'smtp.example.net:587'}],
    [{nextHop: '*.example.net'}, {nextHop: '*.example.net'}],
    [{nextHop: '2001:DB8::1'}, {nextHop: '2001:db8::1'}],
    [{nextHop: '[2001:db8::1]:25'}, {nextHop: '[2001:db8::1]:25'}],
    [
      {tag: 'spring', domain: 'example.org'},
      {tag: 'spring', domain: 'example.org'},
    ],
    [{recipient: 'Jo@Example.org'}, {recipient: 'jo@example.org'}],
    [{id: '8ee6'}, {id: '8ee6'}],
    [{all: true}, {all: true}],
    [
      {all: true, expire: '2026-12-01 12:00:00'},
      {all: true, expire: Date.UTC(2026, 11, 1, 12)},
    ],
  ])('of %j', (given, read) =>
    expectRight(pauseOf({reason, ...given}), {pauses: new Map([['x', {reason, ...read}]])}),
  );

  test.each([
    ['all', 'must be JSON such as {"reason": "their server is being moved", "domain": "example.org"}'],
    ['{"domain": "example.org"}', 'needs reason'],
    ['{"reason": " ", "all": true}', 'has reason, which must be a text of 1 to 200 characters in one line'],
    [
      `{"reason": "${'x'.repeat(201)}", "all": true}`,
      'has reason, which must be a text of 1 to 200 characters in one line',
    ],
    [
      '{"reason": "r"}',
      'needs at least one of domain, nextHop, tag, recipient, id; or "all": true for all mail',
    ],
    ['{"reason": "r", "all": true, "tag": "t"}', 'has all, and beside it tag: remove one of them'],
    ['{"reason": "r", "all": "yes"}', 'has all, which must be true'],
    [
      '{"reason": "r", "domian": "example.org"}',
      'has an unknown member; known are reason, domain, nextHop, tag, recipient, id, all, expire',
    ],
    [
      '{"reason": "r", "domain": "not a domain"}',
      'has domain, which must be a domain such as example.org, or one with wildcards such as *.example.org',
    ],
    [
      '{"reason": "r", "nextHop": "host:port"}',
      'has nextHop, which must be the host of a smarthost or sink such as smtp.example.net, perhaps with wildcards, and perhaps with :port',
    ],
    [
      '{"reason": "r", "all": true, "expire": "tomorrow"}',
      'has expire, which must be a UTC time as YYYY-MM-DD HH:MM:SS',
    ],
    [
      '{"reason": "r", "recipient": "example.org"}',
      'has recipient, which must be an address such as user@example.org',
    ],
  ])('is not %s', (value, problem) => expectWrong('pauses/x', value, problem));

  test('has a name of letters, digits, points, hyphens and underscores', () =>
    expectWrong(
      'pauses/a b',
      JSON.stringify({reason, all: true}),
      'must end in a name of letters, digits, points, hyphens and underscores',
    ));

  test('that cannot be read, and never could, holds all mail: what was sent cannot be held any more', () => {
    const {settings} = parse({'pauses/x': '{'});
    expect(settings.pauses.get('x')).toEqual({
      reason: 'this pause cannot be read: put it right, or remove it',
      all: true,
    });
  });
});

describe('a forced error', () => {
  test('says what a server would', () => {
    const error = {reason, code: 550, status: '5.7.1', description: 'No more of it', tag: 'spring'};
    expectRight({'errors/x': JSON.stringify(error)}, {errors: new Map([['x', error]])});
  });

  const all = {reason: 'r', all: true};
  test.each([
    [{...all}, 'needs code'],
    [{...all, code: 250}, 'has code, which must be a whole number from 400 to 599'],
    [{...all, code: '550'}, 'has code, which must be a whole number from 400 to 599'],
    [{...all, code: 550, status: '5.7'}, 'has status, which must be an enhanced status code such as 5.7.1'],
    [
      {...all, code: 550, status: '4.7.1'},
      'has a status of another class than its code: both begin with 4, or with 5',
    ],
    [
      {reason: 'r', code: 550},
      'needs at least one of domain, nextHop, tag, recipient, id; or "all": true for all mail',
    ],
  ])('is not %j', (given, problem) => expectWrong('errors/x', JSON.stringify(given), problem));

  test('that cannot be read counts as none', () =>
    expect(parse({'errors/x': '{'}).settings).toEqual(defaults));
});

describe('a window of the settings', () => {
  const given = {from: '09:00', to: '17:00', timezone: 'UTC', days: ['mon']};
  const window = {from: 540, to: 1020, timezone: 'UTC', days: ['mon']};
  test('is for a domain, or for every other one', () =>
    expectRight(
      {'windows/Example.org': JSON.stringify(given), 'windows/default': JSON.stringify(given)},
      {
        windows: new Map([
          ['example.org', window],
          ['default', window],
        ]),
      },
    ));
  test('has the same problems as that of a message', () =>
    expectWrong(
      'windows/default',
      '{"from": "09:00", "to": "17:00"}',
      'needs timezone, a name such as Europe/Amsterdam or UTC',
    ));
});

test('a selection in words', () => {
  expect(selectionText({domain: 'example.org', tag: 'spring'})).toBe('domain example.org and tag spring');
  expect(selectionText({nextHop: 'smtp.example.net'})).toBe('next hop smtp.example.net');
  expect(selectionText({all: true})).toBe('all mail');
});
