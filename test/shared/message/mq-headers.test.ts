import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {readMqHeaders} from '../../../shared/message/mq-headers.ts';

const stripMqHeaders = (text: string) => {
  const {mime, fields} = readMqHeaders(text);
  return {mime, fields};
};
const field = (name: string, value: string) => ({name, value});

describe('x-mq-* fields are taken out and every other byte stays', () => {
  test.each([
    ['LF', 'A: 1\nx-mq-tag: t\nB: 2\n\nbody\n', 'A: 1\nB: 2\n\nbody\n', [field('tag', 't')]],
    ['CRLF', 'A: 1\r\nx-mq-tag: t\r\nB: 2\r\n\r\nb', 'A: 1\r\nB: 2\r\n\r\nb', [field('tag', 't')]],
    [
      'mixed line ends',
      'A: 1\nx-mq-a: 1\r\nB: 2\r\nx-mq-b: 2\n\r\nb\n',
      'A: 1\nB: 2\r\n\r\nb\n',
      [field('a', '1'), field('b', '2')],
    ],
    ['any case', 'X-MQ-Tag: T\nX-Mq-KEY: K\n\n', '\n', [field('tag', 'T'), field('key', 'K')]],
    ['folded, LF', 'x-mq-tag: a\n b\n\tc\nA: 1\n\n', 'A: 1\n\n', [field('tag', 'a b\tc')]],
    ['folded, CRLF', 'x-mq-tag:\r\n a\r\nA: 1\r\n\r\n', 'A: 1\r\n\r\n', [field('tag', 'a')]],
    ['whitespace-only continuation', 'x-mq-tag: a\n \t\nA: 1\n\nb', 'A: 1\n\nb', [field('tag', 'a')]],
    [
      'whitespace-only continuation, CRLF',
      'x-mq-tag: a\r\n \r\n b\r\nA: 1\r\n\r\n',
      'A: 1\r\n\r\n',
      [field('tag', 'a  b')],
    ],
    [
      'a fold of another field stays',
      'A: 1\n x-mq-tag: no\nx-mq-tag: t\n\n',
      'A: 1\n x-mq-tag: no\n\n',
      [field('tag', 't')],
    ],
    ['space before the colon', 'x-mq-tag \t: t\nA: 1\n\n', 'A: 1\n\n', [field('tag', 't')]],
    ['no space behind the colon', 'x-mq-tag:t\nA: 1\n\n', 'A: 1\n\n', [field('tag', 't')]],
    ['an empty value', 'x-mq-tag:\nA: 1\n\n', 'A: 1\n\n', [field('tag', '')]],
    ['colons in the value', 'x-mq-a: b: c:d\n\n', '\n', [field('a', 'b: c:d')]],
    ['no body', 'A: 1\nx-mq-tag: t\n', 'A: 1\n', [field('tag', 't')]],
    ['no line end at the end', 'A: 1\nx-mq-tag: t', 'A: 1\n', [field('tag', 't')]],
    ['no line end at the end of a fold', 'A: 1\nx-mq-tag: t\n u', 'A: 1\n', [field('tag', 't u')]],
    ['only x-mq-* fields', 'x-mq-a: 1\r\nx-mq-b: 2\r\n', '', [field('a', '1'), field('b', '2')]],
    ['only x-mq-* fields and a body', 'x-mq-a: 1\r\n\r\nbody', '\r\nbody', [field('a', '1')]],
    [
      'a body with such lines',
      'x-mq-a: 1\n\nx-mq-b: 2\n\nx-mq-c: 3\n',
      '\nx-mq-b: 2\n\nx-mq-c: 3\n',
      [field('a', '1')],
    ],
    [
      'CR CR LF',
      'A: 1\r\r\nx-mq-tag: t\r\r\nB: 2\r\r\n\r\r\nb',
      'A: 1\r\r\nB: 2\r\r\n\r\r\nb',
      [field('tag', 't')],
    ],
    ['CR ahead, and a line end behind', 'A: 1\rx-mq-tag: t\n\r\nb', 'A: 1\r\n\r\nb', [field('tag', 't')]],
    ['CR CR CR LF in a fold', 'x-mq-tag: a\r\r\r\n b\nA: 1\n\n', 'A: 1\n\n', [field('tag', 'a b')]],
    ['a byte order mark', '\ufeffx-mq-tag: t\nA: 1\n\n', 'A: 1\n\n', [field('tag', 't')]],
    ['a byte order mark alone', '\ufeffA: 1\n\n\ufeffb', 'A: 1\n\n\ufeffb', []],
    ['two byte order marks', '\ufeff\ufeffA: 1\n\n', 'A: 1\n\n', []],
    [
      'the first line of an mbox file',
      'From jo@example.org Sat Jan  1 12:00:00 2030\nx-mq-tag: t\nA: 1\n\nb',
      'From jo@example.org Sat Jan  1 12:00:00 2030\nA: 1\n\nb',
      [field('tag', 't')],
    ],
    [
      'encoded words',
      'x-mq-a: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?=\n =?utf-8?b?IGFu?= alle\nA: =?x?q?y?=\n\n',
      'A: =?x?q?y?=\n\n',
      [field('a', 'Grüße an alle')],
    ],
    [
      'encoded words that cannot be decoded',
      'x-mq-a: =?klingon?Q?a?=\n\n',
      '\n',
      [{...field('a', '=?klingon?Q?a?='), undecodable: true}],
    ],
    [
      '8-bit text around',
      'A: ü€😀\nx-mq-tag: ü\nB: \ud800\n\n\0',
      'A: ü€😀\nB: \ud800\n\n\0',
      [field('tag', 'ü')],
    ],
  ])('%s', (_, mime, rest, fields) => {
    expect(stripMqHeaders(mime)).toEqual({mime: rest, fields});
  });
});

test.each([
  ['an empty text', ''],
  ['a body alone', '\nx-mq-tag: t\n'],
  ['a CRLF body alone', '\r\nx-mq-tag: t\r\n'],
  ['a body that begins with a space', 'A: 1\n\n b\nx-mq-tag: t\n'],
  ['another prefix', 'x-mqtag: t\nxx-mq-tag: t\nx-mp-tag: t\n-x-mq-tag: t\n\n'],
  ['no name behind the prefix', 'x-mq-: t\nx-mq: t\n\n'],
  ['no colon', 'x-mq-tag t\n\n'],
  ['a space within the name', 'x-mq-a b: t\n\n'],
  ['a first line that is a fold', ' x-mq-tag: t\nA: 1\n\n'],
  ['within a value', 'A: x-mq-tag: t\n\n'],
])('lookalikes are left alone: %s', (_, mime) => {
  expect(stripMqHeaders(mime)).toEqual({mime, fields: []});
});

test('a header line that a bare CR ends hides no x-mq-* field, for it becomes a line of its own on the wire', () => {
  const {mime} = stripMqHeaders('Subject: s\rx-mq-smarthost-password: hunter2\r\n\r\nbody');
  expect(mime).not.toContain('hunter2');
});

describe('for any header list', () => {
  const eol = fc.constantFrom('\n', '\r\n');
  const text = fc.string({
    unit: fc.constantFrom('a', 'Z', '0', ':', '"', '-', 'ü', ' ', '\t'),
    maxLength: 12,
  });
  const line = (name: fc.Arbitrary<string>) =>
    fc
      .tuple(name, text, fc.array(fc.tuple(eol, fc.constantFrom(' ', '\t'), text), {maxLength: 2}), eol)
      .map(([n, value, folds, end]) => `${n}:${value}${folds.map(fold => fold.join('')).join('')}${end}`);
  const kept = line(fc.constantFrom('Subject', 'X-Mqueue', 'To', 'x-mq-', 'DKIM-Signature', 'x'));
  const mq = line(fc.constantFrom('x-mq-tag', 'X-MQ-Foo', 'x-mq-smarthost-password', 'x-mq-__proto__ '));
  const lines = fc.array(
    fc.oneof(
      kept.map(line => ({line, mq: false})),
      mq.map(line => ({line, mq: true})),
    ),
  );
  const rest = fc.oneof(
    fc.constant(''),
    fc.tuple(eol, fc.string()).map(parts => parts.join('')),
  );
  const textOf = (list: readonly {line: string}[], body: string) =>
    list.map(({line}) => line).join('') + body;

  test('stripping gives the text composed without the x-mq-* fields, and stripping again changes nothing', () => {
    fc.assert(
      fc.property(lines, rest, (list, body) => {
        const stripped = stripMqHeaders(textOf(list, body));
        expect(stripped.mime).toBe(
          textOf(
            list.filter(each => !each.mq),
            body,
          ),
        );
        expect(stripped.fields).toHaveLength(list.filter(each => each.mq).length);
        expect(stripMqHeaders(stripped.mime)).toEqual({mime: stripped.mime, fields: []});
      }),
      {numRuns: 500},
    );
  });
});
