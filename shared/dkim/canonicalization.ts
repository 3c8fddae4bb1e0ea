// What of a text is hashed (RFC 6376 3.4): `simple` is the text as it is, `relaxed` forgives other blanks and folds.
// Texts are octets. Header fields are strings with a character for each octet.

import {oneOf} from '../parsed.ts';

const canonicalizations = ['relaxed/relaxed', 'relaxed/simple', 'simple/relaxed', 'simple/simple'] as const;

/** That of the header, and that of the body. */
export type Canonicalization = (typeof canonicalizations)[number];
export type Rule = 'relaxed' | 'simple';

export const parseCanonicalization = oneOf(canonicalizations);

export const rulesOf = (canonicalization: Canonicalization): {readonly header: Rule; readonly body: Rule} => {
  const [header, body] = canonicalization.split('/') as [Rule, Rule];
  return {header, body};
};

/** 3.4.1 and 3.4.2. @param field `Name: value` with its folds, without the CRLF at its end; so is the result */
export function canonicalField(field: string, rule: Rule): string {
  if (rule === 'simple') return field;
  const colon = field.indexOf(':');
  const name = field.slice(0, colon).trimEnd().toLowerCase();
  const value = field.slice(colon + 1).replace(/(?:[ \t]|\r\n)+/g, ' ');
  const start = value.startsWith(' ') ? 1 : 0;
  const end = value.endsWith(' ') ? value.length - 1 : value.length;
  return `${name}:${value.slice(start, Math.max(start, end))}`;
}

const cr = 0x0d;
const lf = 0x0a;
const space = 0x20;
const tab = 0x09;
const crlf = Buffer.from('\r\n');
const nothing = Buffer.alloc(0);

/** 3.4.3 and 3.4.4, in parts that belong together. */
export const canonicalBody = (body: Buffer, rule: Rule): readonly Buffer[] =>
  rule === 'simple' ? simpleBody(body) : [relaxedBody(body)];

/** Empty lines at the end go. Any body, an empty one too, ends in CRLF. */
function simpleBody(body: Buffer): readonly Buffer[] {
  let end = body.length;
  while (end >= 2 && body[end - 2] === cr && body[end - 1] === lf) end -= 2;
  return [body.subarray(0, end), crlf];
}

/** Blanks at the end of lines go, then empty lines at the end; other blanks become one space. An empty body is empty. */
function relaxedBody(body: Buffer): Buffer {
  const relaxed = Buffer.allocUnsafe(body.length + crlf.length);
  let length = 0;
  /** Behind the last octet that is neither a blank nor of a line end. */
  let end = 0;
  let afterBlank = false;
  for (let at = 0; at < body.length; at++) {
    const octet = body[at]!;
    if (octet === space || octet === tab) {
      afterBlank = true;
    } else if (octet === cr && body[at + 1] === lf) {
      relaxed[length++] = cr;
      relaxed[length++] = lf;
      at++;
      afterBlank = false;
    } else {
      if (afterBlank) relaxed[length++] = space;
      relaxed[length++] = octet;
      end = length;
      afterBlank = false;
    }
  }
  if (end === 0) return nothing;
  relaxed[end] = cr;
  relaxed[end + 1] = lf;
  return relaxed.subarray(0, end + crlf.length);
}
