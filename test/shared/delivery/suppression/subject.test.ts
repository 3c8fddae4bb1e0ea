import {describe, expect, test} from 'vitest';
import {keysOf, parseSubject} from '../../../../shared/delivery/suppression/subject.ts';
import {mailbox} from '../../../samples/messages.ts';

describe('an entry is about', () => {
  test.each([
    // The case of neither part counts.
    ['jo@example.org', 'jo@example.org'],
    ['Jo.Doe@Example.ORG', 'jo.doe@example.org'],
    // A-labels and U-labels are the same domain.
    ['jo@bücher.example', 'jo@xn--bcher-kva.example'],
    ['jo@BÜCHER.example', 'jo@xn--bcher-kva.example'],
    ['jo@xn--bcher-kva.example', 'jo@xn--bcher-kva.example'],
    ['jo@bücher。example', 'jo@xn--bcher-kva.example'],
    // The root's dot.
    ['jo@example.org.', 'jo@example.org'],
    // Letters that can be written in two ways, and capitals of other alphabets.
    ['ju\u0308rgen@example.org', 'jürgen@example.org'],
    ['JÜRGEN@example.org', 'jürgen@example.org'],
    ['ΑΛΦΑ@example.org', 'αλφα@example.org'],
    // Quotes that are not needed, and those that are.
    ['"jo"@example.org', 'jo@example.org'],
    ['"j\\o"@example.org', 'jo@example.org'],
    ['"Jo Doe"@example.org', '"jo doe"@example.org'],
    ['"a@b"@example.org', '"a@b"@example.org'],
    // A tag is a part of the address.
    ['jo+News@example.org', 'jo+news@example.org'],
    ['jo@[192.0.2.1]', 'jo@[192.0.2.1]'],
    // Domains.
    ['example.org', 'example.org'],
    ['Example.Org.', 'example.org'],
    ['@example.org', 'example.org'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['  jo@example.org ', 'jo@example.org'],
  ])('%s as %s', (text, key) => {
    expect(parseSubject(text)).toEqual({ok: true, value: key});
  });

  test.each([
    '',
    '@',
    'jo@',
    'jo doe@example.org',
    'jo@exa mple.org',
    'jo@example.org>',
    'a@b@',
    '192.0.2.1',
    'x'.repeat(330),
  ])('nothing where it is %j', text => {
    expect(parseSubject(text)).toMatchObject({ok: false});
  });
});

test('mail is suppressed by its address and by the domain of it, however the message writes them', () => {
  expect(keysOf(mailbox('Jo@BÜCHER.example'))).toEqual(['jo@xn--bcher-kva.example', 'xn--bcher-kva.example']);
});

test('what is a key stays one', () => {
  for (const text of ['İ@example.org', 'ẞ@example.org', '"Jo Doe"@example.org', 'Σ@example.org']) {
    const once = parseSubject(text);
    expect(parseSubject(once.ok ? once.value : '')).toEqual(once);
  }
});
