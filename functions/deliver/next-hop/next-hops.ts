// The hosts of next hops, as a warm environment remembers them. Batches follow each other within seconds, and what the
// DNS has just said need not be asked again. Failures are not kept.

import {type NextHop, nextHopName} from '../../../shared/delivery/destination.ts';
import type {MxSettings} from '../../../shared/settings/groups/mx.ts';
import type {Settings} from '../../../shared/settings/settings.ts';
import {BoundedMap} from '../../runtime/bounded-map.ts';
import type {Dns} from './dns.ts';
import type {StsPolicies} from './mta-sts-policies.ts';
import {permittedHosts} from './named-smarthost.ts';
import {type Hosts, resolveMxHosts, resolveRelayHosts} from './next-hop-hosts.ts';

interface Kept {
  readonly hosts: Promise<Hosts>;
  /** Infinite while the answer is on its way, so that all messages wait for the same one. */
  readonly untilMs: number;
}

export interface NextHopsOptions {
  readonly policies: Pick<StsPolicies, 'policyOf'>;
  readonly now: () => number;
  readonly random: () => number;
  /** Whether messages may name smarthosts anywhere, this machine included. They may on the local stage. */
  readonly anywhere: boolean;
  /** The resolver to ask, where it is not the one that the settings name: somebody may want to listen. */
  readonly dnsOf?: (mx: MxSettings) => Dns;
}

export class NextHops {
  readonly #kept = new BoundedMap<string, Kept>(1_000);
  readonly #options: NextHopsOptions;

  constructor(options: NextHopsOptions) {
    this.#options = options;
  }

  async hostsOf(hop: NextHop, mx: MxSettings): Promise<Hosts> {
    const {now} = this.#options;
    const key = `${nextHopName(hop)} ${hop.kind === 'mx' ? JSON.stringify(mx) : ''}`;
    const kept = this.#kept.get(key);
    if (kept !== undefined && kept.untilMs > now()) return kept.hosts;
    const hosts = hop.kind === 'mx' ? this.#mxHostsOf(hop.domain, mx) : resolveRelayHosts(hop.hosts);
    this.#kept.set(key, {hosts, untilMs: Number.POSITIVE_INFINITY});
    let untilMs = 0;
    try {
      const resolved = await hosts;
      if (resolved.ok) untilMs = now() + resolved.ttlSeconds * 1000;
      return resolved;
    } finally {
      if (untilMs > now()) this.#kept.set(key, {hosts, untilMs});
      else this.#kept.delete(key);
    }
  }

  /** Those of the hosts that a message may name as a smarthost of its own. */
  permitted(hosts: Hosts, {smarthostPrivateAddresses}: Pick<Settings, 'smarthostPrivateAddresses'>): Hosts {
    if (!hosts.ok || this.#options.anywhere) return hosts;
    return permittedHosts(hosts.hosts, smarthostPrivateAddresses);
  }

  #mxHostsOf(domain: string, mx: MxSettings): Promise<Hosts> {
    const {policies, now, random, dnsOf} = this.#options;
    const policyOf = async () => (mx.mtaSts ? policies.policyOf(domain, mx) : undefined);
    return resolveMxHosts(domain, mx, {now, random, policyOf, ...(dnsOf && {dns: dnsOf(mx)})});
  }
}
