// What is wrong with a MIME text as a text, whatever it says.

import {type Json, octetsOf} from '../json.ts';
import {lineEnd} from '../smtp/line-end.ts';

/** RFC 5322 2.1.1, without the CRLF. */
const maxLineOctets = 998;

/** More line numbers than this help nobody. */
const maxShown = 5;

/** @param strict whether lines that SMTP has no place for are wrong, or are made right on the way, or left as they are */
export function problemsOfText(mime: Json | undefined, strict: boolean): readonly string[] {
  if (typeof mime !== 'string') return [];
  const nul = mime.indexOf('\0');
  const nulProblems =
    nul < 0
      ? []
      : [`has a NUL character in line ${mime.slice(0, nul).split(lineEnd).length}, which no server takes`];
  return strict ? [...nulProblems, ...strictProblems(mime)] : nulProblems;
}

function strictProblems(mime: string): readonly string[] {
  const bare: number[] = [];
  const long: number[] = [];
  let line = 1;
  let start = 0;
  for (const {0: end, index} of mime.matchAll(lineEnd)) {
    if (end !== '\r\n') bare.push(line);
    if (octetsOf(mime.slice(start, index)) > maxLineOctets) long.push(line);
    start = index + end.length;
    line += 1;
  }
  if (octetsOf(mime.slice(start)) > maxLineOctets) long.push(line);
  return [
    ...(bare.length > 0 ? [`has line ends other than CRLF: ${shown(bare)}`] : []),
    ...(long.length > 0 ? [`has lines of more than ${maxLineOctets} octets: ${shown(long)}`] : []),
  ];
}

function shown(lines: readonly number[]): string {
  const first = `line ${lines.slice(0, maxShown).join(', ')}`;
  return lines.length > maxShown ? `${first} and ${lines.length - maxShown} more` : first;
}
