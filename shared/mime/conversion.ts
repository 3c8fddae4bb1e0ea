// A MIME text whose parts are made such that they can pass where they could not: as quoted-printable or base64, and its
// header fields as encoded words. What is signed is left alone.

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

export type Converted =
  | {readonly kind: 'as-it-is'}
  | {readonly kind: 'left'; readonly reason: Reason}
  | {readonly kind: 'made'; readonly text: string};

/** What texts are converted for, and how their octets stand in a string. */
export interface Aim {
  /** Whether a text needs no conversion. */
  isReached(text: string): boolean;
  /** Whether a text that cannot be converted may stay where it is. */
  isHarmless(text: string): boolean;
  octetsOf(text: string): Buffer;
  /** A header field that is not ASCII, in Unicode. */
  textOf(field: string): string;
  /** What a text is in that does not say it. */
  readonly charset: string;
  /** The encoding of what is converted within; undefined where it may stay as it is said. */
  readonly ofComposites: '7bit' | undefined;
}

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

export function convertedFor(text: string, aim: Aim): Converted {
  if (aim.isReached(text)) return {kind: 'as-it-is'};
  try {
    if (sectionOf(text).fields.some(field => signatures.includes(nameOf(field)))) throw new Left('signed');
    const made = new Conversion(aim).message(text, 0);
    return made === text ? {kind: 'as-it-is'} : {kind: 'made', text: made};
  } catch (error) {
    if (!(error instanceof Left)) throw error;
    return {kind: 'left', reason: error.reason};
  }
}

const plainText: ContentType = {type: 'text', subtype: 'plain'};
const embedded: ContentType = {type: 'message', subtype: 'rfc822'};

interface Place {
  readonly depth: number;
  /** Not a part of another one. */
  readonly isMessage: boolean;
}

class Conversion {
  readonly #aim: Aim;
  #parts = 0;

  constructor(aim: Aim) {
    this.#aim = aim;
  }

  message(text: string, depth: number): string {
    return this.#entity(text, plainText, {depth, isMessage: true});
  }

  /** @param byDefault what an entity is that does not say it (RFC 2046 5.1.5) */
  #entity(text: string, byDefault: ContentType, {depth, isMessage}: Place): string {
    if (this.#aim.isReached(text)) return text;
    if (depth > maxDepth) throw new Left('size');
    const section = sectionOf(text);
    const body = bodyOf(section);
    const said = only('content-type', section);
    const type = said === undefined ? byDefault : parseContentType(unfoldedOf(said));
    const encoding = withoutComments(unfoldedOf(only(encodingName, section) ?? ':7bit'))
      .trim()
      .toLowerCase();
    const fields = section.fields.map(field => this.#field(field));
    const made = this.#aim.isReached(body) ? {body} : this.#body(body, type, encoding, depth);
    if (made.body === body) return section.before + fields.join('') + section.rest;
    const now = made.encoding ?? this.#aim.ofComposites;
    const charset = isMessage && said === undefined ? this.#aim.charset : undefined;
    const head = now === undefined ? fields : withEncoding(fields, now, charset);
    const gap = section.rest.slice(0, section.rest.length - body.length);
    return section.before + head.join('') + gap + made.body;
  }

  #body(body: string, type: ContentType | undefined, encoding: string, depth: number) {
    if (type === undefined) throw new Left('structure');
    const isComposite = type.type === 'multipart' || type.type === 'message';
    const isPlain = encoding === '7bit' || encoding === '8bit' || encoding === 'binary';
    if (!isPlain) {
      // Content that is encoded already has no 8 bits, if it is right; long lines in it are harmless.
      return this.#untouched(body, 'encoding');
    }
    if (isComposite && type.subtype === 'signed') return this.#untouched(body, 'signed');
    if (isComposite && type.subtype === 'encrypted') return this.#untouched(body, 'encrypted');
    if (type.type === 'multipart') return {body: this.#multipart(body, type, depth)};
    if (type.type === 'message' && type.subtype === 'rfc822') return {body: this.message(body, depth + 1)};
    // Any other message has to be 7-bit by its definition (RFC 2046 5.2), but for those with UTF-8 (RFC 6532 3.7).
    if (type.type === 'message' && !type.subtype.startsWith('global'))
      return this.#untouched(body, 'structure');
    const octets = this.#aim.octetsOf(body.replace(lineEnd, '\r\n'));
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
    if (!pieces.between.every(this.#aim.isHarmless)) throw new Left('structure');
    const byDefault = subtype === 'digest' ? embedded : plainText;
    const parts = pieces.parts.map(part =>
      this.#entity(part, byDefault, {depth: depth + 1, isMessage: false}),
    );
    return pieces.between.map((text, index) => text + (parts[index] ?? '')).join('');
  }

  /** What must not be changed may have long lines, but no octets that would be left in the text. */
  #untouched(body: string, reason: Reason) {
    if (this.#aim.isHarmless(body)) return {body};
    throw new Left(reason);
  }

  #field(field: string): string {
    return this.#aim.isHarmless(field) ? field : asciiFieldOf(this.#aim.textOf(field));
  }
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

function asciiFieldOf(field: string): string {
  const [nameAndColon] = headerField.exec(field)!;
  const made = foldedOf(nameAndColon, asciiValueOf(nameOf(field), unfoldedOf(field).replaceAll('\t', ' ')));
  if (made === undefined || /[^\0-\x7f]/.test(made)) throw new Left('header');
  return made;
}

const encodingName = 'content-transfer-encoding';

/** @param charset of a text that says nothing of its type: its encoding counts with MIME-Version */
function withEncoding(
  fields: readonly string[],
  encoding: string,
  charset: string | undefined,
): readonly string[] {
  const field = `Content-Transfer-Encoding: ${encoding}\r\n`;
  const names = fields.map(nameOf);
  const before = fields.length > 0 && !/[\r\n]$/.test(fields.at(-1)!) ? ['\r\n'] : [];
  const added = [
    ...(charset !== undefined && !names.includes('mime-version') ? ['MIME-Version: 1.0\r\n'] : []),
    ...(charset === undefined ? [] : [`Content-Type: text/plain; charset=${charset}\r\n`]),
    ...(names.includes(encodingName) ? [] : encoding === '7bit' ? [] : [field]),
  ];
  const own = fields.map((each, index) => (names[index] === encodingName ? field : each));
  return added.length === 0 ? own : [...own, ...before, ...added];
}
