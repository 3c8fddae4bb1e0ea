// The octets of a MIME text as Unicode, which JSON can hold. Parts that are not in UTF-8 become quoted-printable or base64,
// as for a server without 8BITMIME (RFC 6152 3). What is signed cannot be changed.

import {type Aim, type Converted, convertedFor} from './conversion.ts';

export type Utf8Text =
  | {readonly ok: true; readonly text: string}
  | {readonly ok: false; readonly reason: Extract<Converted, {kind: 'left'}>['reason']};

/** @returns why not, where parts cannot be converted */
export function utf8TextOf(octets: Buffer): Utf8Text {
  const text = unicodeOf(octets);
  if (text !== undefined) return {ok: true, text};
  const converted = convertedFor(octets.toString('latin1'), utf8);
  if (converted.kind === 'left') return {ok: false, reason: converted.reason};
  // A line that is no field, before those that are, is in no part.
  const made = converted.kind === 'made' ? unicodeOf(octetsOf(converted.text)) : undefined;
  return made === undefined ? {ok: false, reason: 'structure'} : {ok: true, text: made};
}

const decoder = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true});

function unicodeOf(octets: Buffer): string | undefined {
  try {
    return decoder.decode(octets);
  } catch {
    return undefined;
  }
}

/** A character of a text that is converted stands for an octet. */
const octetsOf = (text: string): Buffer => Buffer.from(text, 'latin1');
const isUtf8 = (text: string): boolean => unicodeOf(octetsOf(text)) !== undefined;

/** Most programs show fields so that do not say their charset. */
const unlabelled = new TextDecoder('windows-1252');

const utf8: Aim = {
  isReached: isUtf8,
  isHarmless: isUtf8,
  octetsOf,
  textOf: field => unlabelled.decode(octetsOf(field)),
  // RFC 1428 3.
  charset: 'unknown-8bit',
  ofComposites: undefined,
};
