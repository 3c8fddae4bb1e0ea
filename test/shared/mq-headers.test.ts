import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {stripMqHeaders} from '../../shared/mq-headers.ts';
import {propertiesOf} from '../../shared/mq-properties.ts';

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

describe('fields stand for properties', () => {
  test.each([
    ['smarthost-hostname', {smarthost: {hostname: 'v'}}],
    ['smarthost-port', {smarthost: {port: 'v'}}],
    ['smarthost-username', {smarthost: {username: 'v'}}],
    ['smarthost-password', {smarthost: {password: 'v'}}],
    ['smarthost-security', {smarthost: {security: 'v'}}],
    ['results-queue', {queues: {results: 'v'}}],
    ['failure-queue', {queues: {failure: 'v'}}],
    ['success-queue', {queues: {success: 'v'}}],
    ['retry-queue', {queues: {retry: 'v'}}],
    ['dsn-notify', {dsn: {notify: 'v'}}],
    ['dsn-ret', {dsn: {ret: 'v'}}],
    ['dsn-orcpt', {dsn: {orcpt: 'v'}}],
    ['dsn-envid', {dsn: {envid: 'v'}}],
    ['delayed', {delayed: 'v'}],
    ['tag', {tags: ['v']}],
    ['ip', {ips: ['v']}],
    ['recipient', {recipient: 'v'}],
    ['anything-else', {'anything-else': 'v'}],
  ])('x-mq-%s sets %j', (name, properties) => {
    expect(propertiesOf([field(name, 'v')])).toEqual({properties, ambiguous: []});
  });

  test('x-mq-tag and x-mq-ip add up, in their order', () => {
    const fields = [field('tag', 'b'), field('ip', '::1'), field('tag', 'a'), field('tag', 'b')];
    expect(propertiesOf(fields)).toEqual({properties: {tags: ['b', 'a', 'b'], ips: ['::1']}, ambiguous: []});
  });

  test('a field that says the same twice says it once', () => {
    const fields = [
      field('key', 'k'),
      field('key', 'k'),
      field('smarthost-port', '25'),
      field('smarthost-port', '25'),
    ];
    expect(propertiesOf(fields)).toEqual({properties: {key: 'k', smarthost: {port: '25'}}, ambiguous: []});
  });

  test.each([
    [[field('key', 'a'), field('key', 'b')], ['x-mq-key']],
    [[field('smarthost-port', '25'), field('smarthost-port', '26')], ['x-mq-smarthost-port']],
    [[field('smarthost', 'h'), field('smarthost-port', '25')], ['x-mq-smarthost-port']],
    [[field('smarthost-port', '25'), field('smarthost', 'h')], ['x-mq-smarthost']],
    [
      [field('a', '1'), field('b', '1'), field('a', '2'), field('b', '2'), field('a', '3')],
      ['x-mq-a', 'x-mq-b'],
    ],
    [[field('tag', 'a'), field('tags', 'b')], ['x-mq-tags']],
    [[field('tags', 'abc'), field('tag', 'd')], ['x-mq-tag']],
  ])('conflicting repeats are named: %j', (fields, ambiguous) => {
    expect(propertiesOf(fields).ambiguous).toEqual(ambiguous);
  });

  test.each(['__proto__', 'constructor'])(
    'x-mq-%s is a custom property like another and harms nothing',
    name => {
      const {properties, ambiguous} = propertiesOf([field(name, 'v'), field('a', '1')]);
      expect(Object.entries(properties)).toEqual([
        [name, 'v'],
        ['a', '1'],
      ]);
      expect(ambiguous).toEqual([]);
      expect(Object.getPrototypeOf(properties)).toBe(Object.prototype);
    },
  );
});
