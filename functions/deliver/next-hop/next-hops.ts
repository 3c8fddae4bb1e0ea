// The hosts of next hops, as a warm environment remembers them. Batches follow each other within seconds, and what the
// DNS has just said need not be asked again. Failures are not kept.

import {type NextHop, nextHopName} from '../../../shared/delivery/destination.ts';
import type {MxSettings} from '../../../shared/settings/groups/mx.ts';
import type {Settings} from '../../../shared/settings/settings.ts';
import {BoundedMap} from '../../runtime/bounded-map.ts';
import {type Families, familiesHere} from './address-families.ts';
import type {Dns} from './dns.ts';
import type {StsPolicies} from './mta-sts-policies.ts';
import {permittedHosts} from './named-smarthost.ts';
import {type Hosts, resolveMxHosts, resolveRelayHosts, withinReach} from './next-hop-hosts.ts';

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
  /** What this function can connect to; it is asked whenever something is looked up. */
  readonly families?: () => Families;
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

  /**
   * Those of the hosts that the mail may go to, and can. Whether it may is asked first: what is refused bounces, however far
   * away it is.
   * @param isForeign whether the message has named them, as a smarthost of its own
   */
  usable(
    hosts: Hosts,
    isForeign: boolean,
    {smarthostPrivateAddresses}: Pick<Settings, 'smarthostPrivateAddresses'>,
  ): Hosts {
    if (!hosts.ok) return hosts;
    const mayGo =
      isForeign && !this.#options.anywhere ? permittedHosts(hosts.hosts, smarthostPrivateAddresses) : hosts;
    return mayGo.ok ? withinReach(mayGo.hosts, this.#families(), mayGo.ttlSeconds) : mayGo;
  }

  #families(): Families {
    return (this.#options.families ?? familiesHere)();
  }

  #mxHostsOf(domain: string, mx: MxSettings): Promise<Hosts> {
    const {policies, now, random, dnsOf} = this.#options;
    const policyOf = async () => (mx.mtaSts ? policies.policyOf(domain, mx) : undefined);
    const families = this.#families();
    return resolveMxHosts(domain, mx, {now, random, policyOf, families, ...(dnsOf && {dns: dnsOf(mx)})});
  }
}
