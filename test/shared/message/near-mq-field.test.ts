import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {readMqHeaders, withoutMqHeaders, withoutNearValues} from '../../../shared/message/mq-headers.ts';
import {contentOf} from '../../../shared/smtp/content.ts';

describe('what is nearly an x-mq-* field is told by line and name, never by value', () => {
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
