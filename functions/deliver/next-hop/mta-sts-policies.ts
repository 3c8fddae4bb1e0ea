// The MTA-STS policies of domains, kept for as long as each of them says. Each environment keeps its own. A new one
// starts with nothing, and whoever can forge the DNS at that moment can hide a policy from it.

import {type Parsed, wrong} from '../../../shared/parsed.ts';
import type {MxSettings} from '../../../shared/settings/groups/mx.ts';
import {isPrivateAddress} from '../../../shared/smtp/ip-address.ts';
import {parsePolicy, policyIdOf, type StsPolicy} from '../../../shared/smtp/mta-sts.ts';
import {BoundedMap} from '../../runtime/bounded-map.ts';
import type {Log} from '../../runtime/log.ts';
import {type Families, familiesHere, lackOf} from './address-families.ts';
import type {Dns} from './dns.ts';
import {addressesOf, dnsOf} from './lookup.ts';
import {fetchPolicyFile, policyHostOf} from './mta-sts-file.ts';

/** RFC 8461 3.3: how long to wait after a failed fetch before the next one for the same id. */
const backOffMs = 300_000;
/** RFC 8461 3.3: a policy is refreshed well before it expires, once a day. */
const refreshMs = 86_400_000;

interface Known {
  readonly id: string;
  readonly policy: StsPolicy | undefined;
  /** Until when the policy holds, and from when on it is fetched again even with the same id. */
  readonly expiresMs: number;
  readonly refreshAtMs: number;
}

export interface StsPoliciesOptions {
  readonly log: Log;
  readonly now: () => number;
  /** 443, except in tests. */
  readonly httpsPort?: number;
  /** As in NextHopsOptions. */
  readonly dnsOf?: (mx: MxSettings) => Dns;
  readonly families?: () => Families;
}

export class StsPolicies {
  readonly #known = new BoundedMap<string, Known>(10_000);
  readonly #options: StsPoliciesOptions;

  constructor(options: StsPoliciesOptions) {
    this.#options = options;
  }

  /**
   * The policy that a domain has now. If it cannot be fetched, a known one that has not expired is applied (RFC 8461
   * 3.3), or a forged answer would undo it. Otherwise there is none.
   */
  async policyOf(domain: string, mx: MxSettings): Promise<StsPolicy | undefined> {
    const {log, now, dnsOf: resolverOf = dnsOf} = this.#options;
    const dns = resolverOf(mx);
    const {records} = await dns.query(`_mta-sts.${domain}`, 'TXT').catch(() => ({records: []}));
    const id = policyIdOf(records);
    const known = this.#known.get(domain);
    const policy = known !== undefined && known.expiresMs > now() ? known.policy : undefined;
    if (id === undefined || (known?.id === id && known.refreshAtMs > now())) return policy;
    const fetched = await this.#fetch(domain, dns, mx);
    if (fetched.ok) {
      const expiresMs = now() + fetched.value.maxAgeSeconds * 1000;
      const refreshAtMs = Math.min(expiresMs, now() + refreshMs);
      this.#known.set(domain, {id, policy: fetched.value, expiresMs, refreshAtMs});
      return fetched.value;
    }
    log('warn', 'no MTA-STS policy could be fetched', {
      domain,
      reason: fetched.problem,
      applied: policy ? 'the one before' : 'none',
    });
    const expiresMs = policy ? known!.expiresMs : 0;
    this.#known.set(domain, {id, policy, expiresMs, refreshAtMs: now() + backOffMs});
    return policy;
  }

  async #fetch(domain: string, dns: Dns, {privateAddresses}: MxSettings): Promise<Parsed<StsPolicy>> {
    const {httpsPort: port = 443, families: familiesNow = familiesHere} = this.#options;
    const families = familiesNow();
    const host = policyHostOf(domain);
    // The domain sets this name. It must not lead a request into our own network.
    const isPermitted = (address: string) => privateAddresses || !isPrivateAddress(address);
    const {permitted, usable} = await addressesOf(dns, host, families, isPermitted);
    if (permitted.length === 0) return wrong(`${host} has no public address`);
    if (usable.length === 0) return wrong(`${host}: ${lackOf(families)}`);
    const file = await fetchPolicyFile(domain, usable, {port});
    return file.ok ? parsePolicy(file.value) : file;
  }
}
