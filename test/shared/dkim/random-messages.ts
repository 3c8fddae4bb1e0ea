// Messages that are odd in every way in which a message may be: for fast-check.

import fc from 'fast-check';
import type {Canonicalization} from '../../../shared/dkim/canonicalization.ts';
import type {Signing} from '../../../shared/dkim/signature.ts';
import {ed25519Key, rsaKey} from './keys-under-test.ts';

const names = [
  ...['To', 'Cc', 'Subject', 'Date', 'Reply-To', 'Message-ID', 'MIME-Version', 'Content-Transfer-Encoding'],
  ...['Content-Type', 'Content-ID', 'Content-Disposition', 'In-Reply-To', 'References', 'Sender', 'List-Id'],
  ...['List-Unsubscribe', 'List-Unsubscribe-Post', 'Feedback-ID', 'Received', 'Return-Path', 'Resent-From'],
  ...['X-Campaign', 'X_odd.name!', 'X', 'Authentication-Results'],
];

/** Octets, as a character each. */
const word = fc.oneof(
  fc.stringMatching(/^[!-~]{1,12}$/),
  fc.constantFrom('a', '.', ':', ';', '=', ',', '=?utf-8?q?a?=', '<a@example.org>', 'b=', 'From:', '-'),
  fc
    .constantFrom('ü', '漢字', '\u{1f600}', '\u00a0', '\u2028')
    .map(text => Buffer.from(text).toString('latin1')),
  fc.constantFrom('\x01', '\x7f', '\x80', '\xff'),
  fc.constantFrom(100, 998, 3000).map(length => 'x'.repeat(length)),
);
const blanks = fc.constantFrom(' ', ' ', '  ', '\t', ' \t ', ' '.repeat(90));
const fold = fc.constantFrom('\r\n ', '\r\n\t', ' \r\n  ', '\t\r\n ', '\r\n \r\n ', '\r\n\t\t');

const value = fc
  .array(fc.oneof({weight: 4, arbitrary: word}, {weight: 3, arbitrary: blanks}, fold), {maxLength: 8})
  .map(parts => parts.join(''));

const inAnyCase = (name: string) => fc.constantFrom(name, name, name.toLowerCase(), name.toUpperCase());
const fieldOf = (name: fc.Arbitrary<string>) =>
  fc
    .tuple(name.chain(inAnyCase), fc.constantFrom(': ', ': ', ':', ':\t', ':  '), value)
    .map(parts => parts.join(''));

const header = fc
  .tuple(
    fieldOf(fc.constant('From')),
    fc.array(fieldOf(fc.constantFrom(...names)), {maxLength: 12}),
    fc.nat(),
  )
  .map(([from, others, at]) => others.toSpliced(at % (others.length + 1), 0, from).join('\r\n'));

/** In fields dkimpy takes them for blanks, which they are not (RFC 6376 2.8). */
const formFeed = fc.constantFrom('\x0b', '\x0c');
const lineEnd = fc.constantFrom(
  '\r\n',
  '\r\n',
  '\r\n\r\n',
  ' \r\n',
  '\t \r\n',
  '\r\n.\r\n',
  '\r\n..',
  '\r\n\r\n\r\n\r\n',
);
const body = fc
  .array(fc.oneof(word, blanks, lineEnd, formFeed), {maxLength: 20})
  .map(parts => parts.join(''));

/** A text as octets, with CRLF at the end of each line but perhaps the last one; some have no body. */
const text = fc
  .tuple(
    header,
    fc.oneof(
      {weight: 9, arbitrary: body.map(octets => `\r\n\r\n${octets}`)},
      fc.constantFrom('', '\r\n', '\r\n\r\n', '\r\n\r\n\r\n'),
    ),
  )
  .map(parts => Buffer.from(parts.join(''), 'latin1'));

export const canonicalizations: readonly Canonicalization[] = [
  'relaxed/relaxed',
  'relaxed/simple',
  'simple/relaxed',
  'simple/simple',
];

const signing = fc.record(
  {
    key: fc.constantFrom(rsaKey, ed25519Key),
    canonicalization: fc.constantFrom(...canonicalizations),
    expireMs: fc.constant(Date.UTC(2100, 0, 1)),
    headers: fc.subarray(['X-Campaign', 'X_odd.name!', 'Received', 'x-absent']),
    unsigned: fc.subarray(['date', 'Message-ID', 'from', 'Content-Type']),
  },
  {requiredKeys: ['key']},
) as fc.Arbitrary<Signing>;

export const signedTexts = fc.record({text, signings: fc.array(signing, {minLength: 1, maxLength: 3})});

/** As it is sent: the last line ends in CRLF. */
export const asSent = (fields: string, text: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from(fields, 'latin1'),
    text,
    Buffer.from(text.toString('latin1').endsWith('\r\n') ? '' : '\r\n'),
  ]);
