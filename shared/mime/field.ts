// A header field that is made: checked, in ASCII where it can be, and folded. Nothing in a value can end its line.

import {type Parsed, right, wrong} from '../parsed.ts';
import {asciiValueOf} from './field-value.ts';

export interface Field {
  /** In lower case. */
  readonly name: string;
  /** Its lines, each with a CRLF. */
  readonly text: string;
  /** It is not ASCII, so that the server must offer SMTPUTF8 (RFC 6532). */
  readonly needsUtf8: boolean;
}

/** RFC 5322 3.6.8 ftext. The bound leaves room for a value in the line. */
const fieldName = /^[!-9;-~]{1,76}$/;
/** Line ends of any kind, and whatever cannot be seen. */
const controls = /[\p{Cc}\u2028\u2029]/u;

export const parseFieldName = (name: string): Parsed<string> =>
  fieldName.test(name)
    ? right(name.toLowerCase())
    : wrong('must have a header name of 1 to 76 printable ASCII characters without blanks and colons');

/** @param text `Name: value` */
export function parseField(text: string): Parsed<Field> {
  const colon = text.indexOf(':');
  if (colon < 0) return wrong('must be a header such as "X-Campaign: spring"');
  const name = text.slice(0, colon);
  const parsed = parseFieldName(name);
  if (!parsed.ok) return parsed;
  const value = withoutBlanks(text.slice(colon + 1));
  if (controls.test(value))
    return wrong('must not hold control characters, tabs or line ends: long values are folded for you');
  if (!value.isWellFormed()) return wrong('has an unpaired surrogate, which UTF-8 cannot express');
  const ascii = asciiValueOf(name, value);
  const folded = foldedOf(`${name}:`, ascii);
  return folded === undefined
    ? wrong(`has a word of more than ${maxOctets} octets, which no line can hold`)
    : right({name: parsed.value, text: folded, needsUtf8: /[^\0-\x7f]/.test(folded)});
}

/** Without those at its ends. */
function withoutBlanks(value: string): string {
  let start = 0;
  let end = value.length;
  while (value[start] === ' ') start++;
  while (end > start && value[end - 1] === ' ') end--;
  return value.slice(start, end);
}

/** RFC 5322 2.1.1, without the CRLF. */
const maxOctets = 998;
const niceOctets = 78;

/**
 * The field in lines of 78 octets where its blanks allow it. Its value begins in its first line, unless that would be
 * too long for SMTP: some servers drop a field whose first line is empty.
 * @returns undefined where a line would be too long for SMTP
 */
export function foldedOf(nameAndColon: string, value: string): string | undefined {
  const lines: string[] = [nameAndColon];
  let octets = nameAndColon.length;
  for (const word of value === '' ? [] : ` ${value}`.match(/ *[^ ]+/g)!) {
    const added = Buffer.byteLength(word);
    if (added > maxOctets) return undefined;
    const isFirst = lines.length === 1 && octets === nameAndColon.length;
    if (octets + added > (isFirst ? maxOctets : niceOctets)) {
      lines.push(word);
      octets = added;
    } else {
      lines[lines.length - 1] += word;
      octets += added;
    }
  }
  return `${lines.join('\r\n')}\r\n`;
}
