// The token for the next page of a list. It holds where the last page ended, and a digest of the request. Clients do not
// look into it, and who lists decides what a position is.

import {createHash} from 'node:crypto';
import {isJsonObject} from '../json.ts';
import type {Input} from './input.ts';

/** @param request without the parameters that choose the page */
export const pageTokenOf = (position: string, request: Input): string =>
  Buffer.from(JSON.stringify({after: position, of: digestOf(request)})).toString('base64url');

/** @returns undefined when the token was not given to this request */
export function positionOf(token: string, request: Input): string | undefined {
  let content: unknown;
  try {
    content = JSON.parse(Buffer.from(token, 'base64url').toString());
  } catch {
    return undefined;
  }
  if (!isJsonObject(content) || content.of !== digestOf(request)) return undefined;
  return typeof content.after === 'string' ? content.after : undefined;
}

function digestOf(request: Input): string {
  const entries = Object.entries(request).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(entries)).digest('base64url').slice(0, 16);
}
