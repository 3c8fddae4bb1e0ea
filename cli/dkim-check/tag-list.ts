// Lists of tags, as DKIM and DMARC records have them (RFC 6376 3.2).

import {type Parsed, right, wrong} from '../../shared/parsed.ts';

export type Tags = ReadonlyMap<string, string>;

const mostTags = 100;

/** A name, blanks and an equals sign; then a value without semicolons. */
const tagForm = /^\s*([A-Za-z][A-Za-z0-9_]*)\s*=(.*)$/s;

/** @param text without control characters but blanks and folds */
export function parseTags(text: string): Parsed<Tags> {
  const parts = text.split(';');
  // One semicolon may end the list.
  if (parts.at(-1)?.trim() === '') parts.pop();
  if (parts.length > mostTags) return wrong(`has more than ${mostTags} tags`);
  const tags = new Map<string, string>();
  for (const part of parts) {
    const [, name, value = ''] = tagForm.exec(part) ?? [];
    if (name === undefined) return wrong(oddPart(part));
    if (tags.has(name)) return wrong(`has the tag ${name}= more than once`);
    if (/[^\t\r\n -~]/.test(value)) return wrong(`has characters in ${name}= that are not ASCII`);
    tags.set(name, value.trim());
  }
  return right(tags);
}

function oddPart(part: string): string {
  if (part.trim() === '') return 'has a semicolon with nothing before it';
  if (/^\s*["“”]/.test(part)) return 'has quotation marks inside: the zone has them twice';
  return `has ${JSON.stringify(part.trim().slice(0, 40))}, which is no tag: NAME=VALUE is wanted`;
}
