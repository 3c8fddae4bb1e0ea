// Texts that are hard for whoever looks for secrets in them.

import {maskedText, withoutSecrets} from '../../shared/message/secrets.ts';
import {repeated} from './growth-rows.ts';

export const masked = (text: string) => {
  maskedText(text);
  maskedText(`{${text}`);
  withoutSecrets({text, mime: text, smarthost: text});
};

/** Each is masked in a text, in what begins like JSON, and in a message. */
export const secretRows: readonly (readonly [name: string, textOf: (length: number) => string])[] = [
  ['passwords', repeated('password')],
  ['open values', repeated('password:"')],
  ['open values with escapes', repeated('password:"\\', '', '\\')],
  ['one open value', repeated('\\a', 'password:"', '\\')],
  ['quotes behind backslashes', repeated('password:\\\\"')],
  ['backslashes behind a quote', repeated('\\', 'password:\\"')],
  ['quotes and backslashes', repeated('\\"', 'password:\\\\"')],
  ['names with backslashes', repeated('password\\\\')],
  ['spaces', repeated(' ', 'password')],
  ['names with spaces', repeated('password   ')],
  ['values of spaces', repeated('password:    ')],
  ['values of lines', repeated('\n', 'password:', ',')],
  ['passes', repeated('pass')],
  ['headers', repeated('x-mq-smarthost-password')],
  ['headers with a colon', repeated('x-mq-smarthost-password:')],
  ['headers with a value', repeated('x-mq-smarthost-password:a\n')],
  ['header names with tabs', repeated('\t', 'x-mq-smarthost-password')],
  ['short header names', repeated('x-mq-smarthost')],
  ['one header of folds', repeated('\r\n ', 'x-mq-smarthost-password:')],
  ['one header of carriage returns', repeated('\r', 'x-mq-smarthost-password:', 'a')],
  ['one header of escaped carriage returns', repeated('\\r', 'x-mq-smarthost-password:', 'a')],
  ['one header of escapes', repeated('\\r\\n ', 'x-mq-smarthost-password:')],
  ['one header of backslashes', repeated('\\', 'x-mq-smarthost-password:')],
  ['begins', repeated('-----BEGIN A PRIVATE KEY-----')],
  ['half begins', repeated('-----BEGIN A')],
  ['a long begin', repeated('PRIVATE KEY', '-----BEGIN ')],
  ['begins of ends', repeated('-----END PRIVATE KEY', '-----BEGIN PRIVATE KEY-----')],
  ['hyphens', repeated('-')],
  ['bare keys', repeated('MIIEvQIBADANBg-')],
  ['half bare keys', repeated('MIIEvQIB')],
  ['a bare key of backslashes', repeated('\\', 'MIIEvQIBA')],
  ['URLs', repeated('a://')],
  ['URLs of SMTP', repeated('smtp://')],
  ['URLs with a user', repeated('smtp://a:b@')],
  ['URLs of at signs', repeated('@', 'https://')],
  ['URLs of backslashes', repeated(':\\\\/')],
  ['URLs of slashes', repeated('/', ':')],
];
