// The next hop, looked at from this machine: its hosts, what policies ask of them, and the servers to try. No connection is
// made to any of these servers.

import {
  bothFamilies,
  type Families,
  familiesHere,
} from '../../functions/deliver/next-hop/address-families.ts';
import {dnsOf, serversOf} from '../../functions/deliver/next-hop/lookup.ts';
import {StsPolicies} from '../../functions/deliver/next-hop/mta-sts-policies.ts';
import type {Hosts} from '../../functions/deliver/next-hop/next-hop-hosts.ts';
import {NextHops} from '../../functions/deliver/next-hop/next-hops.ts';
import {targetsOf} from '../../functions/deliver/next-hop/targets.ts';
import type {Destination} from '../../shared/delivery/destination.ts';
import type {Settings} from '../../shared/settings/settings.ts';
import {parseAddressLiteral} from '../../shared/smtp/address.ts';
import type {StsPolicy} from '../../shared/smtp/mta-sts.ts';
import type {Target} from '../../shared/smtp/target.ts';
import {ObservedDns} from './observed-dns.ts';

export interface NextHopLook {
  readonly hosts: Hosts;
  /** What can be connected to; both where that is not known, as of functions in AWS. */
  readonly families: Families;
  /** In the order to try them. */
  readonly targets: readonly Target[];
  /** What the DNS was asked; undefined where it was not. */
  readonly dns: ObservedDns | undefined;
  /** Whom. */
  readonly servers: readonly string[];
  readonly isLate: boolean;
  /** Of names that are aliases, for what. */
  readonly aliases: ReadonlyMap<string, string>;
  readonly policy: StsPolicy | undefined;
  /** Why no policy could be fetched though the domain has one. */
  readonly policyTrouble: string | undefined;
}

export interface LookOptions {
  /** Whether messages may name smarthosts anywhere. */
  readonly anywhere: boolean;
  /** How long it may take in all. */
  readonly withinMs: number;
  readonly now: () => number;
  readonly random: () => number;
  /** 443, except in tests. */
  readonly httpsPort?: number;
}

export async function lookAtNextHop(
  {nextHop: hop, isForeign}: Pick<Destination, 'nextHop' | 'isForeign'>,
  settings: Settings,
  {anywhere, withinMs, now, random, httpsPort}: LookOptions,
): Promise<NextHopLook> {
  const {mx} = settings;
  const isAsked = hop.kind === 'mx' && parseAddressLiteral(hop.domain) === undefined;
  const dns = isAsked ? new ObservedDns(dnsOf(mx)) : undefined;
  // What the functions in AWS can connect to is not known here. Those of the local stage run here.
  const families = anywhere ? familiesHere() : bothFamilies;
  const observed = dns && {dnsOf: () => dns};
  let policy: StsPolicy | undefined;
  let policyTrouble: string | undefined;
  const sts = new StsPolicies({
    now,
    log: (_, __, fields) => {
      policyTrouble = String(fields?.reason);
    },
    ...(httpsPort !== undefined && {httpsPort}),
    families: familiesHere,
    ...observed,
  });
  const policies: Pick<StsPolicies, 'policyOf'> = {
    policyOf: async (...asked) => {
      policy = await sts.policyOf(...asked);
      return policy;
    },
  };
  const nextHops = new NextHops({policies, now, random, anywhere, families: () => families, ...observed});
  try {
    const named = await inTime(nextHops.hostsOf(hop, mx), withinMs);
    const found = named ?? late;
    const hosts = nextHops.usable(found, isForeign, settings);
    return {
      hosts,
      families,
      targets: hosts.ok ? targetsOf(hop, hosts.hosts, mx) : [],
      dns,
      servers: isAsked ? serversOf(mx) : [],
      isLate: named === undefined,
      aliases: dns && named ? await aliasesIn(dns, hop.kind === 'mx' ? hop.domain : '') : new Map(),
      policy,
      policyTrouble,
    };
  } finally {
    // Else the process would wait for it.
    dns?.cancel();
  }
}

const late: Hosts = {
  ok: false,
  failure: {stage: 'dns', result: 'timeout', description: 'the DNS does not answer in time'},
};

async function inTime<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  const {promise: over, resolve} = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), ms);
  return Promise.race([promise, over]).finally(() => clearTimeout(timer));
}

/** So many names are asked for what they are aliases of. */
const mostNames = 10;
/** They change nothing, so nobody waits for them. */
const aliasesWithinMs = 2_000;

async function aliasesIn(dns: ObservedDns, domain: string) {
  const records = dns.answerTo(domain, 'MX')?.records ?? [];
  const hosts = records
    .map(({exchange}) => exchange.toLowerCase())
    .filter(name => name !== '' && name !== '.');
  const names = [...new Set([domain, ...hosts])].slice(0, mostNames);
  const asking = names.map(async name => {
    const [alias] = (await dns.query(name, 'CNAME')).records;
    return alias === undefined ? [] : [[name, alias.toLowerCase()] as const];
  });
  const answers = (await inTime(Promise.allSettled(asking), aliasesWithinMs)) ?? [];
  return new Map(answers.flatMap(each => (each.status === 'fulfilled' ? each.value : [])));
}
