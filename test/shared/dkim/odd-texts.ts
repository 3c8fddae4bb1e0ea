// Texts that signers and verifiers get wrong, each with why it is here.

export interface OddText {
  readonly name: string;
  readonly text: string | Buffer;
  /** Who cannot verify it, though it is right, and why. */
  readonly beyond?: {readonly dkimpy?: string; readonly opendkim?: string};
}

const header = 'From: Jo <jo@example.org>\r\nTo: info@example.net\r\nSubject: hello\r\n';
const withBody = (body: string): string => `${header}\r\n${body}`;
const withField = (fields: string): string => `${fields}\r\n${header}\r\nHello.\r\n`;

export const oddTexts: readonly OddText[] = [
  {name: 'an ordinary text', text: withBody('Hello.\r\n')},
  {name: 'From alone', text: 'From: jo@example.org\r\n\r\n'},
  {name: 'an empty body', text: withBody('')},
  {name: 'no body', text: header},
  {name: 'no body, and no CRLF at the end', text: header.slice(0, -2)},
  {name: 'a body of an empty line', text: withBody('\r\n')},
  {name: 'a body of empty lines', text: withBody('\r\n'.repeat(50))},
  {name: 'a body of blanks', text: withBody(' \t ')},
  {name: 'a body of lines of blanks', text: withBody(' \r\n\t\r\n  \r\n')},
  {name: 'no CRLF at the end', text: withBody('Hello.')},
  {name: 'blanks and no CRLF at the end', text: withBody('Hello. \t')},
  {name: 'empty lines at the end', text: withBody('Hello.\r\n\r\n\r\n')},
  {name: 'lines of blanks at the end', text: withBody('Hello.\r\n \r\n\t\r\n')},
  {name: 'an empty line at the start', text: withBody('\r\n\r\nHello.\r\n')},
  {name: 'blanks at the end of lines', text: withBody('Hello. \r\nyou\t \t\r\n there \r\n')},
  {name: 'blanks at the start of lines', text: withBody(' Hello.\r\n\t\tyou\r\n')},
  {name: 'dots', text: withBody('.\r\n..\r\n.a\r\n.\r\n')},
  {name: 'what looks like a header in the body', text: withBody('From: x@example.org\r\n\r\nSubject: x\r\n')},
  {name: 'a line of a megabyte', text: withBody(`${'a '.repeat(2 ** 19)}\r\n`)},
  {name: 'a megabyte of lines', text: withBody('Hello, you  there. \r\n'.repeat(50_000))},
  {name: 'a megabyte of empty lines', text: withBody(`Hello.${'\r\n'.repeat(500_000)}`)},
  {name: 'octets that are no UTF-8', text: Buffer.from(withBody('Gr\xfc\xdfe\x80\xff\r\n'), 'latin1')},
  {name: 'fields in UTF-8', text: withField('Reply-To: Jürgen <jürgen@bücher.example>\r\nCc: 信@例え.jp')},
  {
    name: 'fields in octets that are no UTF-8',
    text: Buffer.from(withField('Cc: J\xfcrgen\xa0\r\n \x85x'), 'latin1'),
  },
  {name: 'a blank that is none of ASCII at the end of a field', text: withField('Cc: x\u00a0\u2028\u3000')},
  {name: 'a field of a folded line', text: withField('Cc: a@example.org,\r\n\tb@example.org')},
  {
    name: 'a field of many folded lines',
    text: withField(`Cc: a${',\r\n  a@example.org'.repeat(5000)}`),
    beyond: {opendkim: 'has a limit'},
  },
  {name: 'a field that begins with a fold', text: withField('Cc:\r\n a@example.org')},
  {name: 'a field with a fold of blanks', text: withField('Cc: a@example.org\r\n \t \r\n\tb@example.org')},
  {name: 'a field that ends in a fold of blanks', text: withField('Cc: a@example.org\r\n  ')},
  {name: 'an empty field', text: withField('Cc:')},
  {name: 'a field of a blank', text: withField('Cc: ')},
  {name: 'a field of blanks and folds', text: withField('Cc: \r\n \r\n\t')},
  {name: 'a field without a blank', text: withField('Cc:a@example.org')},
  {
    name: 'a field of a hundred kilobytes',
    text: withField(`Cc: ${'a'.repeat(100_000)}`),
    beyond: {opendkim: 'has a limit'},
  },
  {name: 'blanks in a field', text: withField('Comments:  a \t b  \r\nCc: \ta  \t b \t')},
  {name: 'names in any case', text: withField('CC: a\r\nreply-to: b\r\nmime-version: 1.0')},
  {name: 'fields that stand twice', text: withField('Subject: a\r\nSUBJECT: b\r\nCc: a\r\nCc: a')},
  {name: 'two From fields', text: withField('From: other@example.org')},
  {name: 'a thousand Cc fields', text: withField('Cc: a\r\n'.repeat(1000).slice(0, -2))},
  {name: 'trace fields', text: withField('Return-Path: <>\r\nReceived: from a by b;\r\n\tc\r\nReceived: x')},
  {
    name: 'the fields of a list',
    text: withField('List-Unsubscribe: <https://a.example>\r\nList-Id: <a.example>'),
  },
  {name: 'names of all characters', text: withField('!#$%&\'*+-/=?^_`{|}~;<>@()[],.": x')},
  {
    name: 'blanks before the colon',
    text: withField('Reply-To : a\r\nCc\t \t: b'),
    beyond: {dkimpy: 'takes such a line for none of a header', opendkim: 'stops there, too'},
  },
  {
    name: 'form feeds around a value',
    text: withField('Cc: \x0ca\x0b'),
    beyond: {dkimpy: 'takes form feeds for blanks', opendkim: 'does so, too'},
  },
];
