// The hosts of the next hop: for direct delivery the MX hosts with their preferences, as the DNS says it to this machine.

import {isWithinReach, lackOf} from '../../functions/deliver/next-hop/address-families.ts';
import type {NextHop} from '../../shared/delivery/destination.ts';
import {familyOf, isPrivateAddress} from '../../shared/smtp/ip-address.ts';
import {isListed} from '../../shared/smtp/mta-sts.ts';
import type {NextHopLook} from './next-hop-look.ts';
import type {Question} from './observed-dns.ts';
import type {Fact, Step} from './step.ts';

/** More of them are counted. */
const mostShown = 20;

interface ShownHost {
  readonly host: string;
  readonly preference?: number;
  readonly addresses: readonly string[];
  readonly aliasOf?: string;
  readonly used: boolean;
  readonly why?: string;
}

export function hostsStep(hop: NextHop, look: NextHopLook, isElsewhere: boolean): Step {
  const {hosts, servers, isLate, dns} = look;
  const shown = hop.kind === 'mx' && dns ? mxHostsOf(hop.domain, look) : plainHostsOf(look);
  const facts: Fact[] = [
    ...shown.slice(0, mostShown).map(factOf),
    ...(shown.length > mostShown ? [{what: '…', is: `and ${shown.length - mostShown} more`}] : []),
    ...(hosts.ok ? [] : [{what: 'failure', is: hosts.failure.description, isBad: true}]),
    ...silenceOf(look),
  ];
  const askedFrom: Fact[] = isElsewhere
    ? [
        {
          what: 'asked',
          is: `from this machine${servers.length > 0 ? `, of ${servers.join(', ')}` : ''}`,
          why: 'the functions in AWS may be told something else',
        },
      ]
    : [];
  return {
    step: 'hosts',
    facts: [...facts, ...(isElsewhere ? ipv6Of(look) : []), ...askedFrom],
    data: {
      hosts: shown,
      ...(!hosts.ok && {failure: hosts.failure.description}),
      askedFrom: 'this machine',
      servers,
      unanswered: unansweredOf(look).map(({name, type, code}) => ({name, type, code: code ?? 'no answer'})),
      isLate,
    },
  };
}

function factOf({host, preference, addresses, aliasOf, used, why}: ShownHost): Fact {
  const alias = aliasOf === undefined ? '' : `, an alias of ${aliasOf}`;
  const found = addresses.join(', ') || 'no address';
  return {
    what: preference === undefined ? 'host' : `MX ${preference}`,
    is: host === found ? host : `${host}${alias}: ${found}`,
    why,
    ...(!used && {isBad: true}),
  };
}

function plainHostsOf({hosts}: NextHopLook): readonly ShownHost[] {
  if (!hosts.ok) return [];
  return hosts.hosts.map(({host, addresses}) => ({host, addresses, used: true}));
}

function mxHostsOf(domain: string, look: NextHopLook): readonly ShownHost[] {
  const {dns, hosts, aliases} = look;
  const answer = dns?.answerTo(domain, 'MX');
  if (!answer?.exists) return [];
  const used = hosts.ok ? hosts.hosts.map(({host}) => host) : [];
  const records =
    answer.records.length > 0
      ? answer.records.map(({exchange, priority}) => ({host: exchange.toLowerCase(), preference: priority}))
      : [{host: domain, why: 'there is no MX record: the domain itself is its MX host'}];
  const order = (host: string) => (used.includes(host) ? used.indexOf(host) : used.length);
  return records
    .filter(({host}) => host !== '' && host !== '.')
    .map(({host, ...record}) => {
      const aliasOf = aliases.get(host);
      return {
        host,
        ...record,
        addresses: addressesAt(host, look),
        ...(aliasOf !== undefined && {aliasOf}),
        used: used.includes(host),
        ...(!used.includes(host) && {why: unusedReason(host, look)}),
      };
    })
    .toSorted((a, b) => {
      const preferences = ('preference' in a ? a.preference : 0) - ('preference' in b ? b.preference : 0);
      return preferences || order(a.host) - order(b.host);
    });
}

const addressesAt = (host: string, {dns}: NextHopLook): readonly string[] =>
  (['A', 'AAAA'] as const).flatMap(type => dns?.answerTo(host, type)?.records ?? []);

function unusedReason(host: string, look: NextHopLook): string {
  const {policy} = look;
  if (policy?.mode === 'enforce' && !isListed(host, policy))
    return 'not used: its domain’s MTA-STS policy does not list it';
  if (unansweredOf(look).some(({name}) => name === host)) return 'not used: the DNS did not answer';
  const addresses = addressesAt(host, look);
  if (addresses.length > 0 && addresses.every(isPrivateAddress))
    return 'not used: private addresses, and mx-private-addresses does not allow them';
  if (addresses.length > 0 && !addresses.some(address => isWithinReach(address, look.families)))
    return `not used: ${lackOf(look.families)}`;
  return addresses.length > 0 ? 'not used: ten others have addresses' : 'not used: it has no address';
}

/** Where functions in AWS may not get to, though it is shown as usable. */
function ipv6Of({hosts}: NextHopLook): readonly Fact[] {
  const addresses = hosts.ok ? hosts.hosts.flatMap(host => host.addresses) : [];
  const ofIpv6 = addresses.filter(address => familyOf(address) === 6);
  if (ofIpv6.length === 0) return [];
  const isAll = ofIpv6.length === addresses.length;
  return [
    {
      what: 'IPv6',
      is: isAll
        ? 'there are IPv6 addresses only: without IPv6 the functions cannot reach them, and the mail is deferred'
        : 'functions that have no IPv6 leave out the IPv6 addresses',
      why: 'functions have IPv6 in a VPC with dual stack only',
    },
  ];
}

/** Aliases are asked for out of curiosity. */
const unansweredOf = ({dns}: NextHopLook): readonly Question[] =>
  dns?.unanswered.filter(({type}) => type !== 'CNAME') ?? [];

/** Which questions none of the servers has answered. */
function silenceOf(look: NextHopLook): readonly Fact[] {
  return unansweredOf(look)
    .slice(0, mostShown)
    .map(({name, type, code}) => ({
      what: 'DNS',
      is: `${look.servers.join(', ') || 'the resolver'} did not answer: ${name} ${type}`,
      why: code === undefined || code === 'ECANCELLED' ? 'silence' : code,
      isBad: true,
    }));
}
