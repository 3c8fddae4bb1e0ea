// How much TLS the servers of the next hop must have, who asks for it, and what policies say.

import type {NextHop} from '../../shared/delivery/destination.ts';
import type {Message} from '../../shared/message/message.ts';
import type {Settings} from '../../shared/settings/settings.ts';
import {
  failureInClear,
  mustEncrypt,
  mustProveItself,
  provesItself,
  type Target,
} from '../../shared/smtp/target.ts';
import type {NextHopLook} from './next-hop-look.ts';
import type {Fact, Step} from './step.ts';

export interface TlsAbout {
  readonly hop: NextHop;
  readonly message: Message;
  readonly settings: Settings;
}

export function tlsStep({hop, message, settings}: TlsAbout, look: NextHopLook): Step {
  const {targets} = look;
  const [first] = targets;
  const level = first?.security ?? hop.security;
  const facts: Fact[] = [
    {what: 'level', is: level, why: levelReason({hop, message, settings}, level)},
    ...[...Map.groupBy(targets, tlsWords)].map(([words, those]) => ({
      what: 'asked for',
      is: words,
      why: [...new Set(those.map(({host}) => host))].join(', '),
    })),
    ...policyFacts(hop, settings, look),
  ];
  return {
    step: 'tls',
    facts,
    data: {
      level,
      targets: targets.map(({host, address, port, security, implicitTls, policy, dane}) => ({
        host,
        address,
        port,
        security,
        implicitTls,
        ...(policy && {policy}),
        ...(dane && {tlsaRecords: dane.records.length}),
      })),
      mtaSts: look.policy ?? null,
      ...(look.policyTrouble !== undefined && {mtaStsProblem: look.policyTrouble}),
    },
  };
}

/** `STARTTLS with a verified certificate`. */
export function tlsWords(target: Target): string {
  const tls = target.implicitTls ? 'TLS from the first octet' : 'STARTTLS';
  if (provesItself(target)) return `${tls} with a certificate that its TLSA records vouch for`;
  if (mustProveItself(target)) return `${tls} with a verified certificate`;
  if (mustEncrypt(target) || target.implicitTls) return `${tls} with any certificate`;
  return failureInClear(target) === undefined
    ? `${tls} where the server offers it, else in clear text`
    : `${tls} with any certificate, as credentials do not go in clear text`;
}

function levelReason({hop, message, settings}: TlsAbout, level: string): string {
  if (level !== hop.security) return 'the MTA-STS policy of the domain is enforced';
  const asked = hop.kind === 'sink' ? message.security : (message.smarthost?.security ?? message.security);
  if (asked === hop.security) return 'the message asks for it';
  return hop.kind === 'smarthost' && settings.smarthost?.security === hop.security
    ? 'smarthost-security asks for it'
    : 'the default';
}

function policyFacts(
  hop: NextHop,
  {mx}: Settings,
  {dns, policy, policyTrouble, targets, hosts}: NextHopLook,
): readonly Fact[] {
  if (hop.kind !== 'mx' || dns === undefined)
    return [{what: 'policies', is: 'none', why: 'MTA-STS and DANE are for MX hosts that the DNS names'}];
  return [stsFact(mx.mtaSts, policy, policyTrouble), daneFact(mx.resolver, targets, hosts.ok)];
}

function stsFact(isObeyed: boolean, policy: NextHopLook['policy'], trouble: string | undefined): Fact {
  if (!isObeyed) return {what: 'MTA-STS', is: 'not looked at', why: 'mx-mta-sts says so'};
  if (policy !== undefined)
    return {
      what: 'MTA-STS',
      is: `mode ${policy.mode}, for ${policy.mx.slice(0, 10).join(', ') || 'no host'}`,
      why: `good for ${policy.maxAgeSeconds} s; asked from this machine`,
    };
  if (trouble === undefined) return {what: 'MTA-STS', is: 'the domain has no policy'};
  return {what: 'MTA-STS', is: 'the policy could not be fetched', why: trouble, isBad: true};
}

function daneFact(resolver: string | undefined, targets: readonly Target[], isResolved: boolean): Fact {
  if (resolver === undefined) return {what: 'DANE', is: 'not looked at', why: 'mx-resolver is not set'};
  const proved = targets.filter(({dane}) => dane !== undefined);
  if (proved.length === 0)
    return {
      what: 'DANE',
      is: 'none',
      ...(isResolved && {why: 'no host has TLSA records that DNSSEC proves'}),
    };
  const hosts = [...new Set(proved.map(({host, dane}) => `${host} (${dane!.records.length})`))];
  return {what: 'DANE', is: `TLSA records: ${hosts.join(', ')}`};
}
