// The header section of a MIME text: its fields, each with its folded lines, octet for octet.

import {lineEnd} from '../smtp/content.ts';

export const headerField = /^[!-9;-~]+[ \t]*:/;

/** The first line of a message in an mbox file. Postfix makes a field of it. */
export const mboxLine = /^>*From /i;

export const emptyLine = /^(?:\r*\n|\r)$/;

/**
 * Where the field that begins at `start` ends, behind its last folded line.
 * @param nextEnd a `lineEnd` of the caller's own
 */
export function endOfField(mime: string, start: number, nextEnd: RegExp): number {
  nextEnd.lastIndex = start;
  for (let match = nextEnd.exec(mime); match !== null; match = nextEnd.exec(mime)) {
    const end = nextEnd.lastIndex;
    // An empty line is a part of its own, and no fold belongs to it.
    if (match.index === start || !/[ \t]/.test(mime[end] ?? '')) return end;
    start = end;
  }
  return mime.length;
}

/** CRs alone before a gap become CRLF: otherwise they and the line end behind the gap would be one line end. */
export function endCrs(parts: string[]): void {
  for (let index = parts.length - 1; parts[index]?.endsWith('\r'); index--) {
    const isEmptyLine = parts[index] === '\r';
    parts[index] += '\n';
    if (!isEmptyLine) break;
  }
}

export interface Section {
  /** What stands before the first field: a line of an mbox file. */
  readonly before: string;
  readonly fields: readonly string[];
  /** The empty line that ends the section, and all behind it. Or a line that is no field: mail servers begin the body there. */
  readonly rest: string;
}

export function sectionOf(mime: string): Section {
  const nextEnd = new RegExp(lineEnd);
  const fields: string[] = [];
  const start = mboxLine.test(mime.slice(0, 100)) ? endOfField(mime, 0, nextEnd) : 0;
  let at = start;
  while (at < mime.length) {
    const end = endOfField(mime, at, nextEnd);
    const text = mime.slice(at, end);
    if (emptyLine.test(text) || !headerField.test(text)) break;
    fields.push(text);
    at = end;
  }
  return {before: mime.slice(0, start), fields, rest: mime.slice(at)};
}

/** In lower case. */
export const nameOf = (field: string): string => /^[!-9;-~]*/.exec(field)![0].toLowerCase();

/** Unfolded and trimmed. */
export const unfoldedOf = (field: string): string =>
  field
    .slice(field.indexOf(':') + 1)
    .replace(foldedEnd, '')
    .trim();

/** A line end that a folded line follows. */
export const foldedEnd = /(?:(?<!\r)\r*\n|\r)(?=[ \t])/g;

/** The text with fields at the end of its header section. */
export function withFields(text: string, fields: readonly string[]): string {
  const {before, fields: own, rest} = sectionOf(text);
  return textOf({before: before + own.join(''), fields, rest}, own.length === 0);
}

/** @param wasEmpty whether the text had no header section */
export function textOf({before, fields, rest}: Section, wasEmpty: boolean): string {
  const needsEnd = fields.length > 0 && before !== '' && !/[\r\n]$/.test(before);
  // A text without a header section may begin with its body: that must not become part of a field.
  const needsEmptyLine = wasEmpty && before + fields.join('') !== '' && /^[^\r\n]/.test(rest);
  return before + (needsEnd ? '\r\n' : '') + fields.join('') + (needsEmptyLine ? '\r\n' : '') + rest;
}
