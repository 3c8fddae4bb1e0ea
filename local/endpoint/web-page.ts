// Refuses requests that a web page may have made: a browser on this machine runs the programs of strangers, and they
// reach 127.0.0.1 too. SDKs, `aws` and curl send none of the headers by which a browser says where a request comes from.

import type {IncomingMessage, ServerResponse} from 'node:http';

/** With any port: a tunnel to the endpoint has its own. A web page cannot choose one of these names for itself. */
export const isOwnHost = (host: string): boolean =>
  /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/i.test(host);

/** Fetch Metadata Request Headers, Sec-Fetch-Site: `none` is an address that somebody has typed. */
const ownSites = ['same-origin', 'none'];

/** Why a request may come from a web page; undefined when it cannot. */
export function webPageProblemOf(
  {headersDistinct: headers, url = ''}: Pick<IncomingMessage, 'headersDistinct' | 'url'>,
  isHost: (host: string) => boolean = isOwnHost,
): string | undefined {
  const hosts = [...(headers.host ?? []), ...hostsIn(url)];
  const host = hosts.find(each => !isHost(each));
  // A page can have its own name resolve to 127.0.0.1 (DNS rebinding). Then only the name tells.
  if (host !== undefined || hosts.length === 0) {
    return `the Host header is ${JSON.stringify(host ?? '')}, not 127.0.0.1, localhost or [::1]`;
  }
  const origin = headers.origin?.find(each => each.toLowerCase() !== `http://${hosts[0]!.toLowerCase()}`);
  if (origin !== undefined) return `it comes from a web page (Origin ${JSON.stringify(origin)})`;
  const site = headers['sec-fetch-site']?.find(each => !ownSites.includes(each));
  if (site !== undefined) return `it comes from a web page (Sec-Fetch-Site ${JSON.stringify(site)})`;
  return undefined;
}

/** The host of a request target in absolute form, which overrides the Host header (RFC 9112 3.2.2). */
const hostsIn = (target: string): readonly string[] =>
  /^(?:https?:)?\/\/([^/?#]*)/i.exec(target)?.slice(1) ?? [];

/** Answers at once. The rest of the request is not read. */
export function refuseWebPage(response: ServerResponse, problem: string): void {
  const text = `relayq's local cloud refuses this request: ${problem}`;
  const body = `${JSON.stringify({__type: 'AccessDeniedException', message: text})}\n`;
  response.writeHead(403, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  });
  response.end(body);
}
