// The value of a header field in ASCII: encoded words (RFC 2047) where a field may have them, A-labels in addresses.
// Where it may have neither, the value stays as it is.

import {asciiAddressOf, needsSmtpUtf8, parseMailbox} from '../smtp/address.ts';
import {decodedText} from './encoded-word.ts';
import {encodedWords} from './encoded-words.ts';

/** Fields of addresses, and of names with something in angle brackets. Only names and comments may be encoded. */
const ofAddresses = new Set([
  ...['from', 'sender', 'reply-to', 'to', 'cc', 'bcc'].flatMap(name => [name, `resent-${name}`]),
  ...['return-receipt-to', 'disposition-notification-to', 'errors-to', 'delivered-to', 'list-id'],
]);

/** Fields with a syntax of their own (RFC 2047 5). Others are free text. */
const structured = new Set([
  ...['message-id', 'in-reply-to', 'references', 'resent-message-id', 'date', 'resent-date', 'received'],
  ...['return-path', 'mime-version', 'content-type', 'content-transfer-encoding', 'content-disposition'],
  ...['content-id', 'content-location', 'content-language', 'dkim-signature', 'authentication-results'],
  ...['arc-seal', 'arc-message-signature', 'arc-authentication-results', 'received-spf', 'auto-submitted'],
  ...['list-unsubscribe', 'list-unsubscribe-post', 'list-help', 'list-post', 'list-owner', 'list-archive'],
]);

const isAscii = (text: string): boolean => !/[^\0-\x7f]/.test(text);

/** @returns a value that is not ASCII where it needs SMTPUTF8 (RFC 6532) */
export function asciiValueOf(name: string, value: string): string {
  const lowerName = name.toLowerCase();
  if (isAscii(value) || structured.has(lowerName)) return value;
  const room = Math.max(leastRoom, longestWord - name.length);
  return ofAddresses.has(lowerName) ? addressesOf(value, room) : textOf(value, room);
}

const longestWord = 74;
/** Any character fits into a word of this length. */
const leastRoom = 26;

/** From the first word that is not ASCII to the last one. */
function textOf(value: string, room: number): string {
  // Beside encoded words, ours would become one text with them: the blank between them counts for nothing.
  if (value.includes('=?')) return encodedWords(decodedText(value) ?? value, room).join(' ');
  const words = value.split(' ');
  const first = words.findIndex(word => !isAscii(word));
  const last = words.findLastIndex(word => !isAscii(word));
  const encoded = encodedWords(words.slice(first, last + 1).join(' '), room);
  return [...words.slice(0, first), ...encoded, ...words.slice(last + 1)].join(' ');
}

interface Token {
  readonly kind: 'words' | 'angle' | 'comment' | 'special';
  readonly text: string;
}

function addressesOf(value: string, room: number): string {
  const tokens = tokensOf(value);
  const next = nextOf(tokens);
  return tokens
    .map(({kind, text}, index) => {
      if (isAscii(text)) return text;
      if (kind === 'angle') return `<${asciiAddress(text.slice(1, -1))}>`;
      if (kind === 'comment') return `(${encodedWords(text.slice(1, -1), room).join(' ')})`;
      if (next[index]?.kind !== 'angle' && next[index]?.text !== ':') return around(text, asciiAddress);
      // A blank has to stand between an encoded word and what is behind it.
      return `${around(text, phrase => phraseOf(phrase, room)).trimEnd()} `;
    })
    .join('');
}

/** For each token the one behind it, comments left out. */
function nextOf(tokens: readonly Token[]): readonly (Token | undefined)[] {
  const next = new Array<Token | undefined>(tokens.length);
  let last: Token | undefined;
  for (let index = tokens.length - 1; index >= 0; index--) {
    next[index] = last;
    if (tokens[index]!.kind !== 'comment') last = tokens[index];
  }
  return next;
}

/** The change of a text, with the blanks around it as they are. */
function around(text: string, changed: (inner: string) => string): string {
  const inner = text.trim();
  const start = text.indexOf(inner);
  return text.slice(0, start) + changed(inner) + text.slice(start + inner.length);
}

function asciiAddress(text: string): string {
  const mailbox = parseMailbox(text);
  return mailbox.ok && !needsSmtpUtf8(mailbox.value) ? asciiAddressOf(mailbox.value) : text;
}

function phraseOf(phrase: string, room: number): string {
  const text = phrase.replace(/"((?:[^"\\]|\\.)*)"/g, (_, quoted: string) => quoted.replace(/\\(.)/gu, '$1'));
  return encodedWords(text.includes('=?') ? (decodedText(text) ?? text) : text, room).join(' ');
}

/** What is opened and never closed is one token with all that follows. */
function tokensOf(value: string): readonly Token[] {
  const tokens: Token[] = [];
  let start = 0;
  let at = 0;
  const end = (kind: Token['kind'], to: number) => {
    if (start < at) tokens.push({kind: 'words', text: value.slice(start, at)});
    tokens.push({kind, text: value.slice(at, to)});
    start = to;
    at = to;
  };
  while (at < value.length) {
    const character = value[at]!;
    if (character === '"') at = closingQuote(value, at);
    else if (character === '<') {
      const close = value.indexOf('>', at);
      if (close < 0) break;
      end('angle', close + 1);
    } else if (character === '(') {
      const close = closingBracket(value, at);
      if (close > value.length) break;
      end('comment', close);
    } else if (',;:'.includes(character)) end('special', at + 1);
    else at++;
  }
  if (start < value.length) tokens.push({kind: 'words', text: value.slice(start)});
  return tokens;
}

/** The position behind the quote that closes the one at `start`; behind the text where none does. */
function closingQuote(value: string, start: number): number {
  for (let at = start + 1; at < value.length; at++) {
    if (value[at] === '\\') at++;
    else if (value[at] === '"') return at + 1;
  }
  return value.length;
}

/** The position behind the bracket that closes the one at `start`; beyond the text where none does. */
function closingBracket(value: string, start: number): number {
  let depth = 0;
  for (let at = start; at < value.length; at++) {
    if (value[at] === '\\') at++;
    else if (value[at] === '(') depth++;
    else if (value[at] === ')' && --depth === 0) return at + 1;
  }
  return value.length + 1;
}
