// What is wrong with a MIME text as a text, whatever it says.

import {type Json, octetsOf} from '../json.ts';
import {lineEnd} from '../smtp/content.ts';

/** RFC 5322 2.1.1, without the CRLF. */
const maxLineOctets = 998;

/** More line numbers than this help nobody. */
const maxShown = 5;

/** @param strict whether line ends other than CRLF and long lines are wrong; else they are sent, the lines ending in CRLF */
export function problemsOfText(mime: Json | undefined, strict: boolean): readonly string[] {
  if (typeof mime !== 'string') return [];
  const nul = mime.indexOf('\0');
  const nulLine = mime.slice(0, Math.max(nul, 0)).split(lineEnd).length;
  return [
    ...(nul < 0 ? [] : [`has a NUL character in line ${nulLine}, which no server takes`]),
    ...(strict ? strictProblems(mime) : []),
  ];
}

function strictProblems(mime: string): readonly string[] {
  const bare = numbersOf([...mime.matchAll(lineEnd)], ([end]) => end !== '\r\n');
  const long = numbersOf(mime.split(lineEnd), line => octetsOf(line) > maxLineOctets);
  return [
    ...(bare.length > 0 ? [`has line ends other than CRLF: ${shown(bare)}`] : []),
    ...(long.length > 0 ? [`has lines of more than ${maxLineOctets} octets: ${shown(long)}`] : []),
  ];
}

/** From 1. */
const numbersOf = <T>(lines: readonly T[], isWrong: (line: T) => boolean): readonly number[] =>
  lines.flatMap((line, index) => (isWrong(line) ? index + 1 : []));

function shown(lines: readonly number[]): string {
  const first = `line ${lines.slice(0, maxShown).join(', ')}`;
  return lines.length > maxShown ? `${first} and ${lines.length - maxShown} more` : first;
}
