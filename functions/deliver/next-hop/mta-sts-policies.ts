// The MTA-STS policies of domains, kept for as long as each of them says. What is kept is the environment's own: a
// new one starts with nothing, and whoever can forge the DNS at that moment can hide a policy from it.

import type {Parsed} from '../../../shared/parsed.ts';
import type {MxSettings} from '../../../shared/settings/groups/mx.ts';
import {isPrivateAddress} from '../../../shared/smtp/ip-address.ts';
import {parsePolicy, policyIdOf, type StsPolicy} from '../../../shared/smtp/mta-sts.ts';
import type {Log} from '../../runtime/log.ts';
import type {Dns} from './dns.ts';
import {addressesOf, dnsOf, textsOf} from './lookup.ts';
import {fetchPolicyFile, policyHostOf} from './mta-sts-file.ts';

/** RFC 8461 3.3: after a fetch that failed, this long until the next for the same id. */
const backOffMs = 300_000;
/** RFC 8461 3.3: a policy is refreshed well before it expires, once a day. */
const refreshMs = 86_400_000;
/** More domains than this in the life of one environment: the oldest are asked for again. */
const maxKept = 10_000;

interface Known {
  readonly id: string;
  readonly policy: StsPolicy | undefined;
  /** Until when the policy holds, and from when it is fetched again though its id is the same. */
  readonly expiresMs: number;
  readonly refreshAtMs: number;
}

export interface StsPoliciesOptions {
  readonly log: Log;
  readonly now: () => number;
  /** Another than 443 in tests. */
  readonly httpsPort?: number;
}

export class StsPolicies {
  readonly #known = new Map<string, Known>();
  readonly #options: StsPoliciesOptions;

  constructor(options: StsPoliciesOptions) {
    this.#options = options;
  }

  /**
   * The policy that a domain has now. One that can't be had is none, unless one is known that has not expired:
   * RFC 8461 3.3 wants that applied, or a forged answer would undo it.
   */
  async policyOf(domain: string, mx: MxSettings): Promise<StsPolicy | undefined> {
    const {log, now} = this.#options;
    const dns = dnsOf(mx);
    const id = policyIdOf(await textsOf(dns, `_mta-sts.${domain}`));
    const known = this.#known.get(domain);
    const policy = known !== undefined && known.expiresMs > now() ? known.policy : undefined;
    if (id === undefined || (known?.id === id && known.refreshAtMs > now())) return policy;
    const fetched = await this.#fetch(domain, dns, mx);
    if (fetched.ok) {
      const expiresMs = now() + fetched.value.maxAgeSeconds * 1000;
      const refreshAtMs = Math.min(expiresMs, now() + refreshMs);
      this.#keep(domain, {id, policy: fetched.value, expiresMs, refreshAtMs});
      return fetched.value;
    }
    log('warn', 'no MTA-STS policy could be fetched', {
      domain,
      reason: fetched.problem,
      applied: policy ? 'the one before' : 'none',
    });
    const expiresMs = policy ? known!.expiresMs : 0;
    this.#keep(domain, {id, policy, expiresMs, refreshAtMs: now() + backOffMs});
    return policy;
  }

  async #fetch(domain: string, dns: Dns, {privateAddresses}: MxSettings): Promise<Parsed<StsPolicy>> {
    const {addresses} = await addressesOf(dns, policyHostOf(domain));
    // The name is the domain's to set: it must not lead a request into our own network.
    const allowed = addresses.filter(address => privateAddresses || !isPrivateAddress(address));
    if (allowed.length === 0) return {ok: false, problem: `${policyHostOf(domain)} has no public address`};
    const {httpsPort = 443} = this.#options;
    const file = await fetchPolicyFile(domain, allowed, {port: httpsPort});
    return file.ok ? parsePolicy(file.value) : file;
  }

  #keep(domain: string, known: Known): void {
    this.#known.delete(domain);
    this.#known.set(domain, known);
    if (this.#known.size > maxKept) this.#known.delete(this.#known.keys().next().value!);
  }
}
