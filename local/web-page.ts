// Requests that a web page may have made: whoever has a browser open on this machine runs strangers' programs,
// and these reach 127.0.0.1 too. SDKs, `aws` and curl send none of what a browser says of where a request comes from.

import type {IncomingMessage, ServerResponse} from 'node:http';

/** Under any port: a tunnel to the endpoint has one of its own. A name of a page's own choice has none of these. */
const ownHost = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/i;

/** Fetch Metadata Request Headers, Sec-Fetch-Site: `none` is an address that somebody has typed. */
const ownSites = ['same-origin', 'none'];

/** Why a request is not taken as one of a program of this machine's user; undefined when it is. */
export function webPageProblemOf({
  headersDistinct: headers,
  url = '',
}: Pick<IncomingMessage, 'headersDistinct' | 'url'>): string | undefined {
  const hosts = [...(headers.host ?? []), ...hostsIn(url)];
  const host = hosts.find(each => !ownHost.test(each));
  // A page can have a name of its own resolve to 127.0.0.1 (DNS rebinding): then this is all that tells.
  if (host !== undefined || hosts.length === 0) {
    return `the Host header is ${JSON.stringify(host ?? '')}, not 127.0.0.1, localhost or [::1]`;
  }
  const origin = headers.origin?.find(each => each.toLowerCase() !== `http://${hosts[0]!.toLowerCase()}`);
  if (origin !== undefined) return `it comes from a web page (Origin ${JSON.stringify(origin)})`;
  const site = headers['sec-fetch-site']?.find(each => !ownSites.includes(each));
  if (site !== undefined) return `it comes from a web page (Sec-Fetch-Site ${JSON.stringify(site)})`;
  return undefined;
}

/** The host of a request target in absolute form, which goes before the Host header (RFC 9112 3.2.2). */
const hostsIn = (target: string): readonly string[] =>
  /^(?:https?:)?\/\/([^/?#]*)/i.exec(target)?.slice(1) ?? [];

/** The answer; what else the request has to say is not read. */
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
