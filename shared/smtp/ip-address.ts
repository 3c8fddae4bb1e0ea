// IP addresses as numbers, and the ranges that the public Internet does not deliver to.

import {isIPv4, isIPv6} from './address.ts';

export interface IpAddress {
  readonly family: 4 | 6;
  readonly octets: readonly number[];
}

/** An IPv4 or IPv6 address without brackets or zone; undefined when it is neither. */
export function parseIpAddress(text: string): IpAddress | undefined {
  if (isIPv4(text)) return {family: 4, octets: text.split('.').map(Number)};
  if (!isIPv6(text)) return undefined;
  // The URL parser writes the shortest form, an embedded IPv4 address in hex.
  const canonical = new URL(`http://[${text}]/`).hostname.slice(1, -1);
  const [head = '', tail] = canonical.split('::');
  const groupsOf = (part: string | undefined) =>
    part ? part.split(':').map(group => Number.parseInt(group, 16)) : [];
  const before = groupsOf(head);
  const after = groupsOf(tail);
  const zeros = new Array<number>(8 - before.length - after.length).fill(0);
  return {family: 6, octets: [...before, ...zeros, ...after].flatMap(group => [group >> 8, group & 255])};
}

/** Ranges of IANA's special-purpose registries (RFC 6890) that no public mail server has. */
const special: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
  ['::', 127],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001:db8::', 32],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
];

/** Where an address stays on this machine or its link, or is no host's at all; some may hide an IPv4 address that does. */
const own: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['127.0.0.0', 8],
  // Link-local: the metadata of instances and containers, and Lambda's own.
  ['169.254.0.0', 16],
  ['224.0.0.0', 3],
  // The unspecified address, loopback, and IPv4-compatible ones (RFC 4291 2.5.5.1).
  ['::', 96],
  // NAT64 by local rules (RFC 8215): where the IPv4 address stands in it is known here only.
  ['64:ff9b:1::', 48],
  // The same services as at 169.254.0.0/16, for IPv6.
  ['fd00:ec2::', 32],
  ['fe80::', 10],
  ['ff00::', 8],
];

interface Range {
  readonly network: IpAddress;
  readonly bits: number;
}
const rangesOf = (list: typeof special): readonly Range[] =>
  list.map(([network, bits]) => ({network: parseIpAddress(network)!, bits}));
const specialRanges = rangesOf(special);
const ownRanges = rangesOf(own);

const inRange = (address: IpAddress, network: IpAddress, bits: number): boolean =>
  address.family === network.family &&
  address.octets.every((octet, index) => {
    const significant = Math.min(Math.max(bits - index * 8, 0), 8);
    return (octet ^ network.octets[index]!) >> (8 - significant) === 0;
  });

/** IPv4 inside IPv6: mapped (::ffff:0:0/96, RFC 4291) and NAT64 (64:ff9b::/96, RFC 6052). */
function unwrap(address: IpAddress): IpAddress {
  if (address.family === 4) return address;
  const wrapped = ['::ffff:0:0', '64:ff9b::'].some(prefix => inRange(address, parseIpAddress(prefix)!, 96));
  return wrapped ? {family: 4, octets: address.octets.slice(12)} : address;
}

/** Whether an address is private, loopback, link-local, or otherwise not of the public Internet. */
export function isPrivateAddress(text: string): boolean {
  const address = parseIpAddress(text);
  return address === undefined || isInOneOf(specialRanges, unwrap(address));
}

const isInOneOf = (ranges: readonly Range[], address: IpAddress): boolean =>
  ranges.some(({network, bits}) => inRange(address, network, bits));

/** How far an address leads from here: `own` is this machine and its link, or nobody; `private` is a network behind it. */
export type Reach = 'own' | 'private' | 'public';

/** @param interfaces the addresses of this machine, whatever range they are of */
export function reachOf(text: string, interfaces: readonly string[]): Reach {
  const parsed = parseIpAddress(text);
  if (parsed === undefined) return 'own';
  const address = unwrap6to4(unwrap(parsed));
  const isInterface = interfaces.some(each => parseIpAddress(each)?.octets.join() === address.octets.join());
  if (isInterface || isInOneOf(ownRanges, address)) return 'own';
  return isInOneOf(specialRanges, address) ? 'private' : 'public';
}

/** 2002::/16 (RFC 3056): a router may take the IPv4 address out of it. */
const unwrap6to4 = (address: IpAddress): IpAddress =>
  address.family === 6 && inRange(address, parseIpAddress('2002::')!, 16)
    ? {family: 4, octets: address.octets.slice(2, 6)}
    : address;

/** 127.0.0.0/8 and ::1: what is sent there stays on the machine. */
export function isLoopback(text: string): boolean {
  const address = parseIpAddress(text);
  if (address === undefined) return false;
  const bare = unwrap(address);
  return bare.family === 4 ? bare.octets[0] === 127 : inRange(bare, parseIpAddress('::1')!, 128);
}
