// Lookups: what the DNS, or the system, says of a name. The caller decides what follows from it for a message.

import {lookup, Resolver} from 'node:dns/promises';
import type {MxSettings} from '../../../shared/settings/groups/mx.ts';
import {familyOf} from '../../../shared/smtp/ip-address.ts';
import {bothFamilies, type Families, type Family, isWithinReach} from './address-families.ts';
import type {Dns, DnsAnswer, RecordData} from './dns.ts';
import {DnsOverHttps} from './dns-over-https.ts';

/** A host of a next hop with its addresses, in the order to try them. */
export interface Host {
  readonly host: string;
  readonly addresses: readonly string[];
}

export interface LookedUpHost extends Host {
  /** The addresses that mail may go to. */
  readonly permitted: readonly string[];
  /** Those of them that this function can connect to. */
  readonly usable: readonly string[];
  /** How long the addresses are good for. */
  readonly ttlSeconds: number;
  /** Whether the DNS gave no answer for a family that was asked for, so that there may be more addresses. */
  readonly unavailable: boolean;
  readonly secure: boolean;
}

/** The resolver in use. It keeps its connection. */
let overHttps: {readonly url: string; readonly dns: Dns} | undefined;

/** The resolver that direct delivery asks. */
export function dnsOf({nameServers, resolver: url}: Pick<MxSettings, 'nameServers' | 'resolver'>): Dns {
  if (url === undefined) return new SystemDns(nameServers);
  if (overHttps?.url !== url) overHttps = {url, dns: new DnsOverHttps(url)};
  return overHttps.dns;
}

/** Whom `dnsOf` asks, by address or URL. */
export const serversOf = ({
  nameServers,
  resolver,
}: Pick<MxSettings, 'nameServers' | 'resolver'>): readonly string[] =>
  resolver !== undefined ? [resolver] : nameServers.length > 0 ? nameServers : new Resolver().getServers();

class SystemDns implements Dns {
  readonly #resolver = new Resolver({timeout: 5000, tries: 2});

  /** @param nameServers as `address` or `address:port`; if there are none, the system's own */
  constructor(nameServers: readonly string[]) {
    if (nameServers.length > 0) this.#resolver.setServers([...nameServers]);
  }

  async query<T extends keyof RecordData>(name: string, type: T): Promise<DnsAnswer<RecordData[T]>> {
    try {
      const {records, ttlSeconds = Number.POSITIVE_INFINITY} = await this.#lookups[type](name);
      return {exists: true, records, ttlSeconds, secure: false};
    } catch (error) {
      // c-ares: NXDOMAIN is ENOTFOUND, an answer without such records ENODATA.
      const code = codeOf(error);
      if (code !== 'ENOTFOUND' && code !== 'ENODATA') throw error;
      const exists = code === 'ENODATA';
      return {exists, records: [], ttlSeconds: Number.POSITIVE_INFINITY, secure: false};
    }
  }

  cancel(): void {
    this.#resolver.cancel();
  }

  readonly #lookups: {
    readonly [T in keyof RecordData]: (
      name: string,
    ) => Promise<{readonly records: readonly RecordData[T][]; readonly ttlSeconds?: number}>;
  } = {
    A: async name => withTtl(await this.#resolver.resolve4(name, {ttl: true})),
    AAAA: async name => withTtl(await this.#resolver.resolve6(name, {ttl: true})),
    MX: async name => ({records: await this.#resolver.resolveMx(name)}),
    TXT: async name => ({records: await this.#resolver.resolveTxt(name)}),
    // TLSA records are worth nothing without DNSSEC, and the system does not tell what DNSSEC has proved.
    TLSA: async () => ({records: []}),
    CNAME: async name => ({records: await this.#resolver.resolveCname(name)}),
    PTR: async name => ({records: await this.#resolver.resolvePtr(name)}),
    NS: async name => ({records: await this.#resolver.resolveNs(name)}),
  };
}

const withTtl = (records: readonly {readonly address: string; readonly ttl: number}[]) => ({
  records: records.map(({address}) => address),
  ttlSeconds: Math.min(...records.map(({ttl}) => ttl)),
});

export const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? 'unknown';

const typeOf = {IPv4: 'A', IPv6: 'AAAA'} as const;

/**
 * Asks for the families that this function has. The other one is asked for only where these have answered, and bring nothing
 * usable: addresses that are out of reach are a reason to wait rather than to bounce.
 */
export async function addressesOf(
  dns: Dns,
  host: string,
  families: Families,
  isPermitted: (address: string) => boolean = () => true,
): Promise<LookedUpHost> {
  const [here = [], elsewhere = []] = [true, false].map(has =>
    [...bothFamilies].filter(family => families.has(family) === has),
  );
  const isUsable = (address: string) => isPermitted(address) && isWithinReach(address, families);
  const ask = (some: readonly Family[]) =>
    Promise.allSettled(some.map(family => dns.query(host, typeOf[family])));
  const asked = await ask(here);
  const isSettled = asked.some(answer => answer.status === 'rejected' || answer.value.records.some(isUsable));
  if (!isSettled) asked.push(...(await ask(elsewhere)));
  const answers = asked.flatMap(answer => (answer.status === 'fulfilled' ? [answer.value] : []));
  const permitted = answers.flatMap(({records}) => records).filter(isPermitted);
  return {
    host,
    addresses: answers.flatMap(({records}) => records),
    permitted,
    usable: permitted.filter(isUsable),
    ttlSeconds: Math.min(...answers.map(({ttlSeconds}) => ttlSeconds)),
    unavailable: answers.length < asked.length,
    secure: answers.every(({records, secure}) => secure || records.length === 0),
  };
}

/** A host, looked up as the system does, /etc/hosts included. An address is taken as it is. */
export async function lookUpRelay(host: string): Promise<Host> {
  if (familyOf(host) !== 0) return {host, addresses: [host]};
  const found = await lookup(host, {all: true, order: 'verbatim'});
  return {host, addresses: found.map(({address}) => address)};
}
