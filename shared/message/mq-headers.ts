// The x-mq-* header fields of a MIME text: they are taken out, and every other byte stays as it is. What is nearly such a
// field is found as well: it must not be sent. What the fields say is the business of mq-properties.ts.

import {decodedText} from '../mime/encoded-word.ts';
import {emptyLine, endCrs, endOfField, foldedEnd, headerField, mboxLine} from '../mime/header-section.ts';
import {lineEnd} from '../smtp/content.ts';
import {nearNameOf} from './near-mq-field.ts';

/** What to do with the x-mq-* fields of a text: a stranger may have written it. */
export const mqHeadersRules = ['obeyed', 'stripped', 'refused'] as const;
export type MqHeadersRule = (typeof mqHeadersRules)[number];

export interface MqField {
  /** Without the prefix, in lower case. */
  readonly name: string;
  /** Unfolded, trimmed and decoded. */
  readonly value: string;
  /** The field's line ends in a CR alone: what follows may be more of the value, or another line. */
  readonly bareCr?: true;
  /** The value has an encoded word that cannot be decoded. */
  readonly undecodable?: true;
}

/** Something that looks like an x-mq-* field and is none. */
export interface NearField {
  /** From 1. */
  readonly line: number;
  /** The part of it that is certainly no value. */
  readonly name: string;
  /** For mail servers the body has begun before it. */
  readonly beyondHeader?: true;
}

/** The x-mq-* fields, and `mime` without them and without a byte order mark. What is nearly a field stays. */
export function readMqHeaders(mime: string) {
  const {parts, body} = partsOf(mime);
  return {
    mime: textOf(parts, body, ({field}) => field === undefined),
    fields: parts.flatMap(({field}) => field ?? []),
    near: parts.flatMap(({near}) => near ?? []),
  };
}

/** The text without x-mq-* fields, and without what is nearly one. */
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

/** The text with the values masked in whatever is nearly an x-mq-* field: any of them may be meant for a secret. */
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

/**
 * The header section, which ends at the first empty line (RFC 5322 2.1). For mail servers it also ends before a line that is
 * no field, and a text that begins with an empty line has none. No x-mq-* field counts behind such a line. The lines up to
 * the next empty one are still searched: what somebody meant for a field would be sent.
 */
function partsOf(mime: string): {readonly parts: readonly Part[]; readonly body: string} {
  const parts: Part[] = [];
  const nextEnd = new RegExp(lineEnd);
  let position = /^\ufeff*/.exec(mime)![0].length;
  let line = 1;
  let begun = false;
  let beyond = false;
  while (position < mime.length) {
    const end = endOfField(mime, position, nextEnd);
    const text = mime.slice(position, end);
    if (emptyLine.test(text)) {
      if (begun) break;
      beyond = true;
      parts.push({text});
    } else {
      const [, name, value] = mqField.exec(text) ?? [];
      const isField = name !== undefined && !beyond;
      const near = isField ? undefined : nearNameOf(text);
      if (isField) parts.push({text, field: fieldOf(name, value!)});
      else if (near === undefined) {
        parts.push({text});
        beyond ||= !headerField.test(text) && (begun || !mboxLine.test(text));
      } else parts.push({text, near: {line, name: near, ...(beyond && {beyondHeader: true})}});
      begun = true;
    }
    position = end;
    line += text.match(lineEnd)?.length ?? 0;
  }
  return {parts, body: mime.slice(position)};
}

function fieldOf(name: string, text: string): MqField {
  const unfolded = text.replace(foldedEnd, '').trim();
  const value = decodedText(unfolded);
  return {
    name: name.toLowerCase(),
    value: value ?? unfolded,
    ...(text.endsWith('\r') && {bareCr: true}),
    ...(value === undefined && {undecodable: true}),
  };
}
