// What real servers change in texts that they take, so that signatures break. All else arrives as it was signed.

import {oddTexts} from '../shared/dkim/odd-texts.ts';

const header = 'From: Jo <jo@example.org>\r\nTo: info@example.net\r\nSubject: hello\r\n';
const textOf = (encoding: '7bit' | '8bit', body: string) =>
  `${header}MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n${body}\r\n`;

export const eightBitText = textOf('8bit', 'Grüße, 你好, 📮 \t \r\n.Grüße\r\n');
export const textWithLineOf = (octets: number) => textOf('7bit', 'x'.repeat(octets));
export const eightBitTextWithLineOf = (octets: number) => textOf('8bit', 'ü'.repeat(octets / 2));

interface SentText {
  readonly name: string;
  readonly text: string;
  readonly beyondDkimpy?: boolean;
}

/** In octets: larger ones are for the tests of size. */
const largest = 90_000;

export const sentTexts: readonly SentText[] = [
  ...oddTexts.flatMap(({name, text, beyond}) =>
    typeof text === 'string' && text.length < largest
      ? [{name, text, beyondDkimpy: beyond?.dkimpy !== undefined}]
      : [],
  ),
  {name: 'an 8-bit body', text: eightBitText},
  {name: 'a line of 998 octets', text: textWithLineOf(998)},
  {name: 'a line of 999 octets', text: textWithLineOf(999)},
  {name: 'a line of 5,000 octets', text: textWithLineOf(5_000)},
  {name: 'a line of 60,000 octets', text: textWithLineOf(60_000)},
];

/** Texts with an address that has no domain. The server writes it anew, with one. */
const incompleteAddresses = [
  'a blank that is none of ASCII at the end of a field',
  'blanks in a field',
  'names in any case',
  'fields that stand twice',
  'a thousand Cc fields',
  'form feeds around a value',
];

interface Changes {
  /** Whether it adds a Date and a Message-ID where there is none. */
  readonly adds?: boolean;
  /** Names of texts in which it breaks every signature. */
  readonly everything?: readonly string[];
  /** Names of those in which it breaks the ones with simple/simple. */
  readonly simple?: readonly string[];
}

export const changesOnTheWay: Readonly<Record<string, Changes>> = {
  // It does so for clients that it takes for its own: local_header_rewrite_clients.
  Postfix: {adds: true, everything: [...incompleteAddresses, 'blanks before the colon']},
  // It does so for whoever has logged in.
  OpenSMTPD: {adds: true, everything: incompleteAddresses},
  // It drops lines of blanks at the end of a field.
  Exim: {simple: ['a field that ends in a fold of blanks', 'a field of blanks and folds']},
};
