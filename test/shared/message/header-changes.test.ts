import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {changeHeaders} from '../../../functions/route/change-headers.ts';
import {sectionOf} from '../../../shared/mime/header-section.ts';
import {lineEnd} from '../../../shared/smtp/content.ts';
import {
  bodyWith,
  fromOutbox,
  message,
  messageOf,
  parse,
  refusalOf,
  settings,
} from '../../samples/messages.ts';

const none = settings();

/** What becomes of a text. */
const changed = async (mime: string, headers: object, more: object = {}): Promise<string> => {
  const parsed = messageOf(parse(bodyWith({mime, headers, ...more}), fromOutbox));
  return messageOf(await changeHeaders(parsed, none)).text;
};

const text = 'Received: a\r\nSubject: old\r\nX-A: 1\r\n more\r\nreceived: b\r\n\r\nSubject: body\r\n';
const rest = '\r\n\r\nSubject: body\r\n';

describe('what is changed', () => {
  test.each<[what: string, headers: object, expected: string]>([
    ['nothing', {}, text],
    ['remove one', {remove: 'X-A'}, `Received: a\r\nSubject: old\r\nreceived: b${rest}`],
    ['remove several', {remove: ['x-a', 'RECEIVED', 'nosuch']}, `Subject: old${rest}`],
    ['prepend', {prepend: 'X-B: 2'}, `X-B: 2\r\n${text}`],
    ['prepend in order', {prepend: ['X-B: 2', 'X-C: 3']}, `X-B: 2\r\nX-C: 3\r\n${text}`],
    [
      'append and add',
      {add: 'X-D: 4', append: ['X-B: 2', 'X-C: 3']},
      `${text.slice(0, -rest.length)}\r\nX-B: 2\r\nX-C: 3\r\nX-D: 4${rest}`,
    ],
    ['replace where it stands', {replace: 'SUBJECT: new'}, text.replace('Subject: old', 'SUBJECT: new')],
    [
      'replace the first and remove the others',
      {replace: ['Received: c']},
      `Received: c\r\nSubject: old\r\nX-A: 1\r\n more${rest}`,
    ],
    ['replace a folded one', {replace: 'X-A: 2'}, text.replace('X-A: 1\r\n more', 'X-A: 2')],
    ['replace what is not there', {replace: 'X-B: 2'}, `${text.slice(0, -rest.length)}\r\nX-B: 2${rest}`],
    ['update', {update: 'Subject: new'}, text.replace('Subject: old', 'Subject: new')],
    ['update what is not there', {update: 'X-B: 2'}, text],
    [
      'remove before replace',
      {remove: 'Subject', replace: 'Subject: new', update: 'Subject: newer'},
      `Received: a\r\nX-A: 1\r\n more\r\nreceived: b\r\nSubject: newer${rest}`,
    ],
    [
      'replace before update',
      {replace: 'Subject: new', update: 'Subject: newer'},
      text.replace('Subject: old', 'Subject: newer'),
    ],
    [
      'remove before append',
      {remove: 'X-A', append: 'X-A: 2', prepend: 'X-A: 0'},
      `X-A: 0\r\nReceived: a\r\nSubject: old\r\nreceived: b\r\nX-A: 2${rest}`,
    ],
    ['null, an empty text and an empty list', {remove: null, replace: '', append: []}, text],
    ['false', false as never, text],
    ['an empty value', {replace: 'Subject:'}, text.replace('Subject: old', 'Subject:')],
    ['blanks around a value', {replace: 'Subject:   a  b  '}, text.replace('Subject: old', 'Subject: a  b')],
  ])('%s', async (_, headers, expected) => {
    expect(await changed(text, headers)).toBe(expected);
  });
});

describe('texts as they come', () => {
  test.each<[what: string, mime: string, headers: object, expected: string]>([
    ['LF alone', 'A: 1\nB: 2\n\nb\n', {remove: 'B', append: 'C: 3'}, 'A: 1\nC: 3\r\n\nb\n'],
    ['CR alone before a gap', 'A: 1\rB: 2\n\nb\n', {remove: 'B'}, 'A: 1\r\n\nb\n'],
    ['a header section alone', 'A: 1', {append: 'B: 2'}, 'A: 1\r\nB: 2\r\n'],
    ['no header section', '\r\nbody', {prepend: 'A: 1'}, 'A: 1\r\n\r\nbody'],
    ['a body alone', 'body\r\n', {append: 'A: 1'}, 'A: 1\r\n\r\nbody\r\n'],
    ['a body that looks like a folded line', ' body\r\n', {append: 'A: 1'}, 'A: 1\r\n\r\n body\r\n'],
    [
      'a line that is no header',
      'A: 1\r\nno header\r\nB: 2\r\n\r\n',
      {remove: 'B', append: 'C: 3'},
      'A: 1\r\nC: 3\r\nno header\r\nB: 2\r\n\r\n',
    ],
    [
      'a line of an mbox file',
      'From jo@example.org\r\nA: 1\r\n\r\n',
      {prepend: 'B: 2'},
      'From jo@example.org\r\nB: 2\r\nA: 1\r\n\r\n',
    ],
    ['a blank before the colon', 'A : 1\r\n\r\n', {replace: 'A: 2'}, 'A: 2\r\n\r\n'],
    ['all removed', 'A: 1\r\n\r\nb', {remove: 'A'}, '\r\nb'],
  ])('%s', async (_, mime, headers, expected) => {
    expect(await changed(mime, headers)).toBe(expected);
  });
});

const long = 'x'.repeat(60);

describe('values', () => {
  test.each<[what: string, field: string, expected: string]>([
    ['ASCII', 'Subject: hello', 'Subject: hello\r\n'],
    [
      'one word that is not ASCII',
      'Subject: guten Tag, Jürgen und alle',
      'Subject: guten Tag, =?UTF-8?Q?J=C3=BCrgen?= und alle\r\n',
    ],
    ['several', 'X-A: für Jürgen ab', 'X-A: =?UTF-8?Q?f=C3=BCr_J=C3=BCrgen?= ab\r\n'],
    ['no Latin letters', 'Subject: 東京', 'Subject: =?UTF-8?B?5p2x5Lqs?=\r\n'],
    ['an encoded word', 'Subject: =?utf-8?q?f=C3=BCr?= x', 'Subject: =?utf-8?q?f=C3=BCr?= x\r\n'],
    [
      'an encoded word beside another text',
      'Subject: =?utf-8?q?f=C3=BCr?= ö',
      'Subject: =?UTF-8?Q?f=C3=BCr_=C3=B6?=\r\n',
    ],
    [
      'a name',
      'From: Jürgen Groß <jg@example.org>',
      'From: =?UTF-8?Q?J=C3=BCrgen_Gro=C3=9F?= <jg@example.org>\r\n',
    ],
    [
      'a name in quotes',
      'To: "Groß, J." <a@example.org>, b@example.org',
      'To: =?UTF-8?Q?Gro=C3=9F=2C_J=2E?= <a@example.org>, b@example.org\r\n',
    ],
    ['a comment', 'Cc: a@example.org (für)', 'Cc: a@example.org (=?UTF-8?Q?f=C3=BCr?=)\r\n'],
    ['a domain', 'To: jo@bücher.example', 'To: jo@xn--bcher-kva.example\r\n'],
    ['a domain in brackets', 'To: Jo <jo@bücher.example>', 'To: Jo <jo@xn--bcher-kva.example>\r\n'],
    ['a group', 'To: Gäste: a@example.org;', 'To: =?UTF-8?Q?G=C3=A4ste?= : a@example.org;\r\n'],
    ['a long one', `X-A: ${long} ${long}`, `X-A: ${long}\r\n ${long}\r\n`],
    ['a long one with several blanks', `X-A: ${long}   ${long}`, `X-A: ${long}\r\n   ${long}\r\n`],
    ['a long word', `X-A: ${'x'.repeat(900)}`, `X-A: ${'x'.repeat(900)}\r\n`],
    ['a word that needs its own line', `X-A: ${'x'.repeat(996)}`, `X-A:\r\n ${'x'.repeat(996)}\r\n`],
  ])('%s', async (_, field, expected) => {
    expect(await changed('\r\nbody', {append: field})).toBe(`${expected}\r\nbody`);
  });

  test('whoever needs SMTPUTF8 for the envelope may have UTF-8 where no encoded word may stand', async () => {
    const headers = {
      replace: ['From: jörg@example.org', 'Message-ID: <ö@example.org>'],
      append: 'Subject: ö',
    };
    expect(await changed('\r\n', headers, {envelope: 'jörg@example.org'})).toBe(
      'From: jörg@example.org\r\nMessage-ID: <ö@example.org>\r\nSubject: =?UTF-8?Q?=C3=B6?=\r\n\r\n',
    );
    const refused = refusalOf(await changeHeaders(message({relayq: undefined, headers}), none));
    expect(refused.problems).toEqual(
      [0, 1].map(index => ({
        path: `headers.replace.${index}`,
        problem:
          'has characters other than ASCII where no encoded word may stand: only a message whose envelope or recipient needs SMTPUTF8 may have them',
      })),
    );
  });
});

describe('what is wrong', () => {
  const control = 'must not hold control characters, tabs or line ends: long values are folded for you';
  const name = 'must have a header name of 1 to 76 printable ASCII characters without blanks and colons';
  test.each<[headers: object, path: string, problem: string]>([
    [{replace: ['A: 1', 'B: 2\r\nBcc: x@example.org']}, 'headers.replace.1', control],
    [{append: 'A: 1\nB: 2'}, 'headers.append', control],
    [{append: 'A: 1\rB: 2'}, 'headers.append', control],
    [{append: 'A: 1\0'}, 'headers.append', control],
    [{append: 'A: 1\u0085B: 2'}, 'headers.append', control],
    [{append: 'A: 1\u2028B: 2'}, 'headers.append', control],
    [{append: 'A: 1\r\n'}, 'headers.append', control],
    [{append: 'A: 1\tb'}, 'headers.append', control],
    [{append: 'A\r\n: 1'}, 'headers.append', name],
    [{append: 'A b: 1'}, 'headers.append', name],
    [{append: ': 1'}, 'headers.append', name],
    [{append: 'Ä: 1'}, 'headers.append', name],
    [{append: `${'a'.repeat(77)}: 1`}, 'headers.append', name],
    [{append: 'no colon'}, 'headers.append', 'must be a header such as "X-Campaign: spring"'],
    [{append: ['A: 1', {name: 'A'}]}, 'headers.append.1', 'must be a header such as "X-Campaign: spring"'],
    [{append: 7}, 'headers.append', 'must be a header such as "X-Campaign: spring"'],
    [{append: 'A: \ud800'}, 'headers.append', 'has an unpaired surrogate, which UTF-8 cannot express'],
    [
      {append: `A: ${'x'.repeat(998)}`},
      'headers.append',
      'has a word of more than 998 octets, which no line can hold',
    ],
    [
      {prepend: 'X-MQ-Tag: 1'},
      'headers.prepend',
      'must not be an x-mq-… header: those are properties of the message',
    ],
    [
      {prepend: 'x_mq-tag: 1'},
      'headers.prepend',
      'must not be an x-mq-… header: those are properties of the message',
    ],
    [{remove: ['A', 'B:']}, 'headers.remove.1', name],
    [{remove: 1}, 'headers.remove', 'must be the name of a header'],
    [
      {update: ['A: 1', 'a: 2']},
      'headers.update.1',
      'has the name of another one in this list: only one can be in its place',
    ],
    [{rename: 'A'}, 'headers.rename', 'is unknown; known are remove, replace, update, prepend, append, add'],
  ])('%j', (headers, path, problem) => {
    expect(refusalOf(parse(bodyWith({headers}), fromOutbox)).problems).toEqual([{path, problem}]);
  });

  test('all of it is told at once', () => {
    const headers = {append: ['a', 'B: \0'], remove: 'A:', other: 1};
    const {problems} = refusalOf(parse(bodyWith({headers}), fromOutbox));
    expect(problems.map(({path}) => path).sort()).toEqual([
      'headers.append.0',
      'headers.append.1',
      'headers.other',
      'headers.remove',
    ]);
  });

  test('a header of the text cannot say it', () => {
    const {problems} = refusalOf(parse(bodyWith({mime: 'x-mq-headers: append\r\n\r\n'}), fromOutbox));
    expect(problems).toMatchObject([{path: 'headers'}]);
  });
});

test('whatever a field says, it is one field more, in lines that SMTP takes', async () => {
  const value = fc.string({
    unit: fc.oneof(
      fc.constantFrom(' ', ':', '"', '<', '(', '=?', 'ü', '€', '😀', ','),
      fc.string({unit: 'binary', minLength: 1, maxLength: 1}),
    ),
    maxLength: 200,
  });
  const name = fc.constantFrom('Subject', 'From', 'To', 'X-A', 'Content-Type', 'Message-ID');
  await fc.assert(
    fc.asyncProperty(name, value, async (name, value) => {
      const headers = {append: `${name}: ${value}`};
      const parsed = parse(bodyWith({mime: 'A: 1\r\n\r\nbody', headers}), fromOutbox);
      if (!parsed.ok) return;
      const step = await changeHeaders(parsed.message, none);
      if (!step.ok) return;
      const {text} = step.message;
      const {fields, rest} = sectionOf(text);
      expect(fields).toHaveLength(2);
      expect(rest).toBe('\r\nbody');
      expect(text).toMatch(/^[ -~\r\n]*$/);
      for (const line of text.split(lineEnd)) expect(line.length).toBeLessThanOrEqual(998);
    }),
    {numRuns: 2_000},
  );
});
