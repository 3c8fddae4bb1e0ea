// The text of an SPF record (RFC 7208 4.5, 4.6, 5, 12).

import {isIPv4, isIPv6} from 'node:net';
import {type Parsed, right, wrong} from '../../shared/parsed.ts';
import {isMacroString} from './spf-macro.ts';

export type Qualifier = '+' | '-' | '~' | '?';

interface Common {
  /** As the record has it. */
  readonly text: string;
  readonly qualifier: Qualifier;
}

export type Mechanism = Common &
  (
    | {readonly kind: 'all'}
    | {readonly kind: 'include' | 'exists'; readonly domain: string}
    | {
        readonly kind: 'a' | 'mx';
        readonly domain: string | undefined;
        readonly bits4: number;
        readonly bits6: number;
      }
    | {readonly kind: 'ptr'; readonly domain: string | undefined}
    | {readonly kind: 'ip4' | 'ip6'; readonly network: string; readonly bits: number}
  );

export interface SpfRecord {
  readonly text: string;
  /** Those that are looked at: none behind `all` (5.1). */
  readonly mechanisms: readonly Mechanism[];
  /** Domain that has the rest; undefined where there is an `all` (6.1). */
  readonly redirect: string | undefined;
  /** Terms that nobody looks at. */
  readonly idle: readonly string[];
}

/** 4.5: the version in any case, then a blank or the end. */
export const isSpf = (text: string): boolean => /^v=spf1(?: |$)/i.test(text);

/** What was meant as one, and is none for receivers. */
export const isAlmostSpf = (text: string): boolean =>
  !isSpf(text) && /^[\s"']*(?:v\s*[=:]\s*)?spf[12]?\b/i.test(text);

/** @returns or what is wrong, as it goes on behind `the record` */
export function parseSpf(text: string): Parsed<SpfRecord> {
  const terms = text
    .slice('v=spf1'.length)
    .split(' ')
    .filter(term => term !== '');
  const mechanisms: Mechanism[] = [];
  const modifiers = new Map<string, string>();
  for (const term of terms) {
    const [, name, value = ''] = /^([A-Za-z][A-Za-z0-9\-_.]*)=(.*)$/s.exec(term) ?? [];
    if (name === undefined) {
      const mechanism = parseMechanism(term);
      if (!mechanism.ok) return wrong(`has ${JSON.stringify(term)}: ${mechanism.problem}`);
      mechanisms.push(mechanism.value);
      continue;
    }
    const key = name.toLowerCase();
    const isKnown = key === 'redirect' || key === 'exp';
    if (isKnown && modifiers.has(key)) return wrong(`has ${key}= more than once`);
    const isFine = isKnown ? isDomainSpec(value) : isMacroString(value, 'slodiphcrtv');
    if (!isFine)
      return wrong(`has ${JSON.stringify(term)}: ${isKnown ? notDomain : 'it is no macro string'}`);
    modifiers.set(key, value);
  }
  const all = mechanisms.findIndex(({kind}) => kind === 'all');
  const redirect = modifiers.get('redirect');
  const hasAll = all >= 0;
  return right({
    text,
    mechanisms: hasAll ? mechanisms.slice(0, all + 1) : mechanisms,
    redirect: hasAll ? undefined : redirect,
    idle: [
      ...(hasAll ? mechanisms.slice(all + 1).map(each => each.text) : []),
      ...(hasAll && redirect !== undefined ? [`redirect=${redirect}`] : []),
    ],
  });
}

const notDomain = 'a domain such as example.org is wanted behind it';

const topLabel = /\.(?=[a-z0-9-]*[a-z-])[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.?$/i;

/** 7.1: what ends in a macro, or in a top label. */
const isDomainSpec = (text: string): boolean =>
  isMacroString(text, 'slodiphv') && (/%\{[^}]*\}$/.test(text) || topLabel.test(text));

function parseMechanism(text: string): Parsed<Mechanism> {
  const [, sign = '', word = '', rest = ''] = /^([+\-?~]?)([a-z0-9]*)(.*)$/is.exec(text) ?? [];
  const qualifier = (sign || '+') as Qualifier;
  const kind = word.toLowerCase();
  switch (kind) {
    case 'all':
      return rest === '' ? right({text, qualifier, kind}) : wrong('all has nothing behind it');
    case 'include':
    case 'exists':
      return rest.startsWith(':') && isDomainSpec(rest.slice(1))
        ? right({text, qualifier, kind, domain: rest.slice(1)})
        : wrong(notDomain);
    case 'ptr':
      if (rest === '') return right({text, qualifier, kind, domain: undefined});
      return rest.startsWith(':') && isDomainSpec(rest.slice(1))
        ? right({text, qualifier, kind, domain: rest.slice(1)})
        : wrong(notDomain);
    case 'a':
    case 'mx':
      return parseHosts({text, qualifier}, kind, rest);
    case 'ip4':
    case 'ip6':
      return parseNetwork({text, qualifier}, kind, rest);
    default:
      return wrong('it is no mechanism');
  }
}

const number = '(?:0|[1-9][0-9]{0,2})';
const hostsForm = new RegExp(`^(?::(.*?))?(?:/(${number}))?(?://(${number}))?$`, 's');
const networkForm = new RegExp(`^:([^/]+)(?:/(${number}))?$`);

function parseHosts(common: Common, kind: 'a' | 'mx', rest: string): Parsed<Mechanism> {
  const [whole, domain, four = '32', six = '128'] = hostsForm.exec(rest) ?? [];
  const [bits4, bits6] = [Number(four), Number(six)];
  if (whole === undefined || bits4 > 32 || bits6 > 128) return wrong('it is not as in a:example.org/24//64');
  if (domain !== undefined && !isDomainSpec(domain)) return wrong(notDomain);
  return right({...common, kind, domain, bits4, bits6});
}

function parseNetwork(common: Common, kind: 'ip4' | 'ip6', rest: string): Parsed<Mechanism> {
  const [most, isAddress] = kind === 'ip4' ? [32, isIPv4] : [128, isIPv6];
  const [, network = '', length = String(most)] = networkForm.exec(rest) ?? [];
  const bits = Number(length);
  if (network.includes('%') || !isAddress(network) || bits > most)
    return wrong(kind === 'ip4' ? 'it is not as in ip4:192.0.2.0/24' : 'it is not as in ip6:2001:db8::/32');
  return right({...common, kind, network, bits});
}
