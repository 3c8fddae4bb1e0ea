import fc from 'fast-check';
import PostalMime from 'postal-mime';
import {describe, expect, test} from 'vitest';
import {utf8TextOf} from '../../../shared/mime/utf8-text.ts';

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const lines = (...list: readonly string[]) => list.join('\r\n');

test('what is UTF-8 stays as it is', () => {
  for (const text of ['', 'plain', '\ufeffA: é\r\n\r\nGrüße 東京 👍\0\ufffe\r\n', 'no header é'])
    expect(utf8TextOf(Buffer.from(text))).toEqual({ok: true, text});
  fc.assert(
    fc.property(fc.string({unit: 'binary'}), text => {
      fc.pre(text.isWellFormed());
      expect(utf8TextOf(Buffer.from(text))).toEqual({ok: true, text});
    }),
  );
});

describe('what is not becomes so', () => {
  test.each<[what: string, octets: Buffer, expected: string]>([
    [
      'a text, as quoted-printable',
      latin1(lines('Content-Type: text/plain; charset=iso-8859-1', '', 'Gr\xfc\xdfe = x', '')),
      lines(
        'Content-Type: text/plain; charset=iso-8859-1',
        'Content-Transfer-Encoding: quoted-printable',
        '',
        'Gr=FC=DFe =3D x',
        '',
      ),
    ],
    [
      'a text that says nothing of its charset',
      latin1('Subject: s\r\n\r\nSch\xf6n\r\n'),
      lines(
        'Subject: s',
        'MIME-Version: 1.0',
        'Content-Type: text/plain; charset=unknown-8bit',
        'Content-Transfer-Encoding: quoted-printable',
        '',
        'Sch=F6n',
        '',
      ),
    ],
    [
      'another type, as base64',
      latin1('Content-Type: image/gif\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\xff\xfe\xfd'),
      'Content-Type: image/gif\r\nContent-Transfer-Encoding: base64\r\n\r\n//79',
    ],
    [
      'one part of two: the other one stays 8-bit',
      Buffer.concat([
        Buffer.from(
          lines(
            'Content-Type: multipart/mixed; boundary=b',
            'Content-Transfer-Encoding: 8bit',
            '',
            '--b',
            '',
            'Grüße',
            '--b',
            'Content-Type: text/plain; charset=iso-8859-1',
            '',
            '',
          ),
        ),
        latin1(lines('Viele Gr\xfc\xdfe', '--b--', '')),
      ]),
      lines(
        'Content-Type: multipart/mixed; boundary=b',
        'Content-Transfer-Encoding: 8bit',
        '',
        '--b',
        '',
        'Grüße',
        '--b',
        'Content-Type: text/plain; charset=iso-8859-1',
        'Content-Transfer-Encoding: quoted-printable',
        '',
        'Viele Gr=FC=DFe',
        '--b--',
        '',
      ),
    ],
    [
      'header fields, which are read as windows-1252',
      latin1('Subject: Gr\xfc\xdfe \x80\r\nFrom: Andr\xe9 <a@example.org>\r\n\r\nx\r\n'),
      lines(
        'Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe_=E2=82=AC?=',
        'From: =?UTF-8?Q?Andr=C3=A9?= <a@example.org>',
        '',
        'x',
        '',
      ),
    ],
  ])('%s', (_what, octets, text) => {
    expect(utf8TextOf(octets)).toEqual({ok: true, text});
  });
});

describe('what must not be changed, or cannot be', () => {
  test.each<[reason: string, text: string]>([
    ['signed', 'DKIM-Signature: v=1\r\n\r\n\xff'],
    ['signed', 'ARC-Message-Signature: i=1\r\n\r\n\xff'],
    ['signed', 'Content-Type: multipart/signed; boundary=b\r\n\r\n--b\r\n\r\n\xff\r\n--b--\r\n'],
    ['encrypted', 'Content-Type: multipart/encrypted; boundary=b\r\n\r\n--b\r\n\r\n\xff\r\n--b--\r\n'],
    ['encoding', 'Content-Transfer-Encoding: base64\r\n\r\n\xff'],
    ['encoding', 'Content-Transfer-Encoding: quoted-printable\r\n\r\n\xff'],
    ['structure', 'Content-Type: multipart/mixed\r\n\r\n\xff'],
    ['structure', 'no field \xff'],
    ['structure', 'From \xff\r\nSubject: x\r\n\r\nx'],
    ['header', 'Message-ID: <\xff@example.org>\r\n\r\nx'],
  ])('%s: %j', (reason, text) => {
    expect(utf8TextOf(latin1(text))).toEqual({ok: false, reason});
  });

  test('a signed text is taken where its own octets are UTF-8', () => {
    const signed = 'Content-Type: multipart/signed; boundary=b\r\n\r\n--b\r\n\r\nGrüße\r\n--b--\r\n';
    expect(utf8TextOf(Buffer.from(signed))).toEqual({ok: true, text: signed});
  });
});

test('as it would be seen, by another reader', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({minLength: 1, maxLength: 2_000}), async bytes => {
      // Lines of SMTP: no CR or LF but in CRLF.
      const body = Buffer.from(bytes.filter(octet => octet !== 10 && octet !== 13));
      const head = 'MIME-Version: 1.0\r\nContent-Type: application/octet-stream\r\n\r\n';
      const made = utf8TextOf(Buffer.concat([Buffer.from(head), body]));
      expect(made.ok).toBe(true);
      if (!made.ok || made.text === head + body.toString()) return;
      const {attachments} = await PostalMime.parse(made.text);
      expect(Buffer.from(attachments[0]!.content as ArrayBuffer)).toEqual(body);
    }),
  );
});
