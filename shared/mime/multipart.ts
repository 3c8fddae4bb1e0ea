// The body of a multipart entity (RFC 2046 5.1): what stands between its boundaries, octet for octet.

import {lineEnd} from '../smtp/content.ts';

export interface Pieces {
  readonly parts: readonly string[];
  /** What stands around the parts, boundaries included: one more than there are parts. */
  readonly between: readonly string[];
}

/**
 * The line end before a boundary belongs to it. A last part that no boundary ends goes on to the end of the body.
 * @returns undefined where there is no part
 */
export function piecesOf(body: string, boundary: string): Pieces | undefined {
  const parts: string[] = [];
  const between: string[] = [];
  const delimiter = `--${boundary}`;
  const nextEnd = new RegExp(lineEnd);
  /** Where the last piece ends. */
  let done = 0;
  /** Where the line end before this line begins. */
  let before = 0;
  let isOpen = false;
  for (let line = 0; line < body.length; ) {
    nextEnd.lastIndex = line;
    const end = nextEnd.exec(body);
    const stop = end?.index ?? body.length;
    const next = end === null ? body.length : nextEnd.lastIndex;
    const rest = body.startsWith(delimiter, line) ? body.slice(line + delimiter.length, stop) : undefined;
    if (rest !== undefined && /^(?:--)?[ \t]*$/.test(rest)) {
      if (isOpen) {
        // An empty part may have no line end of its own before its boundary.
        const endOfPart = Math.max(before, done);
        parts.push(body.slice(done, endOfPart));
        done = endOfPart;
      }
      isOpen = !rest.startsWith('--');
      if (!isOpen) break;
      between.push(body.slice(done, next));
      done = next;
    }
    before = stop;
    line = next;
  }
  if (isOpen) {
    parts.push(body.slice(done));
    done = body.length;
  }
  return parts.length === 0 ? undefined : {parts, between: [...between, body.slice(done)]};
}
