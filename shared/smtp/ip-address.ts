// IP addresses, and the ranges that no public mail server is in.

import {BlockList, isIP} from 'node:net';

/** 4 or 6; 0 for anything else, an address with brackets or a zone included. */
export const familyOf = (text: string): number => (text.includes('%') ? 0 : isIP(text));

/** As BlockList calls it. */
const typeOf = (address: string) => (isIP(address) === 4 ? 'ipv4' : 'ipv6');

type Range = readonly [network: string, bits: number];

/** This machine and its link, multicast, and no host at all. Some IPv6 ranges may hide an IPv4 address that is one. */
const nearby: readonly Range[] = [
  ['0.0.0.0', 8],
  ['127.0.0.0', 8],
  // Link-local: the metadata of instances and containers, and Lambda's own.
  ['169.254.0.0', 16],
  ['224.0.0.0', 3],
  // NAT64 by local rules (RFC 8215), which say where the IPv4 address stands.
  ['64:ff9b:1::', 48],
  ['fe80::', 10],
  ['ff00::', 8],
];

/** Ranges of IANA's special-purpose registries (RFC 6890) that no public mail server has. */
const special: readonly Range[] = [
  ...nearby,
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['::', 127],
  ['100::', 64],
  ['2001:db8::', 32],
  ['fc00::', 7],
];

/** Where no message may lead, whatever the settings allow. */
const own: readonly Range[] = [
  ...nearby,
  // The unspecified address, loopback, and IPv4-compatible ones (RFC 4291 2.5.5.1).
  ['::', 96],
  // The same services as at 169.254.0.0/16, for IPv6.
  ['fd00:ec2::', 32],
];

/**
 * IPv4 ranges hold the IPv6 addresses that an IPv4 address is inside, too: mapped ones (::ffff:0:0/96, RFC 4291), as
 * BlockList knows by itself, NAT64 (64:ff9b::/96, RFC 6052), and 6to4 if asked for.
 */
function listOf(ranges: readonly Range[], with6to4 = false): BlockList {
  const list = new BlockList();
  for (const [network, bits] of ranges) {
    list.addSubnet(network, bits, typeOf(network));
    if (isIP(network) === 6) continue;
    list.addSubnet(`64:ff9b::${network}`, 96 + bits, 'ipv6');
    // RFC 3056: a router may take the IPv4 address out of it.
    const [a, b, c, d] = network.split('.').map(octet => Number(octet).toString(16).padStart(2, '0'));
    if (with6to4) list.addSubnet(`2002:${a}${b}:${c}${d}::`, 16 + bits, 'ipv6');
  }
  return list;
}

/** Made when somebody asks: a hundred calls are a part of each cold start otherwise. */
function onceListOf(ranges: readonly Range[], with6to4 = false): () => BlockList {
  let list: BlockList | undefined;
  return () => {
    list ??= listOf(ranges, with6to4);
    return list;
  };
}

const isIn = (list: () => BlockList, address: string): boolean => list().check(address, typeOf(address));

const specialList = onceListOf(special);
const specialReach = onceListOf(special, true);
const ownReach = onceListOf(own, true);
const loopback = onceListOf([
  ['127.0.0.0', 8],
  ['::1', 128],
]);

/** Whether an address is private, loopback, link-local, or otherwise not of the public Internet. */
export const isPrivateAddress = (text: string): boolean => familyOf(text) === 0 || isIn(specialList, text);

/** Whether what is sent there stays on this machine. */
export const isLoopback = (text: string): boolean => familyOf(text) !== 0 && isIn(loopback, text);

/** How far away an address is: `own` is this machine and its link, or no host; `private` is a network behind it. */
export type Reach = 'own' | 'private' | 'public';

/** @param interfaces the addresses of this machine, whatever range they are in */
export function reachOf(text: string, interfaces: readonly string[]): Reach {
  if (familyOf(text) === 0) return 'own';
  const addresses = interfaces.filter(each => familyOf(each) !== 0);
  const ranges = addresses.map((each): Range => [each, isIP(each) === 4 ? 32 : 128]);
  const here = onceListOf(ranges, true);
  if (isIn(here, text) || isIn(ownReach, text)) return 'own';
  return isIn(specialReach, text) ? 'private' : 'public';
}

/**
 * An address in the place of a host name (RFC 5321 4.1.3): `[192.0.2.1]`, `[IPv6:2001:db8::1]`; undefined for any other text.
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
