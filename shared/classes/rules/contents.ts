// What is said of the message: its size, its form, and what it looks like.

import type {Rule} from '../rule.ts';

export const contentRules: readonly Rule[] = [
  {
    class: 'content',
    words: [
      'message size',
      'size exceeds',
      'email size',
      'message too large',
      'message too big',
      'message file too big',
      'message is too l',
      'sizelimit',
      'databytes',
    ],
    source: 'RFC 1870 6, RFC 3463 3.4 (X.3.4): the message is what has to change',
    example: {code: 552, status: '5.3.4', text: 'Message size exceeds the limit', stage: 'mailfrom'},
  },
  {
    class: 'content',
    words: [
      ' virus',
      'infected',
      'malware',
      'phish',
      'suspicious',
      'unsolicited',
      'banned content',
      ' banned ',
      'spam',
      'security polic',
      'potential security issue',
      'content denied',
      'content examination',
      'clamav',
      'content rejected',
      'attachment',
      'executable',
      'junk mail',
    ],
    unless: ['notspam support'],
    source:
      'https://support.google.com/a/answer/3726730, amavis, rspamd and SpamAssassin’s milters: their words',
    example: {code: 554, status: '5.7.1', text: 'Spam message rejected', stage: 'message'},
  },
  {
    class: 'content',
    words: [
      'rfc 5322',
      'rfc 2822',
      'rfc 822',
      'rfc compliant',
      'malformed',
      'message id',
      'line length',
      'line too long',
      'lone cr',
      'duplicate header',
      'header field',
    ],
    source: 'RFC 5322 2 and 3.6, RFC 3463 3.7 (X.6.0)',
    example: {code: 550, text: 'The message is not RFC 5322 compliant', stage: 'message'},
  },
];
