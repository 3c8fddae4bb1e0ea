import fc from 'fast-check';
import PostalMime from 'postal-mime';
import {describe, expect, test} from 'vitest';
import {sevenBitOf} from '../../../shared/mime/seven-bit.ts';
import {contentOf, lineEnd} from '../../../shared/smtp/content.ts';

const made = (text: string): string => {
  const result = sevenBitOf(text);
  if (result.kind !== 'made') throw new Error(JSON.stringify(result));
  return result.text;
};
const lines = (...list: readonly string[]) => list.join('\r\n');
const plain = (encoding: string, body: string) =>
  lines(
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    ...(encoding ? [`Content-Transfer-Encoding: ${encoding}`] : []),
    '',
    body,
  );

describe('what is made', () => {
  test.each<[what: string, text: string, expected: string]>([
    [
      'a text',
      plain('8bit', 'Viele Grüße\r\nvon = hier \r\n'),
      plain('quoted-printable', 'Viele Gr=C3=BC=C3=9Fe\r\nvon =3D hier=20\r\n'),
    ],
    [
      'a text without an encoding',
      plain('', 'das ist für\r\n'),
      lines(
        'MIME-Version: 1.0',
        'Content-Type: text/plain; charset=utf-8',
        'Content-Transfer-Encoding: quoted-printable',
        '',
        'das ist f=C3=BCr',
        '',
      ),
    ],
    [
      'a text without a type',
      'Subject: s\r\n\r\ndas ist für\r\n',
      lines(
        'Subject: s',
        'MIME-Version: 1.0',
        'Content-Type: text/plain; charset=utf-8',
        'Content-Transfer-Encoding: quoted-printable',
        '',
        'das ist f=C3=BCr',
        '',
      ),
    ],
    ['letters that are not Latin', plain('8bit', '東京\r\n'), plain('base64', '5p2x5LqsDQo=')],
    [
      'another type',
      plain('binary', 'für').replace('text/plain', 'application/json'),
      plain('base64', 'ZsO8cg==').replace('text/plain', 'application/json'),
    ],
    [
      'a long line',
      plain('7bit', `${'x'.repeat(999)}\r\n`),
      plain(
        'quoted-printable',
        `${lines(...Array<string>(13).fill(`${'x'.repeat(75)}=`))}\r\n${'x'.repeat(24)}\r\n`,
      ),
    ],
    [
      'what would look like a boundary',
      plain('8bit', `${'x'.repeat(73)}ü--b\r\n`),
      plain('quoted-printable', `${'x'.repeat(73)}=\r\n=C3=BC--b\r\n`),
    ],
    [
      'a boundary behind a soft break',
      plain('8bit', `ü${'x'.repeat(69)}--b\r\n`),
      plain('quoted-printable', `=C3=BC${'x'.repeat(69)}=\r\n=2D-b\r\n`),
    ],
    [
      'From at the beginning of a line',
      plain('8bit', 'From ü\r\nFrom\r\n'),
      plain('quoted-printable', '=46rom =C3=BC\r\nFrom\r\n'),
    ],
    [
      'headers',
      plain('8bit', 'das ü').replace('MIME', 'Subject: ü x\r\nTo: Ü <a@b.example>\r\nMIME'),
      plain('quoted-printable', 'das =C3=BC').replace(
        'MIME',
        'Subject: =?UTF-8?Q?=C3=BC?= x\r\nTo: =?UTF-8?Q?=C3=9C?= <a@b.example>\r\nMIME',
      ),
    ],
    ['headers alone', 'Subject: ü\r\n\r\nbody\r\n', 'Subject: =?UTF-8?Q?=C3=BC?=\r\n\r\nbody\r\n'],
    [
      'LF alone',
      'Subject: s\nContent-type: text/plain\n\nfür\nx\n',
      'Subject: s\nContent-type: text/plain\nContent-Transfer-Encoding: quoted-printable\r\n\nf=C3=BCr\r\nx\r\n',
    ],
    [
      'a comment in the encoding',
      plain('8bit (as it is)', 'ist für'),
      plain('quoted-printable', 'ist f=C3=BCr'),
    ],
  ])('%s', (_, text, expected) => expect(made(text)).toBe(expected));

  test('a tree of parts: each level says 7bit, and nothing else changes', () => {
    const text = (eightBit: string, eightBitPart: string, qp: string, content: string) =>
      lines(
        'Content-Type: multipart/mixed; boundary="a b"',
        `Content-Transfer-Encoding: ${eightBit}`,
        '',
        'preamble',
        '--a b',
        'Content-Type: multipart/alternative; boundary=c',
        '',
        '--c  ',
        `Content-Transfer-Encoding: ${qp}`,
        'Content-Type: text/plain; charset=iso-8859-1',
        '',
        content,
        '',
        '--c',
        '',
        'ASCII  ',
        '--c--',
        '',
        '--a b',
        'Content-Type: message/rfc822',
        `Content-Transfer-Encoding: ${eightBitPart}`,
        '',
        'Subject: inner',
        'Content-Type: text/plain; charset=utf-8',
        `Content-Transfer-Encoding: ${qp}`,
        '',
        content,
        '--a b',
        'Content-Type: application/octet-stream',
        'Content-Transfer-Encoding: base64',
        '',
        'AAAA',
        '',
        '--a b--',
        'epilogue',
        '',
      );
    expect(made(text('8BIT', 'binary', '8bit', 'ist für'))).toBe(
      text('7bit', '7bit', 'quoted-printable', 'ist f=C3=BCr'),
    );
  });
});

const multipart = (subtype: string, ...parts: readonly string[]) =>
  lines(
    `Content-Type: multipart/${subtype}; boundary=b`,
    '',
    ...parts.flatMap(part => ['--b', part]),
    '--b--',
    '',
  );
const nested = (depth: number): string =>
  depth === 0
    ? lines('', 'das ü')
    : lines(
        `Content-Type: multipart/mixed; boundary=b${depth}`,
        '',
        `--b${depth}`,
        nested(depth - 1),
        `--b${depth}--`,
      );

describe('what is left as it is', () => {
  test.each<[what: string, text: string]>([
    ['ASCII', plain('8bit', 'ASCII\r\n')],
    ['a signed part in ASCII with long lines', multipart('signed', lines('', 'x'.repeat(1_000)))],
    ['a long header', `X-A: ${'x'.repeat(1_200)}\r\n\r\nbody`],
  ])('%s', (_, text) => expect(sevenBitOf(text)).toEqual({kind: 'as-it-is'}));

  test.each<[reason: string, what: string, text: string]>([
    ['signed', 'a signed part', multipart('signed', lines('', 'ü'))],
    [
      'signed',
      'a signed part of another',
      multipart(
        'mixed',
        lines('', 'ü'),
        multipart('signed', lines('', 'ü')).replaceAll('=b', '=c').replaceAll('--b', '--c'),
      ),
    ],
    [
      'signed',
      'a signed part in a message',
      lines('Content-Type: message/rfc822', '', multipart('signed', lines('', 'ü'))),
    ],
    ['signed', 'a DKIM signature', `DKIM-Signature: v=1\r\n\r\nü`],
    ['encrypted', 'an encrypted part', multipart('encrypted', lines('', 'ü'))],
    ['header', 'a name of a file', plain('8bit', 'ü').replace('utf-8', 'utf-8; name="ü"')],
    ['header', 'an address', `To: ü@example.org\r\n\r\nbody`],
    ['encoding', 'base64 that is none', plain('base64', 'ü')],
    ['encoding', 'an unknown encoding', plain('x-uuencode', 'ü')],
    ['structure', 'no boundary', multipart('mixed', lines('', 'ü')).replace('; boundary=b', '')],
    ['structure', 'another boundary', multipart('mixed', lines('', 'ü')).replace('=b', '=c')],
    [
      'structure',
      'a boundary in pieces',
      multipart('mixed', lines('', 'ü')).replace('boundary=b', 'boundary*0=b'),
    ],
    ['structure', 'two boundaries', multipart('mixed', lines('', 'ü')).replace('=b', '=b; boundary=b')],
    ['structure', 'two types', `Content-Type: text/plain\r\n${plain('8bit', 'ü')}`],
    ['structure', 'two encodings', `Content-Transfer-Encoding: 8bit\r\n${plain('8bit', 'ü')}`],
    ['structure', 'no type', plain('8bit', 'ü').replace('text/plain', 'text')],
    ['structure', 'a preamble', multipart('mixed', lines('', 'ü')).replace('--b', 'ü\r\n--b')],
    ['structure', 'another message', plain('8bit', 'ü').replace('text/plain', 'message/delivery-status')],
    ['structure', 'a header section without an end', 'Subject: s\r\nkein Kopf für dich\r\n'],
    ['size', 'too many levels', nested(25)],
    ['size', 'too many parts', multipart('mixed', ...Array<string>(1_001).fill(lines('', 'ü')))],
  ])('%s: %s', (reason, _, text) => expect(sevenBitOf(text)).toEqual({kind: 'left', reason}));

  test('twenty levels are converted', () => expect(made(nested(20))).toContain('=C3=BC'));
});

/** What a reader sees of a text. This one adds line ends to some parts, and writes LF for CRLF in some: what is in
 * transfer encodings has an exact test of its own. */
async function seen(text: string) {
  const octets = contentOf(text).wire.toString('utf8').slice(0, -3).replaceAll('\r\n..', '\r\n.');
  const {headers: _, headerLines: __, attachments, ...mail} = await PostalMime.parse(octets);
  const line = (content: string) => content.replace(/[\r\n]+/g, '\n').replace(/\n$/, '');
  return {
    ...mail,
    text: mail.text && line(mail.text),
    html: mail.html?.replace(/(?:[\r\n]|<br \/>)+/g, ''),
    attachments: attachments.map(({content, ...rest}) => ({
      ...rest,
      content: line(typeof content === 'string' ? content : new TextDecoder().decode(content)),
    })),
  };
}

const words = fc
  .array(
    fc.oneof(
      fc.string({unit: fc.constantFrom('a', 'ü', '€', '😀', ' ', '=', '.', '-', '\t'), maxLength: 120}),
      fc.constantFrom('From jo', '.', '--b', '--', 'x'.repeat(1_100), ''),
    ),
    {maxLength: 6},
  )
  .map(list => `${list.join('\r\n')}\r\n`);
const leaf = fc
  .tuple(
    fc.constantFrom(
      'text/plain; charset=utf-8',
      'text/html; charset="UTF-8"',
      'application/octet-stream; name=a',
      'image/png',
    ),
    fc.constantFrom('8bit', 'binary', '7bit', undefined),
    words,
  )
  .map(([type, encoding, body]) =>
    lines(`Content-Type: ${type}`, ...(encoding ? [`Content-Transfer-Encoding: ${encoding}`] : []), '', body),
  );
const {tree} = fc.letrec<{tree: string}>(tie => ({
  tree: fc.oneof(
    {maxDepth: 4, withCrossShrink: true},
    leaf,
    fc
      .tuple(
        fc.constantFrom('mixed', 'alternative', 'related'),
        fc.array(tie('tree'), {minLength: 1, maxLength: 3}),
        fc.uuid(),
        fc.boolean(),
      )
      .map(([subtype, parts, boundary, isClosed]) =>
        lines(
          `Content-Type: multipart/${subtype}; boundary="${boundary}"`,
          '',
          ...parts.flatMap(part => [`--${boundary}`, part]),
          ...(isClosed ? [`--${boundary}--`, ''] : []),
        ),
      ),
    tie('tree').map(inner => lines('Content-Type: message/rfc822', '', 'Subject: inner', inner)),
  ),
}));

test('a reader of mail sees the same before and after', async () => {
  let converted = 0;
  await fc.assert(
    fc.asyncProperty(tree, async entity => {
      const text = lines('Subject: s', 'MIME-Version: 1.0', entity);
      const result = sevenBitOf(text);
      expect(result.kind).not.toBe('left');
      if (result.kind !== 'made') return;
      converted++;
      expect(result.text).toMatch(/^[\0-\x7f]*$/);
      for (const line of result.text.split(lineEnd)) expect(line.length).toBeLessThanOrEqual(998);
      expect(await seen(result.text)).toEqual(await seen(text));
      expect(sevenBitOf(result.text)).toEqual({kind: 'as-it-is'});
    }),
    {numRuns: 500},
  );
  expect(converted).toBeGreaterThan(200);
}, 60_000);
