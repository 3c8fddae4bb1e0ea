// A MIME text in 7 bits (RFC 2045 2.7): its 8-bit parts as quoted-printable or base64, as a server would have to convert
// them for the next one (RFC 6152 3).

import {type Aim, type Converted, convertedFor} from './conversion.ts';

/** What is signed is left alone, and a text that cannot be converted as a whole is left as it is. */
export function sevenBitOf(text: string): Converted {
  const converted = convertedFor(text, sevenBits);
  // Only its lines are too long: it is sent as any such text.
  return converted.kind === 'left' && isAscii(text) ? {kind: 'as-it-is'} : converted;
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

const sevenBits: Aim = {
  isReached: isSevenBit,
  isHarmless: isAscii,
  octetsOf: text => Buffer.from(text),
  textOf: field => field,
  charset: 'utf-8',
  ofComposites: '7bit',
};
