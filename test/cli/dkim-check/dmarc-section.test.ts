// DMARC records as a real DNS has them. Which record counts, and what belongs to the same organisation, is as mailauth has it.

import {dmarc as mailauthDmarc} from 'mailauth/lib/dmarc/index.js';
import {expect, test} from 'vitest';
import {dmarcSectionOf, type Identities} from '../../../cli/dkim-check/dmarc-section.ts';
import type {Zone} from '../../servers/dns-server.ts';
import {asking, txt, wordsOf} from './questions-under-test.ts';

const alike: Identities = {
  signers: ['example.org'],
  mayBeSigned: false,
  envelope: 'example.org',
  spfPasses: true,
};

const sectionOf = (domain: string, zone: Zone, identities: Partial<Identities> = {}) =>
  asking(zone, questions => dmarcSectionOf(domain, {...alike, ...identities}, questions));

const foundFor = async (record: readonly string[], identities: Partial<Identities> = {}) => {
  const {findings, data} = await sectionOf('example.org', {'_dmarc.example.org': txt(...record)}, identities);
  return {words: wordsOf(findings).join('\n'), publish: findings.find(({publish}) => publish)?.publish, data};
};

test.each<[string, readonly string[], RegExp]>([
  ['none', ['v=spf1 -all'], /^bad example.org: has no DMARC record, and no domain above/m],
  ['in lower case', ['v=dmarc1; p=none'], /has no DMARC record/],
  ['with something before it', ['"v=DMARC1; p=none"'], /has no DMARC record/],
  ['two', ['v=DMARC1; p=none', 'v=DMARC1; p=reject'], /^bad .*there are 2 DMARC records/m],
  ['without p=', ['v=DMARC1; rua=mailto:a@example.org'], /^bad .*has no p=/m],
  ['with a policy that is none', ['v=DMARC1; p=block'], /^bad .*has p=block/m],
  ['with sp= that is none', ['v=DMARC1; p=none; sp=no'], /^bad .*has sp=no/m],
  ['with p= twice', ['v=DMARC1; p=none; p=reject'], /^bad .*the tag p= more than once/m],
  [
    'with an address that is no URI',
    ['v=DMARC1; p=none; rua=a@example.org'],
    /^bad .*"a@example.org" in rua=/m,
  ],
  [
    'with commas in place of semicolons',
    ['v=DMARC1; p=none, rua=mailto:a@b.c'],
    /^bad .*has p=none, rua=mailto/m,
  ],
])('a record that is wrong, %s, is told with one to publish', async (_, record, problem) => {
  const {words, publish} = await foundFor(record);
  expect(words).toMatch(problem);
  expect(publish).toEqual({
    name: '_dmarc.example.org',
    type: 'TXT',
    value: 'v=DMARC1; p=none; rua=mailto:dmarc-reports@example.org',
  });
  expect((await foundFor([publish!.value])).words).not.toContain('bad ');
});

test.each<[string, readonly (string | RegExp)[]]>([
  ['v=DMARC1; p=reject; rua=mailto:a@example.org', []],
  ['v=DMARC1;p=quarantine;sp=none;adkim=s;aspf=s;rua=mailto:a@example.org!10m,mailto:b@example.org;fo=1', []],
  ['v=DMARC1; p=none; rua=mailto:a@example.org', [/p=none asks for reports alone/]],
  ['v=DMARC1; p=reject', [/has no rua=/]],
  ['v=DMARC1; p=reject; t=y; rua=mailto:a@example.org', [/t=y/]],
  ['v=DMARC1; p=reject; pct=50; rua=mailto:a@example.org', [/pct=50: older receivers/]],
  ['v=DMARC1; p=reject; pct=all; rua=mailto:a@example.org', [/pct=all is no number/]],
  ['v=DMARC1; p=reject; adkim=strict; rua=mailto:a@example.org', [/adkim=strict is neither r nor s/]],
  ['v=DMARC1; zz=1; p=reject; rua=mailto:a@example.org', [/p= does not follow v=/, /a tag zz=/]],
  ['v=DMARC1; p=reject; rua=https://example.org/dmarc', [/is no mailto: address/]],
])('%s is right, with its hints', async (record, hints) => {
  const {words} = await foundFor([record]);
  expect(words).not.toContain('bad ');
  expect(words.match(/^hint /gm) ?? []).toHaveLength(hints.length);
  for (const each of hints) expect(words).toMatch(each);
});

const named: Zone = {
  '_dmarc.example.org': txt('v=DMARC1; p=reject; sp=quarantine; rua=mailto:a@example.org'),
  '_dmarc.strict.org': txt('v=DMARC1; p=reject; adkim=s; aspf=s'),
  '_dmarc.own.example.org': txt('v=DMARC1; p=none; psd=n'),
  '_dmarc.suffix.net': txt('v=DMARC1; p=reject; psd=y'),
  '_dmarc.odd.com': txt('v=DMARC1; p=nothing'),
};

test.each([
  ['example.org', 'example.org', 'reject', 'example.org'],
  ['a.example.org', 'example.org', 'quarantine', 'example.org'],
  ['a.b.c.d.e.f.g.h.example.org', 'example.org', 'quarantine', 'example.org'],
  ['own.example.org', 'own.example.org', 'none', 'own.example.org'],
  ['a.own.example.org', 'own.example.org', 'none', 'own.example.org'],
  ['a.shop.suffix.net', 'suffix.net', 'reject', 'shop.suffix.net'],
  ['suffix.net', 'suffix.net', 'reject', 'suffix.net'],
  ['absent.com', null, null, 'absent.com'],
])('of %s the record of %s counts, as %s', async (domain, recordDomain, policy, organisation) => {
  const {data} = await sectionOf(domain, named);
  expect(data).toMatchObject({recordDomain, policy, organisation});
  const resolver = async (name: string, type: string) => {
    const known = named[name];
    const records = typeof known === 'object' && type === 'TXT' ? (known.TXT ?? []) : [];
    if (records.length === 0) throw Object.assign(new Error('none'), {code: 'ENOTFOUND'});
    return records as string[][];
  };
  const theirs = await mailauthDmarc({
    headerFrom: `a@${domain}`,
    spfDomains: [],
    dkimDomains: [],
    resolver,
  } as unknown as Parameters<typeof mailauthDmarc>[0]);
  expect(theirs).toMatchObject({
    domain: organisation,
    ...(policy !== null && {policy, policyDomain: recordDomain}),
  });
});

test.each<[string, Partial<Identities>, readonly RegExp[]]>([
  [
    'example.org',
    {},
    [/^good d=example.org: signatures count .* \(relaxed\)/, /^good example.org: SPF counts/],
  ],
  ['a.example.org', {}, [/^good d=example.org/, /^good example.org: SPF counts/]],
  [
    'example.org',
    {signers: ['a.example.org'], envelope: 'bounces.example.org'},
    [/^good d=a.example.org/, /^good bounces.example.org: SPF/],
  ],
  [
    'example.org',
    {signers: ['own.example.org']},
    [/^bad d=own.example.org: signatures do not count/, /^good example.org: SPF/],
  ],
  [
    'example.org',
    {signers: [], envelope: 'example.net'},
    [/no signature that holds/, /^hint example.net: bounces go to another/, /^bad example.org: DMARC fails/],
  ],
  [
    'example.org',
    {signers: [], spfPasses: false},
    [/no signature/, /and does not pass/, /^bad example.org: DMARC fails/],
  ],
  ['example.org', {signers: [], spfPasses: undefined}, [/no signature/, /SPF counts .*, if it passes$/]],
  ['example.org', {envelope: undefined}, [/^good d=/, /^hint <>/]],
  [
    'a.strict.org',
    {signers: ['strict.org'], envelope: 'strict.org'},
    [/^bad d=strict.org: .*\(strict\)/, /^hint strict.org: .*\(strict\)/, /DMARC fails/],
  ],
  [
    'strict.org',
    {signers: ['strict.org'], envelope: 'example.net'},
    [/^good d=strict.org: .*\(strict\)/, /^hint example.net/],
  ],
])('signatures and bounces of %s are held against From: %j', async (domain, identities, expected) => {
  const {findings} = await sectionOf(domain, named, identities);
  const words = wordsOf(findings).filter(each => !/_dmarc|no rua=/.test(each));
  expect(words).toHaveLength(expected.length);
  for (const [at, word] of expected.entries()) expect(words[at]).toMatch(word);
});

test('reports go to another organisation if that agrees', async () => {
  const zone: Zone = {'_dmarc.example.org': txt('v=DMARC1; p=reject; rua=mailto:a@reports.example.net')};
  const {findings} = await sectionOf('example.org', zone);
  const name = 'example.org._report._dmarc.reports.example.net';
  expect(findings.at(-1)).toMatchObject({grade: 'bad', publish: {name, type: 'TXT', value: 'v=DMARC1'}});
  const agreed = await sectionOf('example.org', {...zone, [name]: txt('v=DMARC1')});
  expect(agreed.findings.at(-1)).toMatchObject({grade: 'good', what: 'reports.example.net'});
});

test('a DNS that does not answer is no record that is missing', async () => {
  const {findings} = await sectionOf('a.example.org', {'_dmarc.a.example.org': 'SERVFAIL'});
  expect(wordsOf(findings).join()).toMatch(/^bad a.example.org: what is above it is not known: .*ESERVFAIL/);
  expect(findings.some(({publish}) => publish)).toBe(false);
});
