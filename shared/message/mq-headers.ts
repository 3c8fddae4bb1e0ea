// The x-mq-* header fields of a MIME text: taken out, every other byte left as it was; and whatever is nearly such a
// field, which must not be sent, as there may be a password in it. What the fields say is mq-properties.ts's business.

import {lineEnd} from '../smtp/line-end.ts';
import {decodedText} from './encoded-word.ts';

/** What is done with the x-mq-* fields of a text that may be a stranger's. */
export const mqHeadersRules = ['obeyed', 'stripped', 'refused'] as const;
export type MqHeadersRule = (typeof mqHeadersRules)[number];

/** One x-mq-* field: its name without the prefix, lower case; its value unfolded, trimmed and decoded. */
export interface MqField {
  readonly name: string;
  readonly value: string;
  /** The field's line ends in a CR alone: what comes next may be more of the value, or another line. */
  readonly bareCr?: true;
  /** There is an encoded word in the value that cannot be decoded. */
  readonly undecodable?: true;
}

/** What looks like an x-mq-* field and is none. */
export interface NearField {
  /** From 1. */
  readonly line: number;
  /** As far as it can be told apart from the value. */
  readonly name: string;
  /** Mail servers take the text for the body from here on. */
  readonly beyondHeader?: true;
}

export interface StrippedMime {
  /** The text without the fields, and without a byte order mark at its beginning. */
  readonly mime: string;
  readonly fields: readonly MqField[];
}

/** Takes the x-mq-* fields out of the header section. What is nearly one stays where it is. */
export function stripMqHeaders(mime: string): StrippedMime {
  const {mime: stripped, fields} = readMqHeaders(mime);
  return {mime: stripped, fields};
}

/** The same, and what is nearly an x-mq-* field. */
export function readMqHeaders(mime: string): StrippedMime & {readonly near: readonly NearField[]} {
  const {parts, body} = partsOf(mime);
  return {
    mime: textOf(parts, body, ({field}) => field === undefined),
    fields: parts.flatMap(({field}) => field ?? []),
    near: parts.flatMap(({near}) => near ?? []),
  };
}

/** The text without all of them. */
export function withoutMqHeaders(mime: string): string {
  const {parts, body} = partsOf(mime);
  return textOf(parts, body, ({field, near}) => field === undefined && near === undefined);
}

function textOf(parts: readonly Part[], body: string, isKept: (part: Part) => boolean): string {
  const kept: string[] = [];
  for (const part of parts) {
    if (isKept(part)) kept.push(part.text);
    else endCrs(kept);
  }
  return kept.join('') + body;
}

/** CRs alone become CRLF before a gap: with a line end that is next to them now they would be one. */
function endCrs(parts: string[]): void {
  for (let index = parts.length - 1; parts[index]?.endsWith('\r'); index--) {
    const isEmptyLine = parts[index] === '\r';
    parts[index] += '\n';
    if (!isEmptyLine) break;
  }
}

/** The text with no value in what is nearly an x-mq-* field: nobody can tell what was meant for a secret. */
export function withoutNearValues(mime: string, mask: string): string {
  const {parts, body} = partsOf(mime);
  if (!parts.some(({near}) => near)) return mime;
  return parts.map(({near, text}) => (near ? `${near.name}: ${mask}\r\n` : text)).join('') + body;
}

/** A field of the header section with its folded lines (RFC 5322 2.2.3), or a line that is none. */
interface Part {
  readonly text: string;
  readonly field?: MqField;
  readonly near?: NearField;
}

const mqField = /^x-mq-([!-9;-~]+)[ \t]*:(.*)$/is;
const headerField = /^[!-9;-~]+[ \t]*:/;

/** The first line of a message in an mbox file; Postfix makes a field of it. */
const mboxLine = /^>*From /i;

/**
 * The header section, which ends at the first empty line (RFC 5322 2.1). For mail servers it also ends before a line
 * that is no field, and a text that begins with an empty line has none. No x-mq-* field counts behind such a line;
 * the lines up to the next empty one are looked at all the same, as what was meant for a field would be sent.
 */
function partsOf(mime: string): {readonly parts: readonly Part[]; readonly body: string} {
  const parts: Part[] = [];
  const nextEnd = new RegExp(lineEnd);
  let position = /^\ufeff*/.exec(mime)![0].length;
  let line = 1;
  let begun = false;
  let beyond = false;
  while (position < mime.length) {
    const {end, lines} = fieldAt(mime, position, nextEnd);
    const text = mime.slice(position, end);
    if (emptyLine.test(text)) {
      if (begun) break;
      beyond = true;
      parts.push({text});
    } else {
      const [, name, value] = mqField.exec(text) ?? [];
      const near = name !== undefined || mayBeNear(text) ? nearNameOf(text) : undefined;
      if (name !== undefined && !beyond) parts.push({text, field: fieldOf(name, value!)});
      else if (near !== undefined)
        parts.push({text, near: {line, name: near, ...(beyond && {beyondHeader: true})}});
      else {
        parts.push({text});
        beyond ||= !headerField.test(text) && (begun || !mboxLine.test(text));
      }
      begun = true;
    }
    position = end;
    line += lines;
  }
  return {parts, body: mime.slice(position)};
}

const emptyLine = /^(?:\r*\n|\r)$/;

/** Where the field that begins at `start` ends, behind its last folded line, and how many lines it has. */
function fieldAt(
  mime: string,
  start: number,
  nextEnd: RegExp,
): {readonly end: number; readonly lines: number} {
  nextEnd.lastIndex = start;
  for (let lines = 1; ; lines++) {
    const match = nextEnd.exec(mime);
    if (match === null) return {end: mime.length, lines};
    const end = nextEnd.lastIndex;
    // An empty line is a field of its own here, never the head of a fold.
    if (match.index === start || !/[ \t]/.test(mime[end] ?? '')) return {end, lines};
    start = end;
  }
}

function fieldOf(name: string, text: string): MqField {
  const unfolded = text.replace(/(?:(?<!\r)\r*\n|\r)(?=[ \t])/g, '').trim();
  const value = decodedText(unfolded);
  return {
    name: name.toLowerCase(),
    value: value ?? unfolded,
    ...(text.endsWith('\r') && {bareCr: true}),
    ...(value === undefined && {undecodable: true}),
  };
}

// What cannot be seen, or stands for a blank: within a name it makes another name of it.
const unseen = /[\p{Cc}\p{Z}\p{Default_Ignorable_Code_Point}\p{Cf}]/gu;
/** What looks like a hyphen and is none in NFKC. */
const hyphens = /[_\p{Pd}\u2043\u2212]/gu;
/** The line ends of other worlds, and a name behind one of them. */
const foreignLine = /(?![\t\r\n])[\p{Cc}\u2028\u2029][ \t]*x-mq-[!-9;-~]/iu;
/** A UTF-8 byte order mark that was read as Latin-1. */
const misreadMark = /^ï»¿/;

// Most fields are none at first sight: what can be seen of them is ASCII, and does not begin with x, m and q.
const noMqField = /^[\0- ]*(?:[!-WY-wy-~]|[xX][\0- _-]*(?:(?![mM_-])[!-~]|[mM][\0- _-]*(?![qQ_-])[!-~]))/;

const mayBeNear = (text: string): boolean => !noMqField.test(text) || foreignLine.test(text);

/** The name stands at the beginning, with or without a fold in it. */
const longestName = 200;

/**
 * The name of what somebody has meant for an x-mq-* field, going by how it looks: whatever cannot be seen is nothing,
 * or a hyphen; any hyphen is a hyphen; letters have any width and case. Letters of other alphabets are others.
 * Undefined for anything else.
 */
function nearNameOf(text: string): string | undefined {
  const name = nameLike(text.replace(misreadMark, ''));
  if (name !== undefined) return name;
  const foreign = foreignLine.exec(text);
  return foreign === null ? undefined : (nameLike(text.slice(foreign.index)) ?? someField);
}

function nameLike(text: string): string | undefined {
  const head = text
    .slice(0, longestName)
    .normalize('NFKC')
    .replace(/^[\s\p{Cc}\p{Cf}]+/u, '');
  const shape = [shapeOf(head, ''), shapeOf(head, '-')].find(each => /^x-mq-[^:]/.test(each));
  if (shape === undefined) return undefined;
  // Where there is no colon a value may begin anywhere: the name ends where one that we know does, or a blank is.
  const known = smarthostFields.find(name => shape.startsWith(name));
  const given = /^x-mq-[a-z0-9_-]{1,40}/.exec(shapeOf(head.split(/[\s:=]/, 1)[0]!, ''));
  return known ?? given?.[0] ?? someField;
}

const someField = 'x-mq-…';

const shapeOf = (name: string, forUnseen: '' | '-'): string =>
  name.replace(unseen, forUnseen).replace(hyphens, '-').replace(/-+/g, '-').toLowerCase();

const smarthostFields = ['hostname', 'port', 'username', 'password', 'security'].map(
  member => `x-mq-smarthost-${member}`,
);
