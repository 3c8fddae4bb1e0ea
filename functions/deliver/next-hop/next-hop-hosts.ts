// The hosts of a next hop: a recipient domain's MX hosts, with what DANE and the domain's MTA-STS policy ask of them,
// or the hosts of a smarthost or sink. The recipient's DNS and policy are asked for direct delivery only.

import type {MxSettings} from '../../../shared/settings/groups/mx.ts';
import {parseAddressLiteral} from '../../../shared/smtp/address.ts';
import {type Dane, daneOf} from '../../../shared/smtp/dane.ts';
import type {Fact} from '../../../shared/smtp/fact.ts';
import {factFailure, type Tried} from '../../../shared/smtp/failure.ts';
import {isPrivateAddress} from '../../../shared/smtp/ip-address.ts';
import {type HostPolicy, isListed, type StsPolicy} from '../../../shared/smtp/mta-sts.ts';
import {type Families, familiesHere, isWithinReach, lackOf} from './address-families.ts';
import type {Dns} from './dns.ts';
import {addressesOf, codeOf, dnsOf, type Host, type LookedUpHost, lookUpRelay} from './lookup.ts';

export interface NextHopHost extends Host {
  readonly policy?: HostPolicy;
  readonly dane?: Dane;
}

export type Hosts = Tried<{readonly hosts: readonly NextHopHost[]; readonly ttlSeconds: number}>;

export interface MxOptions {
  readonly now: () => number;
  readonly random: () => number;
  /** The MTA-STS policy to apply, if there is one. */
  readonly policyOf: () => Promise<StsPolicy | undefined>;
  readonly dns?: Dns;
  /** What this function can connect to. */
  readonly families?: Families;
}

/** This many MX hosts with addresses are enough, and this many are looked up at a time. Each costs two queries. */
const enoughMxHosts = 10;
/**
 * No more MX hosts than this are looked up. A domain whose first ones have no address does not bounce for the others.
 */
const maxMxHosts = 100;
/** No further MX hosts are looked up after this. */
const maxLookUpMs = 30_000;

/** How long hosts are good for at most. Node.js does not tell the TTL of MX records, or of what the system says. */
const maxTtlSeconds = 60;

export const failed = (fact: Fact, description: string): Extract<Hosts, {ok: false}> => {
  const failure = factFailure('dns', fact, description);
  return {ok: false, failure: fact === 'dns-unavailable' ? {...failure, result: 'timeout'} : failure};
};

/** The hosts that accept mail for a domain (RFC 5321 5.1) and that its policy allows (RFC 8461 5). */
export async function resolveMxHosts(
  domain: string,
  mx: MxSettings,
  {now, random, policyOf, dns = dnsOf(mx), families = familiesHere()}: MxOptions,
): Promise<Hosts> {
  const literal = parseAddressLiteral(domain);
  if (literal !== undefined) {
    if (!mayGoTo(literal, mx)) return privateAddresses([domain]);
    return withinReach([{host: domain, addresses: [literal]}], families, maxTtlSeconds);
  }
  const [named, policy] = await Promise.all([mxNamesOf(dns, domain, random), policyOf()]);
  if (!named.ok) return named;
  const {names, secure} = named;
  const candidates = policy?.mode === 'enforce' ? names.filter(name => isListed(name, policy)) : names;
  if (candidates.length === 0)
    return failed(
      'mx-not-in-policy',
      `no MX host of ${domain} is in its MTA-STS policy: ${names.slice(0, enoughMxHosts).join(', ')}`,
    );
  const looked = await lookUpEnough(candidates, now, name =>
    mxHostOf(dns, name, {domain, mx, secure, families}),
  );
  const hosts = looked
    .filter(({usable}) => usable.length > 0)
    .map(({host, usable: addresses, dane}) => ({
      host,
      addresses,
      ...(policy && policy.mode !== 'none' && {policy: {mode: policy.mode, listed: isListed(host, policy)}}),
      ...(dane && {dane}),
    }));
  const unavailable = looked.some(host => host.unavailable);
  // If a host could not be looked up, the next message asks again.
  const ttlSeconds = unavailable ? 0 : Math.min(maxTtlSeconds, ...looked.map(host => host.ttlSeconds));
  if (hosts.length > 0) return {ok: true, hosts, ttlSeconds};
  if (unavailable) return failed('dns-unavailable', `no MX host of ${domain} could be looked up`);
  if (looked.length < candidates.length) {
    const those = `the first ${looked.length} of ${candidates.length} MX hosts of ${domain}`;
    return failed('dns-unavailable', `none of ${those} has an address; the others were not looked up`);
  }
  const beyond = looked.filter(({permitted}) => permitted.length > 0);
  if (beyond.length > 0) return outOfReach(beyond, families);
  const refused = looked.filter(({addresses}) => addresses.length > 0);
  if (refused.length > 0) return privateAddresses(refused.map(({host}) => host));
  return failed('no-address', `no MX host of ${domain} has an address`);
}

/** Looks up names in their order, some at a time, until enough of them can be used or the time is over. */
async function lookUpEnough(
  names: readonly string[],
  now: () => number,
  lookUp: (name: string) => Promise<MxHost>,
): Promise<readonly MxHost[]> {
  const untilMs = now() + maxLookUpMs;
  const looked: MxHost[] = [];
  const isEnough = () =>
    looked.length >= Math.min(names.length, maxMxHosts) ||
    looked.filter(({usable}) => usable.length > 0).length >= enoughMxHosts;
  do {
    const some = names.slice(looked.length, looked.length + enoughMxHosts);
    looked.push(...(await Promise.all(some.map(lookUp))));
  } while (!isEnough() && now() < untilMs);
  return looked;
}

async function mxNamesOf(dns: Dns, domain: string, random: () => number) {
  try {
    const {exists, records, secure} = await dns.query(domain, 'MX');
    if (!exists) return failed('no-such-domain', `${domain} does not exist`);
    if (records.length === 0) return {ok: true as const, names: [domain], secure};
    const named = records.filter(({exchange}) => exchange !== '' && exchange !== '.');
    if (named.length === 0) return failed('null-mx', `${domain} accepts no mail (null MX, RFC 7505)`);
    // Equal preferences are tried in random order (RFC 5321 5.1).
    const names = named
      .map(record => ({...record, lot: random()}))
      .sort((a, b) => a.priority - b.priority || a.lot - b.lot)
      .map(({exchange}) => exchange.toLowerCase());
    return {ok: true as const, names: [...new Set(names)], secure};
  } catch (error) {
    return failed('dns-unavailable', `the MX records of ${domain} could not be looked up: ${codeOf(error)}`);
  }
}

interface MxHost extends LookedUpHost {
  readonly dane?: Dane;
}

/**
 * An MX host with its addresses and, where DNSSEC has proved all of that, with what its TLSA records ask for.
 * @param secure whether DNSSEC has proved the MX records
 */
async function mxHostOf(
  dns: Dns,
  host: string,
  {
    domain,
    mx,
    secure,
    families,
  }: {
    readonly domain: string;
    readonly mx: MxSettings;
    readonly secure: boolean;
    readonly families: Families;
  },
): Promise<MxHost> {
  const looked = await addressesOf(dns, host, families, address => mayGoTo(address, mx));
  if (!secure || !looked.secure) return looked;
  try {
    const tlsa = await dns.query(`_${mx.port}._tcp.${host}`, 'TLSA');
    const isAsked = tlsa.secure && tlsa.records.length > 0;
    return isAsked ? {...looked, dane: daneOf(tlsa.records, host, domain)} : looked;
  } catch {
    // RFC 7672 2.1.2: the host is not used as long as nobody knows what its TLSA records ask for.
    return {...looked, addresses: [], permitted: [], usable: [], unavailable: true};
  }
}

/** Not to addresses that no public mail server has: somebody's DNS must not lead mail into our own network. */
const mayGoTo = (address: string, {privateAddresses: allowed}: MxSettings): boolean =>
  allowed || !isPrivateAddress(address);

const privateAddresses = (names: readonly string[]): Hosts => {
  const some = names.slice(0, enoughMxHosts).join(', ');
  return failed('private-address', `only private addresses: ${some}; mx-private-addresses would allow them`);
};

/** Hosts with those of their addresses that this function can connect to. */
export function withinReach(hosts: readonly NextHopHost[], families: Families, ttlSeconds: number): Hosts {
  const reached = hosts
    .map(host => ({
      ...host,
      addresses: host.addresses.filter(address => isWithinReach(address, families)),
    }))
    .filter(({addresses}) => addresses.length > 0);
  return reached.length > 0 ? {ok: true, hosts: reached, ttlSeconds} : outOfReach(hosts, families);
}

function outOfReach(hosts: readonly Host[], families: Families): Hosts {
  const some = hosts.slice(0, enoughMxHosts).map(({host}) => host);
  return failed('out-of-reach', `${some.join(', ')}: ${lackOf(families)}`);
}

/**
 * The addresses of a smarthost's or sink's hosts, looked up as the system does. A name that is unknown may come back.
 * As long as one of several names is known, the others are left out.
 */
export async function resolveRelayHosts(names: readonly string[]): Promise<Hosts> {
  const looked = await Promise.allSettled(names.map(lookUpRelay));
  const hosts = looked.flatMap(answer => (answer.status === 'fulfilled' ? [answer.value] : []));
  if (hosts.length > 0)
    return {ok: true, hosts, ttlSeconds: hosts.length === names.length ? maxTtlSeconds : 0};
  const reasons = looked.flatMap((answer, index) =>
    answer.status === 'rejected' ? [{name: names[index], code: codeOf(answer.reason)}] : [],
  );
  const description = `could not be looked up: ${reasons.map(({name, code}) => `${name}: ${code}`).join(', ')}`;
  const areUnknown = reasons.every(({code}) => code === 'ENOTFOUND' || code === 'ENODATA');
  if (areUnknown) return failed('no-such-relay', `unknown host name: ${description}`);
  return failed('dns-unavailable', description);
}
