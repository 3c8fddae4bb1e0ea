// Lines that are no x-mq-* fields, and that somebody meant for one, by the look of them. They must not be sent: there may be
// a password in them.

import {smarthostMembers} from './smarthost-names.ts';

// Characters that cannot be seen, or that look like a blank.
const unseen = /[\p{Cc}\p{Z}\p{Default_Ignorable_Code_Point}\p{Cf}]/gu;
/** Characters that look like a hyphen and do not become one in NFKC. */
const hyphens = /[_\p{Pd}\u2043\u2212]/gu;
/** A line end that other programs know and SMTP does not, and a name behind it. */
const foreignLine = /(?![\t\r\n])[\p{Cc}\u2028\u2029][ \t]*x-mq-[!-9;-~]/iu;
/** A UTF-8 byte order mark that was read as Latin-1. */
const misreadMark = /^ï»¿/;

// Most lines can be told at first sight: what can be seen of them is ASCII, and does not begin with x, m and q.
const noMqField = /^[\0- ]*(?:[!-WY-wy-~]|[xX][\0- _-]*(?:(?![mM_-])[!-~]|[mM][\0- _-]*(?![qQ_-])[!-~]))/;

/** How much of the text may hold the name, which may have a fold in it. */
const longestName = 200;

/**
 * The name of the field that was meant. What cannot be seen counts as nothing, or as a hyphen; any hyphen counts as one;
 * letters have any width and case. Letters of other alphabets are others.
 * @returns undefined for anything else
 */
export function nearNameOf(text: string): string | undefined {
  if (noMqField.test(text) && !foreignLine.test(text)) return undefined;
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
  // Without a colon a value may begin anywhere: the name ends where one that we know ends, or at a blank.
  const known = smarthostFields.find(name => shape.startsWith(name));
  const given = /^x-mq-[a-z0-9_-]{1,40}/.exec(shapeOf(head.split(/[\s:=]/, 1)[0]!, ''));
  return known ?? given?.[0] ?? someField;
}

const someField = 'x-mq-…';

const shapeOf = (name: string, forUnseen: '' | '-'): string =>
  name.replace(unseen, forUnseen).replace(hyphens, '-').replace(/-+/g, '-').toLowerCase();

const smarthostFields = smarthostMembers.map(member => `x-mq-smarthost-${member}`);
