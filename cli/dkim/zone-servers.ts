// The servers that have a zone themselves. What they say of a name holds at once; resolvers may go on with what they knew.

import {Resolver} from 'node:dns/promises';
import {familiesHere} from '../../functions/deliver/next-hop/address-families.ts';
import type {Dns} from '../../functions/deliver/next-hop/dns.ts';
import {addressesOf, codeOf} from '../../functions/deliver/next-hop/lookup.ts';
import {familyOf} from '../../shared/smtp/ip-address.ts';

export interface ZoneServer {
  readonly host: string;
  readonly address: string;
}

/** The root has no more. */
const mostHosts = 13;
const addressesOfHost = 2;

/** @returns none where the DNS does not tell */
export async function zoneServersOf(name: string, dns: Dns): Promise<readonly ZoneServer[]> {
  const labels = name.split('.');
  // The servers of a top-level domain know nothing of a record.
  for (let at = 0; at < labels.length - 1; at += 1) {
    const hosts = await hostsOf(labels.slice(at).join('.'), dns);
    if (hosts.length > 0) return (await Promise.all(hosts.map(host => serversAt(host, dns)))).flat();
  }
  return [];
}

async function hostsOf(zone: string, dns: Dns): Promise<readonly string[]> {
  try {
    const {records} = await dns.query(zone, 'NS');
    return records.slice(0, mostHosts);
  } catch {
    return [];
  }
}

async function serversAt(host: string, dns: Dns): Promise<readonly ZoneServer[]> {
  const {usable} = await addressesOf(dns, host, familiesHere());
  return usable.slice(0, addressesOfHost).map(address => ({host, address}));
}

const timing = {timeout: 2000, tries: 2};

/** What one server says; it is asked by its address. */
export class ZoneServerDns {
  readonly #resolver = new Resolver(timing);

  constructor({address}: ZoneServer, port: number) {
    this.#resolver.setServers([familyOf(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`]);
  }

  /** @returns the texts; 'alias' for a name that leads elsewhere. @throws where it does not answer */
  async txt(name: string): Promise<readonly string[] | 'alias'> {
    try {
      return (await this.#resolver.resolveTxt(name)).map(strings => strings.join(''));
    } catch (error) {
      if (!isNone(error)) throw error;
    }
    try {
      return (await this.#resolver.resolveCname(name)).length > 0 ? 'alias' : [];
    } catch (error) {
      if (isNone(error)) return [];
      throw error;
    }
  }

  cancel(): void {
    this.#resolver.cancel();
  }
}

const isNone = (error: unknown): boolean => ['ENOTFOUND', 'ENODATA'].includes(codeOf(error));
