// The SPF record of the domain that bounces go to (RFC 7208): its form, what it leads to, and whether it lets our addresses
// send.

import {countOf, shortened} from '../terminal/printable.ts';
import {bad, type DnsRecord, type Finding, good, hint, type Section} from './finding.ts';
import type {Questions} from './questions.ts';
import {evaluateSpf, mostLookups, mostVoid, type SpfVerdict} from './spf-evaluation.ts';
import {type SpfLookup, spfOf} from './spf-lookup.ts';
import type {MacroValues} from './spf-macro.ts';
import {parseSpf, type SpfRecord} from './spf-record.ts';
import {drawingOf, problemsOf, type SpfNode, SpfTree} from './spf-tree.ts';

/** The addresses that mail comes from: given, or a smarthost's, which are not ours to know. */
export interface Origin {
  readonly addresses: readonly string[];
  readonly smarthost: string | undefined;
  readonly helo: string;
}

export interface SpfSection extends Section {
  /** Whether all given addresses pass; undefined without any. */
  readonly passes: boolean | undefined;
}

/** RFC 7208 3.4. */
const goodLength = 450;

/** @param sender the whole address where it is known */
export async function spfSectionOf(
  domain: string,
  sender: string,
  origin: Origin,
  questions: Questions,
): Promise<SpfSection> {
  const found = await spfOf(domain, questions);
  const tree = await new SpfTree(questions).of(domain);
  const verdicts = await Promise.all(
    origin.addresses.map(async ip => {
      const values: MacroValues = {sender, ip, helo: origin.helo};
      return {ip, verdict: await evaluateSpf(domain, values, questions)};
    }),
  );
  const wanted = wantedRecordOf(domain, found, origin);
  const findings =
    found.kind === 'found'
      ? [
          ...recordFindings(domain, found.record, wanted),
          ...treeFindings(domain, tree),
          ...verdicts.map(({ip, verdict}) => verdictFinding(ip, verdict, wanted)),
          ...originHints(domain, found.record, origin),
        ]
      : [missing(domain, found, wanted)];
  return {
    subject: 'spf',
    findings,
    drawing: tree.children.length > 0 ? drawingOf(tree) : [],
    passes: verdicts.length === 0 ? undefined : verdicts.every(({verdict}) => verdict.result === 'pass'),
    data: {
      domain,
      record: found.kind === 'found' ? found.record.text : null,
      lookups: tree.lookups,
      voidLookups: tree.voids,
      tree,
      results: verdicts.map(({ip, verdict}) => ({address: ip, ...verdict})),
    },
  };
}

function missing(domain: string, found: Exclude<SpfLookup, {kind: 'found'}>, wanted: DnsRecord): Finding {
  if (found.kind === 'unknown') return bad(domain, `the SPF record cannot be looked up: ${found.why}`);
  if (found.kind === 'broken')
    return bad(
      domain,
      `receivers refuse to read it: ${found.problem}. What can be read of it comes to what follows`,
      wanted,
    );
  const almost =
    found.almost === undefined
      ? ''
      : `; ${JSON.stringify(shortened(found.almost, 60))} is none, as v=spf1 has to begin it`;
  return bad(domain, `has no SPF record${almost}`, wanted);
}

/** What is there, with our addresses before the rest; else the shortest that would do. */
function wantedRecordOf(domain: string, found: SpfLookup, {addresses, smarthost}: Origin): DnsRecord {
  const ours = addresses.map(ip => `${ip.includes(':') ? 'ip6' : 'ip4'}:${ip}`);
  const source =
    smarthost === undefined
      ? 'ip4:<the address that mail is sent from>'
      : 'include:<what the smarthost asks for>';
  const value =
    found.kind === 'found'
      ? withOurs(termsOf([found.record.text]), ours)
      : found.kind === 'broken'
        ? withOurs(wholeTermsOf(found.texts), ours)
        : withOurs(['-all'], ours.length > 0 ? ours : [source]);
  return {name: domain, type: 'TXT', value};
}

const termsOf = (texts: readonly string[]): readonly string[] => [
  ...new Set(texts.flatMap(text => text.split(' ').slice(1)).filter(term => term !== '')),
];

/** Of records that nobody reads, the terms that each could be read. */
function wholeTermsOf(texts: readonly string[]): readonly string[] {
  const whole = termsOf(texts).filter(term => parseSpf(`v=spf1 ${term}`).ok);
  const redirect = whole.find(isRedirect);
  return whole.filter(term => !isRedirect(term) || term === redirect);
}

const isRedirect = (term: string): boolean => /^redirect=/i.test(term);
const isAll = (term: string): boolean => /^[+\-?~]?all$/i.test(term);

/** Ours before the rest, and one all at the end that does not let everybody in. */
function withOurs(terms: readonly string[], ours: readonly string[]): string {
  const end = terms.filter(isAll).map(term => (/^[-~]/.test(term) ? term : '-all'));
  const rest = terms.filter(
    term => !isAll(term) && !(end.length > 0 && isRedirect(term)) && !ours.includes(term),
  );
  const all = end[0] ?? (rest.some(isRedirect) ? [] : '-all');
  return ['v=spf1', ...ours, ...rest, all].flat().join(' ');
}

function recordFindings(domain: string, record: SpfRecord, wanted: DnsRecord): readonly Finding[] {
  const {mechanisms, redirect, idle, text} = record;
  const all = mechanisms.at(-1);
  const ptr = mechanisms.filter(({kind}) => kind === 'ptr');
  const open = all?.kind === 'all' && all.qualifier === '+';
  return [
    open
      ? bad(domain, `${all.text} lets everybody send in its name`, wanted)
      : good(domain, `has one SPF record: ${text}`),
    ...(all?.kind === 'all' && all.qualifier === '?'
      ? [hint(domain, '?all says nothing of others: ~all or -all is wanted')]
      : []),
    ...(all?.kind !== 'all' && redirect === undefined
      ? [hint(domain, 'it has no all at its end, so that it says nothing of others: ~all or -all is wanted')]
      : []),
    ...ptr.map(each =>
      hint(domain, `${each.text} should not be used: it is slow, and receivers skip it (RFC 7208 5.5)`),
    ),
    ...(idle.length > 0 ? [hint(domain, `nobody looks at what stands behind all: ${idle.join(' ')}`)] : []),
    ...(text.length > goodLength
      ? [hint(domain, `it has ${text.length} characters: more than ${goodLength} may need TCP`)]
      : []),
  ];
}

function treeFindings(domain: string, tree: SpfNode): readonly Finding[] {
  const {lookups, voids} = tree;
  const counted = `${lookups} of ${mostLookups} lookups`;
  const lookupFinding =
    lookups > mostLookups
      ? bad(
          domain,
          `needs ${lookups} lookups where receivers make ${mostLookups}: replace includes by their addresses`,
        )
      : lookups === mostLookups
        ? hint(domain, `needs ${counted}: nothing more can be added, nor by those whom it includes`)
        : good(domain, `needs ${counted}`);
  const voidWords = `${countOf(voids.length, 'lookup')} that ${voids.length === 1 ? 'finds' : 'find'} nothing: ${voids.slice(0, 10).join(', ')}`;
  const problems = problemsOf(tree);
  return [
    lookupFinding,
    ...(voids.length > mostVoid
      ? [bad(domain, `${voidWords}; receivers give up after ${mostVoid}: take them out`)]
      : voids.length > 0
        ? [hint(domain, voidWords)]
        : []),
    ...problems.slice(0, 10).map(({term, problem = ''}) => bad(term, problem)),
  ];
}

function verdictFinding(ip: string, {result, why}: SpfVerdict, wanted: DnsRecord): Finding {
  if (result === 'pass') return good(ip, `passes by ${why}`);
  if (result === 'temperror') return bad(ip, `is not known: ${why}`);
  const words = result === 'permerror' ? `does not pass: ${why}` : `does not pass: ${result} by ${why}`;
  return result === 'permerror' ? bad(ip, words) : bad(ip, words, wanted);
}

function originHints(
  domain: string,
  {mechanisms}: SpfRecord,
  {addresses, smarthost}: Origin,
): readonly Finding[] {
  if (addresses.length > 0) return [];
  if (smarthost === undefined)
    return [
      hint(domain, 'whether our addresses pass is not known: relayq dkim check --from-address tells it'),
    ];
  const includes = mechanisms.filter(({kind}) => kind === 'include').map(({text}) => text);
  const has = includes.length === 0 ? 'has no include' : `has ${includes.join(', ')}`;
  return [
    hint(
      domain,
      `mail goes through ${smarthost}, whose addresses are not ours to know: what it asks for must be there; the record ${has}`,
    ),
  ];
}
