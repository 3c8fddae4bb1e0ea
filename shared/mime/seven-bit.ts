// A MIME text in 7 bits (RFC 2045 2.7): its 8-bit parts as quoted-printable or base64, as a server would have to convert
// them for the next one (RFC 6152 3). What is signed is left alone, and a text that cannot be converted as a whole is left
// as it is.

import {lineEnd} from '../smtp/content.ts';
import {type ContentType, parseContentType, withoutComments} from './content-type.ts';
import {foldedOf} from './field.ts';
import {asciiValueOf} from './field-value.ts';
import {headerField, nameOf, type Section, sectionOf, unfoldedOf} from './header-section.ts';
import {piecesOf} from './multipart.ts';
import {base64, isReadable, quotedPrintable} from './transfer-encoding.ts';

/** Why a text is left as it is. */
type Reason =
  | 'signed'
  | 'encrypted'
  /** A header has octets that no encoded word can stand for. */
  | 'header'
  /** It says an encoding that its content has not, or one that is unknown. */
  | 'encoding'
  /** Its structure cannot be read: a boundary that is missing, a type that says nothing. */
  | 'structure'
  /** It is nested too deep, or has too many parts. */
  | 'size';

export type SevenBit =
  | {readonly kind: 'as-it-is'}
  | {readonly kind: 'left'; readonly reason: Reason}
  | {readonly kind: 'made'; readonly text: string};

class Left extends Error {
  readonly reason: Reason;
  constructor(reason: Reason) {
    super(reason);
    this.reason = reason;
  }
}

/** Each level is read again, so the depth bounds the time. */
const maxDepth = 20;
const maxParts = 1_000;

/** Signatures over the whole text: they would be broken. */
const signatures = ['dkim-signature', 'arc-message-signature', 'domainkey-signature'];

export function sevenBitOf(text: string): SevenBit {
  if (isSevenBit(text)) return {kind: 'as-it-is'};
  try {
    if (sectionOf(text).fields.some(field => signatures.includes(nameOf(field)))) throw new Left('signed');
    const made = new Conversion().message(text, 0);
    return made === text ? {kind: 'as-it-is'} : {kind: 'made', text: made};
  } catch (error) {
    if (!(error instanceof Left)) throw error;
    // Only its lines are too long: it is sent as any such text.
    return isAscii(text) ? {kind: 'as-it-is'} : {kind: 'left', reason: error.reason};
  }
}

const isAscii = (text: string): boolean => !/[^\0-\x7f]/.test(text);

/** RFC 5322 2.1.1, without the CRLF. */
const maxLine = 998;

function isSevenBit(text: string): boolean {
  if (!isAscii(text)) return false;
  let start = 0;
  while (text.length - start > maxLine) {
    const line = text.slice(start, start + maxLine + 1);
    const end = Math.max(line.lastIndexOf('\n'), line.lastIndexOf('\r'));
    if (end < 0) return false;
    start += end + 1;
  }
  return true;
}

const plainText: ContentType = {type: 'text', subtype: 'plain'};
const embedded: ContentType = {type: 'message', subtype: 'rfc822'};

interface Place {
  readonly depth: number;
  /** Not a part of another one. */
  readonly isMessage: boolean;
}

class Conversion {
  #parts = 0;

  message(text: string, depth: number): string {
    return this.#entity(text, plainText, {depth, isMessage: true});
  }

  /** @param byDefault what an entity is that does not say it (RFC 2046 5.1.5) */
  #entity(text: string, byDefault: ContentType, {depth, isMessage}: Place): string {
    if (isSevenBit(text)) return text;
    if (depth > maxDepth) throw new Left('size');
    const section = sectionOf(text);
    const body = bodyOf(section);
    const said = only('content-type', section);
    const type = said === undefined ? byDefault : parseContentType(unfoldedOf(said));
    const encoding = withoutComments(unfoldedOf(only(encodingName, section) ?? ':7bit'))
      .trim()
      .toLowerCase();
    const fields = section.fields.map(asciiField);
    const made = isSevenBit(body) ? {body} : this.#body(body, type, encoding, depth);
    if (made.body === body) return section.before + fields.join('') + section.rest;
    const head = withEncoding(fields, made.encoding ?? '7bit', isMessage && said === undefined);
    const gap = section.rest.slice(0, section.rest.length - body.length);
    return section.before + head.join('') + gap + made.body;
  }

  #body(body: string, type: ContentType | undefined, encoding: string, depth: number) {
    if (type === undefined) throw new Left('structure');
    const isComposite = type.type === 'multipart' || type.type === 'message';
    const isPlain = encoding === '7bit' || encoding === '8bit' || encoding === 'binary';
    if (!isPlain) {
      // Content that is encoded already has no 8 bits, if it is right; long lines in it are harmless.
      if (isAscii(body)) return {body};
      throw new Left('encoding');
    }
    if (isComposite && type.subtype === 'signed') return untouched(body, 'signed');
    if (isComposite && type.subtype === 'encrypted') return untouched(body, 'encrypted');
    if (type.type === 'multipart') return {body: this.#multipart(body, type, depth)};
    if (type.type === 'message' && type.subtype === 'rfc822') return {body: this.message(body, depth + 1)};
    // Any other message has to be 7-bit by its definition (RFC 2046 5.2), but for those with UTF-8 (RFC 6532 3.7).
    if (type.type === 'message' && !type.subtype.startsWith('global')) return untouched(body, 'structure');
    const octets = Buffer.from(body.replace(lineEnd, '\r\n'));
    return type.type === 'text' && isReadable(octets)
      ? {body: quotedPrintable(octets), encoding: 'quoted-printable'}
      : {body: base64(octets), encoding: 'base64'};
  }

  #multipart(body: string, {subtype, boundary}: ContentType, depth: number): string {
    const pieces = boundary ? piecesOf(body, boundary) : undefined;
    if (pieces === undefined) throw new Left('structure');
    this.#parts += pieces.parts.length;
    if (this.#parts > maxParts) throw new Left('size');
    // Nobody sees what stands around the parts, but it is in the way all the same.
    if (!pieces.between.every(isAscii)) throw new Left('structure');
    const byDefault = subtype === 'digest' ? embedded : plainText;
    const parts = pieces.parts.map(part =>
      this.#entity(part, byDefault, {depth: depth + 1, isMessage: false}),
    );
    return pieces.between.map((text, index) => text + (parts[index] ?? '')).join('');
  }
}

/** What must not be changed may have long lines, but no 8 bits: that would be left in the text. */
function untouched(body: string, reason: Reason) {
  if (isAscii(body)) return {body};
  throw new Left(reason);
}

/** What is behind the empty line. Without that programs differ on where it begins. */
function bodyOf({rest}: Section): string {
  const [line] = /^(?:\r*\n|\r)/.exec(rest) ?? [];
  if (line === undefined && rest !== '') throw new Left('structure');
  return rest.slice(line?.length ?? 0);
}

/** The field of a name. Of two, programs differ which one counts. */
function only(name: string, {fields}: Section): string | undefined {
  const found = fields.filter(field => nameOf(field) === name);
  if (found.length > 1) throw new Left('structure');
  return found[0];
}

/** The field in ASCII, as it is where it is so. */
function asciiField(field: string): string {
  if (isAscii(field)) return field;
  const [nameAndColon] = headerField.exec(field)!;
  const made = foldedOf(nameAndColon, asciiValueOf(nameOf(field), unfoldedOf(field).replaceAll('\t', ' ')));
  if (made === undefined || !isAscii(made)) throw new Left('header');
  return made;
}

const encodingName = 'content-transfer-encoding';

/** @param saysNothing a text that says nothing of its type: its octets are UTF-8, and its encoding counts with MIME-Version */
function withEncoding(fields: readonly string[], encoding: string, saysNothing: boolean): readonly string[] {
  const field = `Content-Transfer-Encoding: ${encoding}\r\n`;
  const names = fields.map(nameOf);
  const before = fields.length > 0 && !/[\r\n]$/.test(fields.at(-1)!) ? ['\r\n'] : [];
  const added = [
    ...(saysNothing && !names.includes('mime-version') ? ['MIME-Version: 1.0\r\n'] : []),
    ...(saysNothing ? ['Content-Type: text/plain; charset=utf-8\r\n'] : []),
    ...(names.includes(encodingName) ? [] : encoding === '7bit' ? [] : [field]),
  ];
  const own = fields.map((each, index) => (names[index] === encodingName ? field : each));
  return added.length === 0 ? own : [...own, ...before, ...added];
}
