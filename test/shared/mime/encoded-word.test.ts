import fc from 'fast-check';
import {expect, test} from 'vitest';
import {decodedText} from '../../../shared/mime/encoded-word.ts';

test.each([
  ['nothing', '', ''],
  ['plain text', 'a =? b ?= c', 'a =? b ?= c'],
  ['Q', '=?UTF-8?Q?Gr=C3=BC=c3=9fe_an?=', 'Grüße an'],
  ['B', '=?utf-8?B?R3LDvMOfZQ==?=', 'Grüße'],
  ['B without padding', '=?utf-8?b?R3LDvMOfZQ?=', 'Grüße'],
  ['an empty one', 'a =?utf-8?q??= b', 'a  b'],
  ['ISO-8859-1', '=?ISO-8859-1?Q?Gr=FC=DFe?=', 'Grüße'],
  ['ISO-8859-15', '=?iso-8859-15?q?=A4?=', '€'],
  ['windows-1252', '=?Windows-1252?B?gA==?=', '€'],
  ['KOI8-R', '=?koi8-r?B?8NLJ18XU?=', 'Привет'],
  ['ISO-2022-JP', '=?ISO-2022-JP?B?GyRCRnxLXBsoQg==?=', '日本'],
  ['US-ASCII', '=?us-ascii?q?a=3Fb?=', 'a?b'],
  ['a language', '=?utf-8*de-AT?q?=C3=BC?=', 'ü'],
  ['text before and behind', 'a =?utf-8?q?b?=  c', 'a b  c'],
  ['neighbours', '=?utf-8?q?a?= \t =?utf-8?q?b?=', 'ab'],
  ['neighbours of other charsets', '=?utf-8?q?=C3=BC?= =?iso-8859-1?b?/A==?=', 'üü'],
  ['words side by side', '=?utf-8?B?YQ==?==?utf-8?B?Yg==?=', 'ab'],
  ['a character in two words', '=?utf-8?q?=C3?= =?UTF-8?q?=BC?=', 'ü'],
  ['line ends in a word', '=?utf-8?q?a=0D=0Ab?=', 'a\r\nb'],
  ['blanks in a word', '=?utf-8?q?_a_?= =?utf-8?b?IGI=?=', ' a  b'],
  ['a byte order mark in a word', '=?utf-8?b?77u/YQ==?=', '\ufeffa'],
  ['a word within a word', 'a=?utf-8?q?b?=', 'a=?utf-8?q?b?='],
  ['a word in quotes', '"=?utf-8?q?b?="', '"=?utf-8?q?b?="'],
  ['a word with a blank in it', '=?utf-8?q?a b?=', '=?utf-8?q?a b?='],
  ['another encoding', '=?utf-8?x?a?=', '=?utf-8?x?a?='],
  ['a word without an end', '=?utf-8?q?a', '=?utf-8?q?a'],
])('%s', (_, value, text) => {
  expect(decodedText(value)).toBe(text);
});

test.each([
  ['an unknown charset', '=?klingon?q?a?='],
  ['octets that the charset has not', '=?utf-8?q?=ff?='],
  ['half a character', '=?utf-8?q?=C3?= b'],
  ['half an octet', '=?utf-8?q?=C?='],
  ['8-bit text', '=?utf-8?q?ü?='],
  ['what is not base64', '=?utf-8?b?a*b?='],
  ['too little base64', '=?utf-8?b?YWJjZ?='],
  ['one of several', '=?utf-8?q?a?= =?klingon?q?b?= =?utf-8?q?c?='],
])('%s cannot be decoded', (_, value) => {
  expect(decodedText(value)).toBeUndefined();
});

test('any text, encoded in any pieces, is read back', () => {
  const word = (text: string, encoding: string) =>
    encoding === 'B'
      ? `=?utf-8?B?${Buffer.from(text).toString('base64')}?=`
      : `=?utf-8?Q?${[...Buffer.from(text)].map(octet => `=${octet.toString(16).padStart(2, '0')}`).join('')}?=`;
  const piece = fc.tuple(fc.string({unit: 'grapheme'}), fc.constantFrom('B', 'Q'));
  fc.assert(
    fc.property(fc.array(piece), pieces => {
      const value = pieces.map(([text, encoding]) => word(text, encoding)).join(' ');
      expect(decodedText(value)).toBe(pieces.map(([text]) => text).join(''));
    }),
  );
});
