// MTA-STS (RFC 8461): what a domain's record and policy say, and which of its MX hosts the policy lists.

import {type Parsed, right, wrong} from '../parsed.ts';
import {parseHostname} from './address.ts';

export interface StsPolicy {
  /** With `none` a domain takes back a policy before it expires. */
  readonly mode: 'enforce' | 'testing' | 'none';
  readonly maxAgeSeconds: number;
  /** Host names. A `*.` at the beginning stands for any single label. */
  readonly mx: readonly string[];
}

/** What a policy says of one of the domain's hosts. */
export interface HostPolicy {
  readonly mode: 'enforce' | 'testing';
  /** Always true with `enforce`, as other hosts are left out. */
  readonly listed: boolean;
}

/** RFC 8461 3.2: the largest max_age. A larger one is read as this. */
const longestMaxAgeSeconds = 31_557_600;

/** The id in the TXT records at `_mta-sts.`, each in its strings; undefined when the domain has no policy. */
export function policyIdOf(records: readonly (readonly string[])[]): string | undefined {
  // RFC 8461 3.1: records of other kinds do not count, and there must be exactly one of this kind.
  const [record, another] = records
    .map(strings => strings.join(''))
    .filter(text => text.startsWith('v=STSv1;'));
  if (record === undefined || another !== undefined) return undefined;
  const fields = record.split(';').map(field => field.trim());
  const id = fields.find(field => field.startsWith('id='));
  return id === undefined ? undefined : /^id=([A-Za-z0-9]{1,32})$/.exec(id)?.[1];
}

/**
 * Reads a policy file (RFC 8461 3.2): a field a line. Unknown fields are passed over, and the first of each name
 * counts.
 */
export function parsePolicy(text: string): Parsed<StsPolicy> {
  const fields = text.split(/\r?\n/).flatMap(line => {
    const [, name, value] = /^([A-Za-z0-9][\w.-]{0,31}):(.*)$/.exec(line) ?? [];
    return name === undefined || value === undefined ? [] : [{name, value: value.trim()}];
  });
  const first = (name: string) => fields.find(field => field.name === name)?.value;
  if (first('version') !== 'STSv1') return wrong('its version is not STSv1');
  const mode = first('mode');
  if (mode !== 'enforce' && mode !== 'testing' && mode !== 'none')
    return wrong('its mode is none of enforce, testing and none');
  const maxAge = first('max_age') ?? '';
  if (!/^\d{1,10}$/.test(maxAge)) return wrong('its max_age is not a number of seconds');
  const mx: string[] = [];
  for (const {value} of fields.filter(({name}) => name === 'mx')) {
    const wildcard = value.startsWith('*.') ? '*.' : '';
    const host = parseHostname(value.slice(wildcard.length));
    if (!host.ok) return wrong('it has an mx that is not a host name');
    mx.push(wildcard + host.value);
  }
  if (mx.length === 0 && mode !== 'none') return wrong('it has no mx');
  return right({mode, maxAgeSeconds: Math.min(Number(maxAge), longestMaxAgeSeconds), mx});
}

/** Whether a policy lists an MX host (RFC 8461 4.1): a wildcard stands for exactly one label. */
export function isListed(host: string, {mx}: StsPolicy): boolean {
  const name = host.toLowerCase();
  const dot = name.indexOf('.');
  const wildcard = dot < 1 ? undefined : `*${name.slice(dot)}`;
  return mx.some(pattern => pattern === name || pattern === wildcard);
}

/** Why a policy in testing would refuse a connection if it were enforced. */
export function policyFailureOf(
  policy: HostPolicy | undefined,
  {cipher, verified}: {readonly cipher?: unknown; readonly verified?: boolean},
): string | undefined {
  if (policy?.mode !== 'testing') return undefined;
  if (!policy.listed) return 'the host is not in the policy';
  if (cipher === undefined) return 'the connection is not encrypted';
  return verified ? undefined : 'the certificate is not valid for the host';
}
