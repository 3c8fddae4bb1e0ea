// The DMARC record of a domain, found by the tree walk of RFC 9989 4.10, which needs no list of public suffixes.

import {type Parsed, right, wrong} from '../../shared/parsed.ts';
import type {Answer, Questions, Txt} from './questions.ts';
import {parseTags, type Tags} from './tag-list.ts';

const policies = ['none', 'quarantine', 'reject'] as const;
type Policy = (typeof policies)[number];

export interface DmarcRecord {
  readonly text: string;
  readonly policy: Policy;
  /** For subdomains. */
  readonly subdomainPolicy: Policy;
  readonly isDkimStrict: boolean;
  readonly isSpfStrict: boolean;
  /** t=y: receivers apply the next weaker policy. */
  readonly isTesting: boolean;
  readonly psd: 'y' | 'n' | 'u';
  /** URIs of reports, without the former limits of their size. */
  readonly reports: readonly string[];
  /** What receivers pass over, or differ in. */
  readonly oddities: readonly string[];
}

export interface PublishedDmarc {
  readonly domain: string;
  readonly record: Parsed<DmarcRecord>;
}

export interface DmarcWalk {
  /** All that were found, the longest name first. */
  readonly found: readonly PublishedDmarc[];
  /** The domain below which names belong together; undefined where the DNS did not answer. */
  readonly organisation: string | undefined;
  readonly trouble: string | undefined;
}

/** 4.10: a longer name is cut to so many labels, so that no more than eight questions are asked. */
const mostLabels = 7;

const isDmarc = (text: string): boolean => /^v[ \t]*=[ \t]*DMARC1[ \t]*(?:;|$)/.test(text);

export async function walkDmarc(domain: string, questions: Questions): Promise<DmarcWalk> {
  const labels = domain.split('.');
  const shorter = labels.slice(labels.length > mostLabels ? -mostLabels : 1);
  const names = [domain, ...shorter.map((_, at) => shorter.slice(at).join('.'))];
  const found: PublishedDmarc[] = [];
  for (const name of names) {
    const answer = await questions.txt(`_dmarc.${name}`);
    if (answer.kind === 'unknown')
      return {found, organisation: undefined, trouble: `_dmarc.${name}: ${answer.why}`};
    const record = recordIn(answer);
    if (record === undefined) continue;
    found.push({domain: name, record});
    if (record.ok && record.value.psd !== 'u') break;
  }
  return {found, organisation: organisationOf(domain, found), trouble: undefined};
}

function recordIn(answer: Answer<Txt>): Parsed<DmarcRecord> | undefined {
  const records = answer.kind === 'found' ? answer.records.filter(({text}) => isDmarc(text)) : [];
  const [first, ...others] = records;
  if (first === undefined) return undefined;
  if (others.length > 0)
    return wrong(`there are ${records.length} DMARC records, so that receivers take none`);
  return parseDmarc(first.text);
}

/** 4.10.2. What cannot be read counts for nothing. */
function organisationOf(domain: string, found: readonly PublishedDmarc[]): string {
  const readable = found.flatMap(({domain: name, record}) =>
    record.ok ? [{name, psd: record.value.psd}] : [],
  );
  const last = readable.at(-1);
  if (last === undefined) return domain;
  if (last.psd !== 'y' || last.name === domain) return last.name;
  return domain
    .split('.')
    .slice(-(last.name.split('.').length + 1))
    .join('.');
}

const known: ReadonlySet<string> = new Set([
  'v',
  'p',
  'sp',
  'np',
  'adkim',
  'aspf',
  'fo',
  'rua',
  'ruf',
  't',
  'psd',
  'pct',
  'rf',
  'ri',
]);

/** 4.8, and before the size that RFC 7489 6.2 allowed behind it. */
const reportUri = /^([a-z][a-z0-9+.-]*:[^\s,!]+)(?:![0-9]+[kmgt]?)?$/i;

function parseDmarc(text: string): Parsed<DmarcRecord> {
  const parsed = parseTags(text);
  if (!parsed.ok) return parsed;
  const tags = parsed.value;
  const policy = policyIn(tags, 'p');
  const sub = policyIn(tags, 'sp');
  const np = policyIn(tags, 'np');
  for (const each of [policy, sub, np]) if (!each.ok) return each;
  if (!policy.ok || policy.value === undefined)
    return wrong('has no p=: none, quarantine or reject is wanted');
  const uris = (tags.get('rua') ?? '')
    .split(',')
    .map(uri => uri.trim())
    .filter(uri => uri !== '');
  const reports = uris.map(uri => reportUri.exec(uri)?.[1]);
  const odd = uris.filter((_, at) => reports[at] === undefined);
  if (odd.length > 0)
    return wrong(
      `has ${JSON.stringify(odd[0]!.slice(0, 60))} in rua=: an URI such as mailto:dmarc@example.org is wanted`,
    );
  const word = (name: string) => (tags.get(name) ?? '').toLowerCase();
  const psd = word('psd');
  return right({
    text,
    policy: policy.value,
    subdomainPolicy: (sub.ok && sub.value) || policy.value,
    isDkimStrict: word('adkim') === 's',
    isSpfStrict: word('aspf') === 's',
    isTesting: word('t') === 'y',
    psd: psd === 'y' || psd === 'n' ? psd : 'u',
    reports: reports.filter(uri => uri !== undefined),
    oddities: odditiesOf(tags),
  });
}

function policyIn(tags: Tags, name: string): Parsed<Policy | undefined> {
  const value = tags.get(name);
  const policy = policies.find(each => each === value?.toLowerCase());
  return value === undefined || policy !== undefined
    ? right(policy)
    : wrong(`has ${name}=${value.slice(0, 40)}: none, quarantine or reject is wanted`);
}

function odditiesOf(tags: Tags): readonly string[] {
  const odd: string[] = [];
  const names = [...tags.keys()];
  const pct = tags.get('pct');
  if (pct !== undefined && !/^(?:100|[1-9]?[0-9])$/.test(pct))
    odd.push(`pct=${pct} is no number from 0 to 100`);
  else if (pct !== undefined && pct !== '100')
    odd.push(
      `pct=${pct}: older receivers apply the policy to so many in a hundred, newer ones (RFC 9989) to all`,
    );
  if (names[1] !== 'p') odd.push('p= does not follow v=, as older receivers (RFC 7489) want it');
  for (const name of ['adkim', 'aspf'])
    if (tags.has(name) && !/^[rs]$/i.test(tags.get(name)!))
      odd.push(`${name}=${tags.get(name)} is neither r nor s: r counts`);
  for (const name of names) if (!known.has(name)) odd.push(`a tag ${name}= that nobody knows`);
  return odd;
}

/** Whether two domains belong together: strictly the same, or of one organisation. */
export async function isAligned(
  domain: string,
  author: {readonly domain: string; readonly organisation: string},
  {isStrict, questions}: {readonly isStrict: boolean; readonly questions: Questions},
): Promise<boolean> {
  if (domain === author.domain) return true;
  const {organisation} = author;
  if (isStrict || (domain !== organisation && !domain.endsWith(`.${organisation}`))) return false;
  return (await walkDmarc(domain, questions)).organisation === organisation;
}
