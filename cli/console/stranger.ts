// Refuses requests of other pages: a browser on this machine runs the programs of strangers, and they reach 127.0.0.1 too.

import type {IncomingMessage} from 'node:http';

/** Fetch Metadata Request Headers, Sec-Fetch-Site: `none` is an address that somebody has typed. */
const ownSites = ['same-origin', 'none'];

/** @returns why a request is refused; undefined where it is ours */
export function strangerProblemOf(
  {headersDistinct: headers, url = ''}: Pick<IncomingMessage, 'headersDistinct' | 'url'>,
  port: number,
): string | undefined {
  // A page can have its own name resolve to 127.0.0.1 (DNS rebinding). Then only the name tells.
  const [host = '', ...more] = headers.host ?? [];
  const isOurs = host === `127.0.0.1:${port}` || host === `localhost:${port}`;
  if (!isOurs || more.length > 0) return 'the Host header is not that of the console';
  // What is no path would name a host once more (RFC 9112 3.2.2).
  if (!/^\/(?!\/)/.test(url)) return 'the request does not name a path';
  const isForeign = (origin: string) => origin !== `http://${host}`;
  if (headers.origin?.some(isForeign)) return 'it comes from another page';
  if (headers['sec-fetch-site']?.some(site => !ownSites.includes(site))) return 'it comes from another page';
  return undefined;
}
