// What strangers write, and the code that reads it: each with a text of any length that is hard for it.

import {fromDomainsOf} from '../../functions/deliver/dkim/from-domains.ts';
import {plainClassOf} from '../../shared/classes/class-of.ts';
import {ownClassOf, ownSubjectOf, parseOwnRule} from '../../shared/classes/own-rule.ts';
import {parsePostponed} from '../../shared/delivery/postponed-result.ts';
import {retryHintOf} from '../../shared/delivery/schedule.ts';
import {parseDkim} from '../../shared/dkim/dkim-property.ts';
import {parsePrivateKey} from '../../shared/dkim/private-key.ts';
import {dkimFieldsOf} from '../../shared/dkim/signature.ts';
import {parseJson} from '../../shared/json.ts';
import {withHeaderChanges} from '../../shared/message/header-changes.ts';
import {parseMessage} from '../../shared/message/message-body.ts';
import {mqHeadersRules} from '../../shared/message/mq-headers.ts';
import {parseTracking} from '../../shared/message/tracking.ts';
import {parseContentType} from '../../shared/mime/content-type.ts';
import {decodedText} from '../../shared/mime/encoded-word.ts';
import {parseField} from '../../shared/mime/field.ts';
import {sevenBitOf} from '../../shared/mime/seven-bit.ts';
import {utf8TextOf} from '../../shared/mime/utf8-text.ts';
import {parseCapacity} from '../../shared/settings/groups/capacity.ts';
import {parseSettings} from '../../shared/settings/settings.ts';
import {parseHost, parseHostname, parseMailbox} from '../../shared/smtp/address.ts';
import {wantsAuthentication} from '../../shared/smtp/authentication-wanted.ts';
import {contentOf} from '../../shared/smtp/content.ts';
import {Courtesies} from '../../shared/smtp/courtesies.ts';
import {dsnOf} from '../../shared/smtp/dsn.ts';
import {isOfSize} from '../../shared/smtp/mail-parameters.ts';
import {maskedReply} from '../../shared/smtp/masked-reply.ts';
import {parsePolicy, policyIdOf} from '../../shared/smtp/mta-sts.ts';
import {parseExtensions, type RawReply, ReplyReader, replyOf} from '../../shared/smtp/reply.ts';
import {parseHosts, parseRelayUrl} from '../../shared/smtp/smarthost.ts';
import {saysEnough} from '../../shared/smtp/spent-connection.ts';
import {saysFull} from '../../shared/smtp/trouble.ts';
import {parseUtcTime} from '../../shared/utc-time.ts';
import {arrival, bodyWith} from '../samples/messages.ts';
import {ed25519Key} from './dkim/keys-under-test.ts';

/** What is read, and the text for it, of about so many characters. */
export type Row = readonly [
  name: string,
  read: (text: string) => unknown,
  textOf: (length: number) => string,
];

const times = (part: string, length: number) => part.repeat(Math.ceil(length / part.length));
export const repeated =
  (part: string, before = '', after = '') =>
  (length: number) =>
    before + times(part, length) + after;
const numbered = (lineOf: (index: number) => string, lineLength: number) => (length: number) =>
  Array.from({length: Math.ceil(length / lineLength)}, (_, index) => lineOf(index)).join('');

const parse = (body: string) => {
  for (const mqHeaders of mqHeadersRules) parseMessage(body, arrival, {mqHeaders, strict: true});
};
const mime = (text: string) => parse(bodyWith({mime: text}));
const property = (name: string) => (text: string) => parse(bodyWith({[name]: text}));
const smarthost = (text: string) =>
  parse(bodyWith({smarthost: {hostname: text, username: text, password: text}}));
const headers = (text: string) => {
  for (const name of ['X-A', 'To', 'Message-ID']) parseField(`${name}: ${text}`);
};
const changed = (mime: string) =>
  withHeaderChanges(mime, {
    ...{remove: ['a'], prepend: [], append: [], add: []},
    replace: [{name: 'a', text: 'A: 1\r\n', needsUtf8: false}],
    update: [{name: 'b', text: 'B: 1\r\n', needsUtf8: false}],
  });
const manyHeaders = (text: string) => {
  const list = text.split('\n');
  parse(bodyWith({headers: {remove: list, append: list.map(name => `${name}: 1`)}}));
};
const parts = (of: string, boundary: string) => (length: number) =>
  `Content-Type: multipart/mixed; boundary="${boundary}"\r\n\r\n${times(of, length)}ü`;
/** All of a server's words, in packets of a size. */
const reply = (packetOctets: number) => (text: string) => {
  const reader = new ReplyReader();
  const octets = Buffer.from(text, 'latin1');
  const replies: RawReply[] = [];
  for (let at = 0; at < octets.length; at += packetOctets)
    replies.push(...reader.push(octets.subarray(at, at + packetOctets)));
  for (const raw of [...replies, reader.breakOff()]) {
    if (raw === undefined) continue;
    parseExtensions(raw.lines);
    replyOf(raw, raw.code ?? 500, words => maskedReply(words, ['hunter2', '\0me\0hunter2'], true));
  }
};
const refusal = (text: string) => {
  const failure = {stage: 'mailfrom', result: 'error', reply: {code: 550, text}, description: text} as const;
  wantsAuthentication(failure, true);
  saysEnough(failure.reply);
  saysFull({...failure, stage: 'intro'});
  isOfSize(failure);
  new Courtesies(new Map()).leaveOut(failure, {size: true, dsn: {mail: 'x', rcpt: ''}});
  plainClassOf(failure);
};
/** A rule of the settings whose parts are nearly there, and again and again. */
const ownRule = parseOwnRule(JSON.stringify({class: 'other', text: `${'a*'.repeat(60)}ab*aab*b`}));
const ruled = (text: string) => {
  const failure = {stage: 'mailfrom', result: 'error', reply: {code: 550, text}, description: text} as const;
  if (ownRule.ok) ownClassOf(new Map([['x', ownRule.value]]), ownSubjectOf(failure, text));
};
const signed = (text: string) => {
  const from = `From: a\r\n${text}`;
  const signings = (['relaxed/relaxed', 'simple/simple'] as const).map(canonicalization => ({
    key: ed25519Key,
    canonicalization,
  }));
  dkimFieldsOf(from, signings, 0);
};
const dsn = (text: string) => {
  dsnOf({notify: text, ret: text, envid: text, orcpt: text});
  dsnOf({notify: text.split(',')});
};
const latin1 = (text: string) => utf8TextOf(Buffer.from(text, 'latin1'));
const setting = (name: string) => (value: string) => parseSettings([{name, value}]);

export const rows: readonly Row[] = [
  ['a refusal of one word', refusal, repeated('a')],
  ['a refusal of a name', refusal, repeated('a.')],
  ['a refusal that opens a path and again', refusal, repeated('<')],
  ['a refusal of permissions', refusal, repeated('not authorized ')],
  ['a refusal of permissions to send', refusal, repeated('not authorized send ')],
  ['a refusal of messages', refusal, repeated('message not ')],
  ['a refusal of limits', refusal, repeated('too many ')],
  ['a refusal of addresses', refusal, repeated('a@')],
  ['a refusal of URLs', refusal, repeated('a://')],
  ['a refusal of points', refusal, repeated('.')],
  ['a refusal of quotes', refusal, repeated("'")],
  ['a refusal of beginnings', refusal, repeated('sender ip mailbox ')],
  ['a reply to a rule of the settings', ruled, repeated('a')],
  ['a rule of the settings', parseOwnRule, numbered(index => `"a${index}":1,`, 12)],
  ['a rule of wildcards', parseOwnRule, repeated('*', '{"class":"other","domain":"', '"}')],
  ['a message of repeated fields', mime, repeated('x-mq-tag:a\n')],
  ['a message of every other field', mime, repeated('A: 1\rx-mq-tag:a\n')],
  ['a message of contradicting fields', mime, numbered(index => `x-mq-a:${index}\n`, 12)],
  ['a value of letters', headers, repeated('ü')],
  ['a value of words', headers, repeated('ü ')],
  ['a value of blanks', headers, repeated(' ', 'a', 'ü')],
  ['a value of quotes', headers, repeated('"', 'ü')],
  ['a value of escaped quotes', headers, repeated('\\"', '"ü')],
  ['a value of brackets', headers, repeated('<', 'ü')],
  ['a value of comments', headers, repeated('(', 'ü')],
  ['a value of closed comments', headers, repeated('(ü)', 'ü')],
  ['a value of addresses', headers, repeated('ü <a@b.example>,')],
  ['a value of names', headers, repeated('ü "ü" ', '', '<a@b.example>')],
  ['a value of groups', headers, repeated('ü:', 'ü')],
  ['a value of encoded words', headers, repeated('=?utf-8?q?a?= ', 'ü')],
  ['headers of different names', manyHeaders, numbered(index => `a${index}\n`, 7)],
  ['header sections of one field', changed, repeated('a: 1\r\n')],
  ['header sections of other fields', changed, repeated('c: 1\r')],
  ['header sections of folds', changed, repeated(' \r\n', 'a: 1\r\n')],
  ['a type of parameters', parseContentType, repeated('; a=b', 'text/plain')],
  ['a type of semicolons', parseContentType, repeated(';', 'text/plain')],
  ['a type of blanks', parseContentType, repeated(' ', 'text/plain;', 'x')],
  ['a type of a token', parseContentType, repeated('a', 'text/plain; a=', '"')],
  ['a type of quotes', parseContentType, repeated('\\"', 'text/plain; a="')],
  ['a type of comments', parseContentType, repeated('(', 'text/plain')],
  ['8-bit letters', sevenBitOf, repeated('ü', 'A: 1\r\n\r\n')],
  ['8-bit letters among others', sevenBitOf, repeated('abcdefghijklmnopü', 'A: 1\r\n\r\n')],
  ['8-bit lines', sevenBitOf, repeated('From ü \r\n', 'A: 1\r\n\r\n')],
  ['8-bit carriage returns', sevenBitOf, repeated('ü\r', 'A: 1\r\n\r\n')],
  ['8-bit headers', sevenBitOf, repeated('A: ü\r\n')],
  ['boundaries', sevenBitOf, parts('--b\r\n', 'b')],
  ['nearly boundaries', sevenBitOf, parts('--b', 'b')],
  ['boundaries with blanks', sevenBitOf, parts('--b    x\r\n', 'b')],
  ['lines around boundaries', sevenBitOf, parts('\r\n', 'b')],
  ['carriage returns around boundaries', sevenBitOf, parts('\r', 'b')],
  ['nested parts', sevenBitOf, parts('--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n', 'b')],
  ['nested messages', sevenBitOf, repeated('Content-Type: message/rfc822\r\n\r\n', '', 'ü')],
  ['octets that are not UTF-8', latin1, repeated('ü', 'A: 1\r\n\r\n')],
  ['headers that are not UTF-8', latin1, repeated('A: ü\r\n')],
  ['folds that are not UTF-8', latin1, repeated(' ü\r\n', 'A: 1\r\n')],
  ['parts that are not UTF-8', latin1, parts('--b\r\n\r\nü\r\n', 'b')],
  ['nested messages that are not UTF-8', latin1, repeated('Content-Type: message/rfc822\r\n\r\n', '', 'ü')],
  ['a message of different fields', mime, numbered(index => `x-mq-a${index}:b\n`, 14)],
  ['a message of smarthost fields', mime, numbered(index => `x-mq-smarthost-port:${index}\n`, 26)],
  ['a message of nearly fields', mime, numbered(index => `x-mq-${index}\u00a0:b\n`, 14)],
  ['a message of lines that are none', mime, repeated('a\n')],
  ['a message of folds', mime, repeated('\n ', 'x-mq-tag:')],
  ['a message of folded names', mime, repeated('x-mq-\n a:\n')],
  ['a message of carriage returns', mime, repeated('\r', 'A: 1')],
  ['a message of carriage returns and a text', mime, repeated('\r', 'x-mq-tag:', 'a\n')],
  ['a message of carriage returns in folds', mime, repeated('\r\r ', 'x-mq-tag:')],
  ['a message of line feeds', mime, repeated('\n')],
  ['a message of one long line', mime, repeated('a')],
  ['a message of one long name', mime, repeated('a', 'x-mq-')],
  ['a message of blanks behind a name', mime, repeated(' ', 'x-mq-a')],
  ['a message of byte order marks', mime, repeated('\ufeff')],
  ['a message of NULs', mime, repeated('\0')],
  ['a message of form feeds', mime, repeated('\f\t', 'A: ')],
  ['a message of what is not seen', mime, repeated('\u200b', 'x')],
  ['a message of encoded words', mime, repeated('=?utf-8?q?a?= ', 'x-mq-a:')],
  ['a message of mbox marks', mime, repeated('>')],
  ['a message that is a mailbox', property('recipient'), repeated('a.')],
  ['a message with a domain of dots', property('recipient'), repeated('.', 'a@b')],
  ['a message of retries', property('retries'), repeated('1,')],
  ['a message of a delay', property('delayed'), repeated('1')],
  ['a message of a flag', property('keepmime'), repeated(' ')],
  ['a message of custom properties', parse, numbered(index => `"a${index}":1,`, 12)],
  ['a message of bad tags', text => parse(`{"tags":[${text}1]}`), repeated('1,')],
  [
    'a message of unknown members',
    text => parse(`{"smarthost":{${text}"a":1}}`),
    numbered(i => `"user${i}":1,`, 14),
  ],
  ['a message of a long name', text => parse(`{"${text}":1}`), repeated('smarthost-')],
  ['a smarthost of hosts', smarthost, repeated('a,')],
  ['a smarthost of umlauts', smarthost, repeated('ü')],
  ['a smarthost’s URL', smarthost, repeated('@:', 'smtp://')],
  ['JSON of brackets', parse, repeated('[')],
  ['JSON of objects', parse, repeated('{"a":')],
  ['JSON of quotes', parse, repeated('"')],
  ['JSON of backslashes', parse, repeated('\\', '{"a":"')],
  ['JSON of quotes with backslashes', parse, repeated('\\"', '{"a":"')],
  ['JSON of numbers', parse, repeated('1,', '{"a":[', '1]}')],
  ['JSON of numbers that are not JavaScript’s', parse, repeated('1.10,', '{"a":[', '1]}')],
  ['JSON of one number', parse, repeated('1', '{"a":', '}')],
  ['JSON alone, of one number', text => parseJson(text), repeated('1', '[', ']')],
  ['the wire of lines', contentOf, repeated('.\n')],
  ['the wire of dots', contentOf, repeated('.')],
  ['the wire of carriage returns', contentOf, repeated('\r', '', 'a')],
  ['encoded words that begin', decodedText, repeated('=?utf-8?q?')],
  ['encoded words of equals signs', decodedText, repeated('=', '=?utf-8?b?', '?=')],
  ['encoded words of marks', decodedText, repeated('=?')],
  ['encoded words in other charsets', decodedText, repeated('=?utf-8?q?a?= =?latin1?q?a?= ')],
  ['encoded words among blanks', decodedText, repeated(' ', '=?utf-8?q?a?=', 'a')],
  ['a text to sign, of fields', signed, repeated('To:\r\n')],
  ['a text to sign, of folds', signed, repeated('\r\n ', 'To:')],
  ['a text to sign, of blanks in a field', signed, repeated(' ', 'To:', 'a')],
  ['a text to sign, of one name', signed, repeated('a')],
  ['a text to sign, of blanks behind a name', signed, repeated(' ', 'To')],
  ['a text to sign, of lines that are no field', signed, repeated('a\r\n')],
  ['a text to sign, of carriage returns', signed, repeated('\r', 'To:')],
  ['a text to sign, of blanks', signed, repeated(' ', '\r\n', 'a')],
  ['a text to sign, of lines of blanks', signed, repeated(' \r\n', '\r\n')],
  ['a text to sign, of empty lines', signed, repeated('\r\n', '\r\n')],
  ['a private key of begins', parsePrivateKey, repeated('-----BEGIN PRIVATE KEY-----')],
  ['a private key of spaces', parsePrivateKey, repeated(' ', 'a', 'a')],
  ['a private key of line ends', parsePrivateKey, repeated('\\n', 'a', 'a')],
  ...['(', '<', '"', '\\', 'a@b.example,', '\r\n ', ' \t', ':'].map(
    (part): Row => [`From of ${JSON.stringify(part)}`, fromDomainsOf, repeated(part, 'From: ')],
  ),
  ['DKIM of headers', text => parseDkim({headers: text}), repeated('a,')],
  ['DKIM of dots', text => parseDkim({domain: text}), repeated('a.')],
  ['DKIM of signatures', text => parseDkim(text.split(',').map(() => ({}))), repeated('a,')],
  ['a DSN of words', dsn, repeated('SUCCESS,')],
  ['a DSN of blanks', dsn, repeated(' ', 'FULL', 'x')],
  ['a DSN of plus signs', dsn, repeated('+', 'rfc822;')],
  ['a DSN of an address’s type', dsn, repeated('-')],
  ['a mailbox of at signs', parseMailbox, repeated('@')],
  ['a mailbox of quotes', parseMailbox, repeated('\\"', '"')],
  ['a host of dots', parseHost, repeated('a.')],
  ['a host of colons', parseHost, repeated(':1')],
  ['a host of brackets', parseHost, repeated('[')],
  ['a host name of umlauts', parseHostname, repeated('ü')],
  ['a host name of composed umlauts', parseHostname, repeated('u\u0308')],
  ['hosts with commas', parseHosts, repeated(',')],
  ['a URL of colons', parseRelayUrl, repeated(':', 'smtp://')],
  ['a URL of at signs', parseRelayUrl, repeated('@', 'smtp://')],
  ['a URL of brackets', parseRelayUrl, repeated('[', 'smtp://a')],
  ['a URL of addresses', parseRelayUrl, repeated('[::1]', 'smtp://')],
  ['a URL of percent signs', parseRelayUrl, repeated('%41', 'smtp://', '@a')],
  ['a URL of slashes', parseRelayUrl, repeated('/', 'smtp://')],
  ['a URL of schemes', parseRelayUrl, repeated('smtp://')],
  ['a URL behind blanks', parseRelayUrl, repeated(' ')],
  ['a time', parseUtcTime, repeated('2030-01-01 ')],
  [
    'tracking',
    text => parseTracking({id: text, arrived: text, attempts: 0, hops: 0}, arrival),
    repeated('1'),
  ],
  ['a postponed result', parsePostponed, repeated('{', '{"relayq":{"publish":')],
  ['a policy of fields', parsePolicy, repeated('mx: a\n')],
  ['a policy of one name', parsePolicy, repeated('a')],
  ['a policy of blanks', parsePolicy, repeated(' ', 'mx:', 'a')],
  ['a policy of carriage returns', parsePolicy, repeated('\r')],
  ['policy records', text => policyIdOf(text.split('\n').map(line => [line])), repeated('v=STSv1;\n')],
  ['a policy record of fields', text => policyIdOf([[text]]), repeated(';', 'v=STSv1;')],
  ['a hint of numbers', text => retryHintOf({code: 450, text}), repeated('in 1 ')],
  ['a hint of blanks', text => retryHintOf({code: 450, text}), repeated(' ', 'in 1')],
  ['a hint of words', text => retryHintOf({code: 450, text}), repeated('again')],
  ['capacity', parseCapacity, numbered(index => `"a${index}":1,`, 12)],
  ['settings of a list', setting('retry-interval'), repeated('1,')],
  ['settings of hosts', setting('smarthost'), repeated('a,')],
  ['settings of name servers', setting('mx-name-servers'), repeated('1.')],
  ['settings of a resolver', setting('mx-resolver'), repeated('a.')],
  [
    'settings of unknown names',
    text => parseSettings(text.split(',').map(name => ({name, value: name}))),
    repeated('a,'),
  ],
  ['a reply of carriage returns', reply(1448), repeated('\r')],
  ['a reply of carriage returns behind a code', reply(1448), repeated('\r', '220 x', 'x\r\n')],
  ['a reply of carriage returns, each in a packet', reply(1), repeated('\r')],
  ['a reply of empty lines', reply(1448), repeated('\r\n')],
  ['a reply of a line without an end', reply(1448), repeated('x')],
  ['a reply of a line without an end, an octet a packet', reply(1), repeated('x')],
  ['a reply of lines of AUTH', reply(1448), repeated('250-AUTH PLAIN\r\n', '', '250 AUTH X\r\n')],
  ['a reply of lines without a code', reply(1448), repeated('x\r\n', '250-x\r\n')],
  ['many replies', reply(65_536), repeated('250 ok\r\n')],
  ['a reply of base64', reply(1448), repeated('AHVzAGh1', '535 ', '\r\n')],
  ['a reply of spaces', reply(1448), repeated(' ', '250 ', 'x\r\n')],
  ['extensions', text => parseExtensions(['x', ...text.split('\n')]), repeated('AUTH PLAIN\n')],
  ['the parameters of an extension', text => parseExtensions(['x', text]), repeated(' a', 'AUTH')],
  ['a reply to mask', text => maskedReply(text, ['hunter2'], true), repeated('hunter2 ')],
];
