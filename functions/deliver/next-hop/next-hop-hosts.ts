// Where a next hop's servers are: a recipient domain's MX hosts, with what DANE and its MTA-STS policy make of them,
// or the addresses of a smarthost or sink. The recipient's DNS and policy are asked for direct delivery only.

import type {MxSettings} from '../../../shared/settings/groups/mx.ts';
import {parseAddressLiteral} from '../../../shared/smtp/address.ts';
import {type Dane, daneOf} from '../../../shared/smtp/dane.ts';
import {isPrivateAddress} from '../../../shared/smtp/ip-address.ts';
import {type HostPolicy, isListed, type StsPolicy} from '../../../shared/smtp/mta-sts.ts';
import type {Fact, Failure} from '../../../shared/smtp/verdict.ts';
import type {Dns} from './dns.ts';
import {addressesOf, codeOf, dnsOf, type Host, type LookedUpHost, lookUpRelay} from './lookup.ts';

export interface NextHopHost extends Host {
  readonly policy?: HostPolicy;
  readonly dane?: Dane;
}

export type Hosts =
  | {readonly ok: true; readonly hosts: readonly NextHopHost[]; readonly ttlSeconds: number}
  | {readonly ok: false; readonly failure: Failure};

export interface MxOptions {
  readonly now: () => number;
  readonly random: () => number;
  /** The policy to apply, if there is one. */
  readonly policyOf: (domain: string, mx: MxSettings) => Promise<StsPolicy | undefined>;
}

/** So many MX hosts with addresses are enough, and so many are looked up at a time: each costs two queries. */
const enoughMxHosts = 10;
/** A domain with more than this that have no address is no working domain; nor does it bounce for the rest. */
const maxMxHosts = 100;
/** No further ones are looked up after this. */
const maxLookUpMs = 30_000;

/** How long hosts are good for at most: Node.js does not tell the TTL of MX records, or of what the system says. */
const maxTtlSeconds = 60;

const failed = (fact: Fact, description: string): {readonly ok: false; readonly failure: Failure} => ({
  ok: false,
  failure: {stage: 'dns', result: fact === 'dns-unavailable' ? 'timeout' : 'error', fact, description},
});

/** The hosts that accept mail for a domain (RFC 5321 5.1), and that its policy lets us deliver to (RFC 8461 5). */
export async function resolveMxHosts(
  domain: string,
  mx: MxSettings,
  {now, random, policyOf}: MxOptions,
): Promise<Hosts> {
  const literal = parseAddressLiteral(domain);
  if (literal !== undefined) {
    const addresses = usableOf([literal], mx);
    if (addresses.length === 0) return privateAddresses([domain]);
    return {ok: true, hosts: [{host: domain, addresses}], ttlSeconds: maxTtlSeconds};
  }
  const dns = dnsOf(mx);
  const [named, policy] = await Promise.all([mxNamesOf(dns, domain, random), policyOf(domain, mx)]);
  if (!named.ok) return named;
  const {names, secure} = named;
  const candidates = policy?.mode === 'enforce' ? names.filter(name => isListed(name, policy)) : names;
  if (candidates.length === 0)
    return failed(
      'mx-not-in-policy',
      `no MX host of ${domain} is in its MTA-STS policy: ${names.slice(0, enoughMxHosts).join(', ')}`,
    );
  const looked = await lookUpEnough(candidates, now, async name => {
    const host = await mxHostOf(dns, name, {domain, port: mx.port, secure});
    return {...host, usable: usableOf(host.addresses, mx)};
  });
  const hosts = looked
    .filter(({usable}) => usable.length > 0)
    .map(({host, usable: addresses, dane}) => ({
      host,
      addresses,
      ...(policy && policy.mode !== 'none' && {policy: {mode: policy.mode, listed: isListed(host, policy)}}),
      ...(dane && {dane}),
    }));
  const unavailable = looked.some(host => host.unavailable);
  // What could not be looked up is asked for again by the next message.
  const ttlSeconds = unavailable ? 0 : Math.min(maxTtlSeconds, ...looked.map(host => host.ttlSeconds));
  if (hosts.length > 0) return {ok: true, hosts, ttlSeconds};
  if (unavailable) return failed('dns-unavailable', `no MX host of ${domain} could be looked up`);
  if (looked.length < candidates.length) {
    const those = `the first ${looked.length} of ${candidates.length} MX hosts of ${domain}`;
    return failed('dns-unavailable', `none of ${those} has an address; the others were not looked up`);
  }
  const refused = looked.filter(({addresses}) => addresses.length > 0);
  if (refused.length > 0) return privateAddresses(refused.map(({host}) => host));
  return failed('no-address', `no MX host of ${domain} has an address`);
}

/** In their order, some at a time, until there are enough that can be used, or no time for more. */
async function lookUpEnough<H extends {readonly usable: readonly string[]}>(
  names: readonly string[],
  now: () => number,
  lookUp: (name: string) => Promise<H>,
): Promise<readonly H[]> {
  const untilMs = now() + maxLookUpMs;
  const looked: H[] = [];
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

interface MxAnswer {
  readonly domain: string;
  readonly port: number;
  /** Whether the MX records are. */
  readonly secure: boolean;
}

/** An MX host with its addresses, and where all of it is secure with what its TLSA records ask for. */
async function mxHostOf(
  dns: Dns,
  host: string,
  {domain, port, secure}: MxAnswer,
): Promise<LookedUpHost & {readonly dane?: Dane}> {
  const looked = await addressesOf(dns, host);
  if (!secure || !looked.secure) return looked;
  try {
    const tlsa = await dns.query(`_${port}._tcp.${host}`, 'TLSA');
    const isAsked = tlsa.secure && tlsa.records.length > 0;
    return {...looked, ...(isAsked && {dane: daneOf(tlsa.records, host, domain)})};
  } catch {
    // RFC 7672 2.1.2: nobody goes there without knowing what they would have asked for.
    return {...looked, addresses: [], unavailable: true};
  }
}

/** Leaves out what no public mail server has: mail must not be led into our own network by somebody's DNS. */
const usableOf = (addresses: readonly string[], mx: MxSettings): readonly string[] =>
  mx.privateAddresses ? addresses : addresses.filter(address => !isPrivateAddress(address));

const privateAddresses = (names: readonly string[]): Hosts => {
  const some = names.slice(0, enoughMxHosts).join(', ');
  return refusedAddresses(`only private addresses: ${some}; mx-private-addresses would allow them`);
};

/** @param description which, and what would allow them */
export const refusedAddresses = (description: string): Hosts => failed('private-address', description);

/**
 * The addresses of smarthosts, or of a sink, looked up as the system does. A name that is unknown may come back;
 * while one of several is, the others do.
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
