// Lookups: what the DNS, or the system, says of a name. What follows from it for a message is decided by who asks.

import {lookup, Resolver} from 'node:dns/promises';
import {parseIpAddress} from '../../shared/ip-address.ts';

/** A host of a next hop with its addresses, in the order to try them. */
export interface Host {
  readonly host: string;
  readonly addresses: readonly string[];
}

export interface LookedUpHost extends Host {
  /** How long the addresses are good for. */
  readonly ttlSeconds: number;
  /** The DNS gave no answer for one of the families, or both: there may be more addresses. */
  readonly unavailable: boolean;
}

/** @param nameServers as `address` or `address:port`; none is the system's own */
export function resolverOf(nameServers: readonly string[]): Resolver {
  const resolver = new Resolver({timeout: 5000, tries: 2});
  if (nameServers.length > 0) resolver.setServers([...nameServers]);
  return resolver;
}

export const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? 'unknown';

/** c-ares: NXDOMAIN is ENOTFOUND, an answer without such records ENODATA; all else says nothing. */
const isAnswer = (code: string): boolean => code === 'ENOTFOUND' || code === 'ENODATA';

export async function addressesOf(resolver: Resolver, host: string): Promise<LookedUpHost> {
  const answers = await Promise.allSettled([
    resolver.resolve4(host, {ttl: true}),
    resolver.resolve6(host, {ttl: true}),
  ]);
  const records = answers.flatMap(answer => (answer.status === 'fulfilled' ? answer.value : []));
  const unavailable = answers.some(
    answer => answer.status === 'rejected' && !isAnswer(codeOf(answer.reason)),
  );
  const ttlSeconds = Math.min(...records.map(({ttl}) => ttl));
  return {host, addresses: records.map(({address}) => address), ttlSeconds, unavailable};
}

/** TXT records, each as the strings it is made of; none when the DNS gives no answer. */
export const textsOf = (resolver: Resolver, name: string): Promise<readonly (readonly string[])[]> =>
  resolver.resolveTxt(name).catch(() => []);

/** A host looked up as the system does, /etc/hosts included; an address is itself. */
export async function lookUpRelay(host: string): Promise<Host> {
  if (parseIpAddress(host) !== undefined) return {host, addresses: [host]};
  const found = await lookup(host, {all: true, order: 'verbatim'});
  return {host, addresses: found.map(({address}) => address)};
}
