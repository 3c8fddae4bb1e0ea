// Which families of addresses this function can connect to: IPv4, IPv6, or both. Functions on Lambda have IPv6 only in a
// VPC with dual stack. An address of another family costs a lookup and a place among those that are tried, and fails.

import {type NetworkInterfaceInfo, networkInterfaces} from 'node:os';
import {addressLiteralOf, isLoopback} from '../../../shared/smtp/ip-address.ts';

export type Family = 'IPv4' | 'IPv6';
export type Families = ReadonlySet<Family>;

export const bothFamilies: Families = new Set<Family>(['IPv4', 'IPv6']);

type Interface = Pick<NetworkInterfaceInfo, 'address' | 'internal'>;

/**
 * As getaddrinfo has it (AI_ADDRCONFIG, RFC 3493 6.1): a family counts where an interface other than the loopback has an
 * address of it. A link-local IPv6 address leads nowhere, and each interface has one. A link-local IPv4 address counts: it is
 * the only one that Lambda gives a function, which gets out by NAT.
 */
export function familiesOf(interfaces: readonly Interface[]): Families {
  const outward = interfaces.filter(({internal}) => !internal).map(({address}) => address);
  const found = new Set(outward.filter(address => !/^fe[89ab]/i.test(address)).map(familyTo));
  // Whoever has no network at all talks to itself.
  return found.size > 0 ? found : bothFamilies;
}

export const familiesHere = (): Families =>
  familiesOf(Object.values(networkInterfaces()).flatMap(each => each ?? []));

/** What a connection to an address needs. An IPv4 address inside an IPv6 one (RFC 4291 2.5.5.2) is connected to by IPv4. */
const familyTo = (address: string): Family =>
  addressLiteralOf(address)?.startsWith('[IPv6:') ? 'IPv6' : 'IPv4';

/** This machine is within reach of itself, by any family. */
export const isWithinReach = (address: string, families: Families): boolean =>
  families.has(familyTo(address)) || isLoopback(address);

/** In words: what hosts have that are out of reach. */
export function lackOf(families: Families): string {
  const lacking = families.has('IPv6') ? 'IPv4' : 'IPv6';
  return `${lacking} addresses only, and this function has no ${lacking}`;
}
