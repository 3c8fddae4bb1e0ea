// An IP address in the place of a host name (RFC 5321 4.1.3): what a client without a name says in EHLO.

import {parseIpAddress} from './ip-address.ts';

const mapped = /^::ffff:/;

/**
 * `[192.0.2.1]`, `[IPv6:2001:db8::1]`; undefined for what is no IP address.
 * @param address as Node says it: perhaps with a zone (`%eth0`), or IPv4 inside IPv6 (`::ffff:192.0.2.1`)
 */
export function addressLiteralOf(address: string): string | undefined {
  const bare = address.replace(/%.*$/s, '').toLowerCase();
  const parsed = parseIpAddress(bare);
  if (parsed === undefined) return undefined;
  if (parsed.family === 4) return `[${bare}]`;
  // The URL parser writes the shortest form, an embedded IPv4 address in hex.
  const canonical = new URL(`http://[${bare}]/`).hostname.slice(1, -1);
  return mapped.test(canonical) ? `[${parsed.octets.slice(12).join('.')}]` : `[IPv6:${canonical}]`;
}
