// Where a next hop's servers are: a recipient domain's MX hosts, or the addresses of a smarthost or sink.
// The recipient's DNS is asked for direct delivery only.

import {lookup, Resolver} from 'node:dns/promises';
import {parseAddressLiteral} from '../../shared/address.ts';
import {isPrivateAddress, parseIpAddress} from '../../shared/ip-address.ts';
import type {Fact, Failure} from '../../shared/outcome.ts';
import type {MxSettings} from '../../shared/settings.ts';

/** A host of a next hop with its addresses, in the order to try them. */
interface Host {
  readonly host: string;
  readonly addresses: readonly string[];
}

export type Hosts =
  | {readonly ok: true; readonly hosts: readonly Host[]}
  | {readonly ok: false; readonly failure: Failure};

/** At most so many MX hosts are looked up: no working domain needs more, and each costs two queries. */
const maxMxHosts = 10;

const failed = (fact: Fact, description: string): {readonly ok: false; readonly failure: Failure} => ({
  ok: false,
  failure: {stage: 'dns', result: fact === 'dns-unavailable' ? 'timeout' : 'error', fact, description},
});

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? 'unknown';
/** c-ares: NXDOMAIN is ENOTFOUND, an answer without such records ENODATA; all else says nothing. */
const isAnswer = (code: string): boolean => code === 'ENOTFOUND' || code === 'ENODATA';

/** The hosts that accept mail for a domain (RFC 5321 5.1). */
export async function resolveMxHosts(domain: string, mx: MxSettings, random: () => number): Promise<Hosts> {
  const literal = parseAddressLiteral(domain);
  if (literal !== undefined) return publicHosts([{host: domain, addresses: [literal]}], mx);
  const resolver = new Resolver({timeout: 5000, tries: 2});
  if (mx.nameServers.length > 0) resolver.setServers([...mx.nameServers]);
  const names = await mxNamesOf(resolver, domain, random);
  if (!Array.isArray(names)) return names;
  const looked = await Promise.all(names.slice(0, maxMxHosts).map(name => addressesOf(resolver, name)));
  const hosts = looked
    .map(({host, addresses}) => ({host, addresses}))
    .filter(({addresses}) => addresses.length > 0);
  if (hosts.length > 0) return publicHosts(hosts, mx);
  if (looked.some(host => host.unavailable))
    return failed('dns-unavailable', `no address of an MX host of ${domain} could be looked up`);
  return failed('no-address', `no MX host of ${domain} has an address`);
}

async function mxNamesOf(resolver: Resolver, domain: string, random: () => number) {
  try {
    const records = await resolver.resolveMx(domain);
    const named = records.filter(({exchange}) => exchange !== '' && exchange !== '.');
    if (named.length === 0) return failed('null-mx', `${domain} accepts no mail (null MX, RFC 7505)`);
    // Equal preferences are tried in random order (RFC 5321 5.1).
    return named
      .map(record => ({...record, lot: random()}))
      .sort((a, b) => a.priority - b.priority || a.lot - b.lot)
      .map(({exchange}) => exchange.toLowerCase());
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENODATA') return [domain];
    if (code === 'ENOTFOUND') return failed('no-such-domain', `${domain} does not exist`);
    return failed('dns-unavailable', `the MX records of ${domain} could not be looked up: ${code}`);
  }
}

async function addressesOf(
  resolver: Resolver,
  host: string,
): Promise<Host & {readonly unavailable: boolean}> {
  const answers = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
  const addresses = answers.flatMap(answer => (answer.status === 'fulfilled' ? answer.value : []));
  const unavailable = answers.some(
    answer => answer.status === 'rejected' && !isAnswer(codeOf(answer.reason)),
  );
  return {host, addresses, unavailable};
}

/** Leaves out what no public mail server has: mail must not be led into our own network by somebody's DNS. */
function publicHosts(hosts: readonly Host[], {privateAddresses}: MxSettings): Hosts {
  if (privateAddresses) return {ok: true, hosts};
  const allowed = hosts
    .map(({host, addresses}) => ({host, addresses: addresses.filter(address => !isPrivateAddress(address))}))
    .filter(({addresses}) => addresses.length > 0);
  if (allowed.length > 0) return {ok: true, hosts: allowed};
  const names = hosts.map(({host}) => host).join(', ');
  return failed('private-address', `only private addresses: ${names}; mx-private-addresses would allow them`);
}

/**
 * The addresses of smarthosts, or of a sink, looked up as the system does. A name that is unknown may come back;
 * while one of several is, the others do.
 */
export async function resolveRelayHosts(names: readonly string[]): Promise<Hosts> {
  const looked = await Promise.allSettled(names.map(resolveRelayHost));
  const hosts = looked.flatMap(answer => (answer.status === 'fulfilled' ? [answer.value] : []));
  if (hosts.length > 0) return {ok: true, hosts};
  const reasons = looked.flatMap((answer, index) =>
    answer.status === 'rejected' ? [`${names[index]}: ${codeOf(answer.reason)}`] : [],
  );
  return failed('dns-unavailable', `could not be looked up: ${reasons.join(', ')}`);
}

async function resolveRelayHost(host: string): Promise<Host> {
  if (parseIpAddress(host) !== undefined) return {host, addresses: [host]};
  const found = await lookup(host, {all: true, order: 'verbatim'});
  return {host, addresses: found.map(({address}) => address)};
}
