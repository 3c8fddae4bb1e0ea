import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {readMqHeaders, withoutMqHeaders, withoutNearValues} from '../../../shared/message/mq-headers.ts';
import {propertiesOf} from '../../../shared/message/mq-properties.ts';
import {contentOf} from '../../../shared/smtp/content.ts';

const field = (name: string, value: string) => ({name, value});
const stripMqHeaders = (text: string) => {
  const {mime, fields} = readMqHeaders(text);
  return {mime, fields};
};

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

describe('what is nearly an x-mq-* field is found, by line and name, and never by value', () => {
  const password = 'x-mq-smarthost-password';
  test.each([
    ['a no-break space before the colon', `A: 1\r\n${password}\u00a0: hunter2\r\n\r\nb`, 2, password],
    ['an ideographic space', `${password}\u3000: hunter2\n\n`, 1, password],
    ['a vertical tab', `${password}\v: hunter2\n\n`, 1, password],
    ['a NUL', `${password}\0: hunter2\n\n`, 1, password],
    ['a zero-width space', `${password}\u200b: hunter2\n\n`, 1, password],
    ['a zero-width space in front', `A: 1\n\u200b${password}: hunter2\n\n`, 2, password],
    ['a byte order mark in front', `A: 1\n\ufeff${password}: hunter2\n\n`, 2, password],
    ['a misread byte order mark', `ï»¿${password}: hunter2\n\n`, 1, password],
    ['something unseen within the name', 'x-mq-smart\u200bhost-pass\u2060word: hunter2\n\n', 1, password],
    ['a soft hyphen within the name', 'x-mq-smarthost-pass\u00adword: hunter2\n\n', 1, password],
    ['soft hyphens for hyphens', 'x\u00admq\u00adsmarthost\u00adpassword: hunter2\n\n', 1, password],
    ['other hyphens', 'x\u2011mq\u2013smarthost\u2212password: hunter2\n\n', 1, password],
    ['hyphens twice', 'x--mq-smarthost-password: hunter2\n\n', 1, password],
    ['underscores', 'X_MQ_SMARTHOST_PASSWORD: hunter2\n\n', 1, password],
    ['full-width letters', 'ｘ－ｍｑ－ｓｍａｒｔｈｏｓｔ－ｐａｓｓｗｏｒｄ: hunter2\n\n', 1, password],
    ['a full-width colon', `${password}：hunter2\n\n`, 1, password],
    ['no colon', `${password} hunter2\n\n`, 1, password],
    ['no colon and no blank', `${password}hunter2\n\n`, 1, password],
    ['an equals sign', 'x-mq-tag=hunter2\n\n', 1, 'x-mq-tag'],
    ['no colon, and one behind', 'x-mq-tag hunter2: a\n\n', 1, 'x-mq-tag'],
    ['a blank within the name', 'x-mq -smarthost-password: hunter2\n\n', 1, password],
    ['blanks for hyphens', 'X MQ Smarthost Password: hunter2\n\n', 1, password],
    ['a name of its own', 'x-mq-my-own\u00a0: hunter2\n\n', 1, 'x-mq-my-own'],
    ['a name without end', `x-mq-${'a'.repeat(10_000)} hunter2\n\n`, 1, `x-mq-${'a'.repeat(40)}`],
    ['a name in another alphabet', 'x-mq-пароль: hunter2\n\n', 1, 'x-mq-…'],
    ['a folded name', `A: 1\nx-mq-\n smarthost-password: hunter2\n\n`, 2, password],
    ['a folded prefix', `A: 1\nx-\r\n\tmq-tag: hunter2\n\n`, 2, 'x-mq-…'],
    ['a fold without a field', ` ${password}: hunter2\nA: 1\n\n`, 1, password],
    ['a line end of another world', `A: 1\nB: b\u2028${password}: hunter2\n\n`, 2, password],
    ['a form feed for a line end', `B: b\f ${password}: hunter2\n\n`, 1, password],
    ['the last line', 'A: 1\nB: 2\r\nC: 3\rx-mq-tag hunter2', 4, 'x-mq-tag'],
    ['folds ahead', 'A: 1\n 2\n\t3\nx-mq-tag hunter2', 4, 'x-mq-tag'],
  ])('%s', (_, mime, line, name) => {
    const {near, fields} = readMqHeaders(mime);
    expect(near).toEqual([{line, name}]);
    expect(fields).toEqual([]);
    expect(withoutMqHeaders(mime)).not.toContain('hunter2');
    expect(withoutNearValues(mime, '***')).not.toContain('hunter2');
  });

  test.each([
    ['an empty first line', '\nx-mq-tag: hunter2\nA: 1\n\nb', 2],
    ['empty first lines', '\r\n\r\r\nA: 1\r\nx-mq-tag: hunter2\r\n', 4],
    ['a blank first line', ' \r\nx-mq-tag: hunter2\r\n\r\n', 2],
    ['a line that is no field', 'A: 1\nno field\n\tat all\nx-mq-tag: hunter2\n\n', 4],
    ['a field with a name that is none', 'Sübject: 1\nx-mq-tag: hunter2\n\n', 2],
    ['an mbox line that is not the first', 'A: 1\nFrom jo\nx-mq-tag: hunter2\n\n', 3],
    ['a text that is no mail', 'Dear Jo,\nx-mq-tag: hunter2\n', 2],
  ])('behind the end of the header section: %s', (_, mime, line) => {
    const {near, fields} = readMqHeaders(mime);
    expect(near).toEqual([{line, name: 'x-mq-tag', beyondHeader: true}]);
    expect(fields).toEqual([]);
    expect(withoutMqHeaders(mime)).not.toContain('hunter2');
  });

  test.each([
    ['a fold of another field', 'A: 1\n x-mq-tag: t\n\n'],
    ['a value', 'A: x-mq-tag: t\n\n'],
    ['a body', 'A: 1\n\nx-mq-tag: t\nx-mq-tag t\n'],
    ['a second paragraph without a header', '\nHello,\n\nx-mq-tag: t\n'],
    ['other names', 'X-MQ: a\nX-Mq-: b\nX-Mq- : c\nXMQ-tag: d\nX-MQueue: e\nXX-MQ-tag: f\nх-mq-tag: g\n\n'],
    ['quoted names', '> x-mq-tag: t\n"x-mq-tag": t\n\n'],
  ])('but not in %s', (_, mime) => {
    expect(readMqHeaders(mime)).toEqual({mime, fields: [], near: []});
    expect(withoutMqHeaders(mime)).toBe(mime);
  });
});

describe('whatever a text is made of', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '\r\n',
      '\n',
      '\r',
      '\r\r\n',
      ' ',
      '\t',
      ':',
      ': ',
      '-',
      '\ufeff',
      '\u00a0',
      '\u200b',
      '\0',
      '\u00ad',
    ),
    fc.constantFrom(
      'x-mq-tag',
      'X-MQ-Smarthost-Password',
      'x-mq-',
      'x',
      'mq',
      'Subject',
      'From jo',
      'hunter2',
      'ü',
    ),
    fc.constantFrom('Subject: s\r\n', 'x-mq-tag: t\r\n', 'x-mq-tag: t\r', 'A: 1\r', '\u2028', 'ｘ', '－'),
  );
  const text = fc.array(piece, {maxLength: 16}).map(pieces => pieces.join(''));
  const linesOf = (mime: string) => contentOf(mime).wire.toString().split('\r\n');

  test('no line of its header looks like an x-mq-* field on the wire', () => {
    fc.assert(
      fc.property(text, given => {
        const {mime, near} = readMqHeaders(given);
        for (const sent of [...(near.length === 0 ? [mime] : []), withoutMqHeaders(given)]) {
          const lines = linesOf(sent);
          // Where nothing was left of the header, the body may begin with what it likes.
          if (lines[0] === '' && (sent !== mime || !/^\ufeff*[\r\n]/.test(given))) continue;
          const first = lines.findIndex(line => line !== '');
          const header = lines.slice(first, lines.indexOf('', first));
          const begun = header.filter((line, index) => index === 0 || !/^[ \t]/.test(line));
          const seen = begun.map(line => line.normalize('NFKC').replace(/[\p{Cc}\p{Cf}\p{Z}]/gu, ''));
          expect(seen.filter(line => /^x-mq-[a-z]/i.test(line))).toEqual([]);
        }
      }),
      {numRuns: 3000},
    );
  });

  test('what is sent are its lines, without some and in their order, and every empty one', () => {
    fc.assert(
      fc.property(text, given => {
        const all = linesOf(given.replace(/^\ufeff+/, ''));
        for (const mime of [readMqHeaders(given).mime, withoutMqHeaders(given)]) {
          if (mime === '') continue;
          const sent = linesOf(mime);
          let at = 0;
          for (const line of all) if (line === sent[at]) at++;
          expect(at).toBe(sent.length);
          const empty = (lines: readonly string[]) => lines.filter(line => line === '').length;
          expect(empty(sent)).toBe(empty(all));
        }
      }),
      {numRuns: 3000},
    );
  });
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

  test('an empty field says nothing', () => {
    const {properties, ambiguous} = propertiesOf([
      field('a', ''),
      field('a', '1'),
      field('a', ''),
      field('tag', ''),
      field('smarthost-port', ''),
      field('b', ''),
    ]);
    expect(properties).toEqual({a: '1'});
    expect(ambiguous).toEqual([]);
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
