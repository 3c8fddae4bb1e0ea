// An IP address in place of a host name (RFC 5321 4.1.3). A client without a name says it in EHLO.

import {isIP} from 'node:net';

/**
 * `[192.0.2.1]`, `[IPv6:2001:db8::1]`; undefined for what is no IP address.
 * @param address as Node says it: perhaps with a zone (`%eth0`), or IPv4 inside IPv6 (`::ffff:192.0.2.1`)
 */
export function addressLiteralOf(address: string): string | undefined {
  const bare = address.replace(/%.*$/s, '');
  if (isIP(bare) !== 6) return isIP(bare) === 4 ? `[${bare}]` : undefined;
  // The URL parser writes the shortest form, and an embedded IPv4 address in hex.
  const canonical = new URL(`http://[${bare}]/`).hostname.slice(1, -1);
  const mapped = /^::ffff:(\w+):(\w+)$/
    .exec(canonical)
    ?.slice(1)
    .map(group => Number.parseInt(group, 16));
  if (mapped === undefined) return `[IPv6:${canonical}]`;
  return `[${mapped.flatMap(group => [group >> 8, group & 255]).join('.')}]`;
}
