// SPF records as a real DNS has them. What is made of them for an address is what mailauth makes of them, an implementation of
// RFC 7208 that shares nothing with ours.

import fc from 'fast-check';
import {spf as mailauthSpf} from 'mailauth/lib/spf/index.js';
import {expect, test} from 'vitest';
import {evaluateSpf} from '../../../cli/dkim-check/spf-evaluation.ts';
import {type Origin, spfSectionOf} from '../../../cli/dkim-check/spf-section.ts';
import type {Zone} from '../../servers/dns-server.ts';
import {asking, stringsOf, txt, wordsOf} from './questions-under-test.ts';

const hosts: Zone = {
  'mail.example.org': {A: ['192.0.2.1'], AAAA: ['2001:db8::1']},
  'mx.example.org': {A: ['192.0.2.65']},
  '1.2.0.192.in-addr.arpa': {PTR: ['mail.example.org', 'liar.example.org']},
  'liar.example.org': {A: ['198.51.100.9']},
  'pass.example.net': txt('v=spf1 ip4:192.0.2.0/26 ip6:2001:db8::/64 -all'),
  'neutral.example.net': txt('v=spf1 ip4:198.51.100.1 ?all'),
  'broken.example.net': txt('v=spf1 ip4:192.0.2.300 -all'),
  'twice.example.net': txt('v=spf1 -all', 'v=spf1 +all'),
  'down.example.net': 'SERVFAIL',
  'loop.example.net': txt('v=spf1 include:loop.example.net -all'),
  'postmaster.example.net': {A: ['127.0.0.2']},
  'example.org.sub.example.net': {A: ['127.0.0.2']},
};
for (let at = 0; at < 12; at++)
  hosts[`deep${at}.example.net`] = txt(`v=spf1 include:deep${at + 1}.example.net -all`);

const addresses = ['192.0.2.1', '192.0.2.65', '198.51.100.9', '2001:db8::1', '2001:db8:1::1'];

const zoneWith = (...records: readonly string[]): Zone => ({
  ...hosts,
  'example.org': {
    TXT: records.map(stringsOf),
    A: ['192.0.2.1'],
    MX: [{preference: 1, exchange: 'mx.example.org'}],
  },
});

const sender = 'postmaster@example.org';
const helo = 'mail.example.org';

/** The same zone, without a server. */
async function mailauthResult(zone: Zone, ip: string): Promise<string> {
  const resolver = async (name: string, type: string) => {
    const known = zone[name.toLowerCase()];
    if (known === 'SERVFAIL') throw Object.assign(new Error('SERVFAIL'), {code: 'ESERVFAIL'});
    const records = typeof known === 'object' ? (known[type as 'TXT'] ?? []) : [];
    if (records.length === 0) throw Object.assign(new Error('none'), {code: known ? 'ENODATA' : 'ENOTFOUND'});
    return type === 'MX'
      ? (records as {preference: number; exchange: string}[]).map(({preference: priority, exchange}) => ({
          priority,
          exchange,
        }))
      : records;
  };
  const {status} = await mailauthSpf({sender, ip, helo, resolver, strict: true} as unknown as Parameters<
    typeof mailauthSpf
  >[0]);
  return status.result;
}

const resultsOf = (zone: Zone) =>
  asking(zone, questions =>
    Promise.all(
      addresses.map(async ip => (await evaluateSpf('example.org', {sender, ip, helo}, questions)).result),
    ),
  );

test.each([
  'v=spf1 -all',
  'v=spf1',
  'V=SPF1 +ALL',
  'v=spf1  a  -all',
  'v=spf1 a:mail.example.org -all',
  'v=spf1 a/24//32 ~all',
  'v=spf1 mx -all',
  'v=spf1 mx/25 -all',
  'v=spf1 ip4:192.0.2.0/25 ?ip6:2001:db8::/32 -all',
  'v=spf1 ptr -all',
  'v=spf1 ptr:example.net -all',
  'v=spf1 exists:%{l}.example.net -all',
  'v=spf1 exists:%{d}.sub.example.net -all',
  'v=spf1 exists:%{i}._%{v}.%{h2r}.example.net -all',
  'v=spf1 include:pass.example.net -all',
  'v=spf1 include:neutral.example.net ~all',
  'v=spf1 include:absent.example.net -all',
  'v=spf1 include:broken.example.net -all',
  'v=spf1 include:twice.example.net -all',
  'v=spf1 include:down.example.net -all',
  'v=spf1 include:loop.example.net -all',
  'v=spf1 include:deep0.example.net -all',
  'v=spf1 include:deep3.example.net -all',
  'v=spf1 redirect=pass.example.net',
  'v=spf1 redirect=absent.example.net',
  'v=spf1 -all redirect=pass.example.net',
  'v=spf1 a:a.invalid a:b.invalid -all',
  'v=spf1 a:a.invalid a:b.invalid a:c.invalid -all',
  'v=spf1 ip4:192.0.2.1/33 -all',
  'v=spf1 ip4:192.0.2.1/08 -all',
  'v=spf1 ip4:2001:db8::1 -all',
  'v=spf1 ip4 -all',
  'v=spf1 all:example.org',
  'v=spf1 a:example -all',
  'v=spf1 a:%{q}.example.net -all',
  'v=spf1 a:%{c}.example.net -all',
  'v=spf1 a:%{d0}.example.net -all',
  'v=spf1 a:%d.example.net -all',
  'v=spf1 include -all',
  'v=spf1 foo -all',
  'v=spf1 foo=bar exp=a.example.net -all',
  'v=spf1 redirect=a.example.net redirect=b.example.net',
  'v=spf1 ip4:192.0.2.1;-all',
  'v=spf10 -all',
  'no SPF',
])('%s is read as mailauth reads it', async record => {
  const zone = zoneWith(record);
  const expected = await Promise.all(addresses.map(ip => mailauthResult(zone, ip)));
  expect(await resultsOf(zone)).toEqual(expected);
});

const domain = fc.constantFrom(
  ...[
    'mail.example.org',
    'pass.example.net',
    'neutral.example.net',
    'absent.example.net',
    'deep7.example.net',
  ],
  ...['%{l}.example.net', '%{s-}.example.net', '%{o}', '%{d2}', '%{ir}.%{v}.arpa', 'x', 'example.net.'],
);
const term = fc.oneof(
  fc
    .tuple(fc.constantFrom('include:', 'exists:', 'a:', 'mx:', 'ptr:', 'redirect='), domain)
    .map(parts => parts.join('')),
  fc.constantFrom(
    'a',
    'mx',
    'ptr',
    'a/24',
    'mx//64',
    'ip4:192.0.2.0/24',
    'ip6:2001:db8::/32',
    'ip4:1.2.3',
    'x=y',
    'all',
    'exp=x.org',
  ),
);
const record = fc
  .array(
    fc
      .tuple(fc.constantFrom('', '', '+', '-', '~', '?'), term)
      .map(([sign, word]) => (word.includes('=') ? word : sign + word)),
    {maxLength: 6},
  )
  .map(terms => ['v=spf1', ...terms].join(' '));

test('random records are read as mailauth reads them', async () => {
  await fc.assert(
    fc.asyncProperty(record, async text => {
      const zone = zoneWith(text);
      const expected = await Promise.all(addresses.map(ip => mailauthResult(zone, ip)));
      expect(await resultsOf(zone)).toEqual(expected);
    }),
    {numRuns: 150},
  );
});

const nobody: Origin = {addresses: [], smarthost: undefined, helo};

const sectionOf = (zone: Zone, origin: Partial<Origin> = {}) =>
  asking(zone, questions => spfSectionOf('example.org', sender, {...nobody, ...origin}, questions));

test.each<[string, readonly string[], RegExp]>([
  ['none', ['something else'], /^bad .*has no SPF record$/m],
  ['almost one', ['"v=spf1 -all"'], /has no SPF record; .* is none, as v=spf1 has to begin it/],
  ['two', ['v=spf1 -all', 'v=spf1 ~all'], /^bad .*there are 2 SPF records/m],
  ['a word that is none', ['v=spf1 ipv4:192.0.2.1 -all'], /^bad .*"ipv4:192.0.2.1": it is no mechanism/m],
  ['+all', ['v=spf1 +all'], /^bad .*lets everybody send/m],
  ['all without its sign', ['v=spf1 all'], /^bad .*lets everybody send/m],
  ['?all', ['v=spf1 ?all'], /^hint .*\?all says nothing/m],
  ['no all', ['v=spf1 a'], /^hint .*no all at its end/m],
  ['ptr', ['v=spf1 ptr -all'], /^hint .*ptr should not be used/m],
  ['terms behind all', ['v=spf1 -all a redirect=x.org'], /^hint .*behind all: a redirect=x.org/m],
  [
    'an include that is not there',
    ['v=spf1 include:absent.example.net -all'],
    /^bad include:absent.example.net: absent.example.net has no SPF/m,
  ],
  [
    'an include that is broken',
    ['v=spf1 include:broken.example.net -all'],
    /^bad include:broken.example.net: the record has "ip4:192.0.2.300"/m,
  ],
  [
    'a loop',
    ['v=spf1 include:loop.example.net -all'],
    /^bad include:loop.example.net: leads back to itself/m,
  ],
  [
    'a server that is down',
    ['v=spf1 include:down.example.net -all'],
    /^bad include:down.example.net: the DNS does not answer/m,
  ],
  ['nine lookups', [`v=spf1 ${'a:mail.example.org '.repeat(9)}-all`], /^good .*needs 9 of 10 lookups/m],
  [
    'ten lookups',
    [`v=spf1 ${'a:mail.example.org '.repeat(10)}-all`],
    /^hint .*needs 10 of 10 lookups: nothing more/m,
  ],
  [
    'eleven lookups',
    [`v=spf1 ${'a:mail.example.org '.repeat(11)}-all`],
    /^bad .*needs 11 lookups where receivers make 10/m,
  ],
  ['a hundred lookups', [`v=spf1 ${'a:mail.example.org '.repeat(100)}-all`], /needs 100 lookups/m],
  ['a void lookup', ['v=spf1 a:a.invalid -all'], /^hint .*1 lookup that finds nothing: a.invalid A/m],
  [
    'three void lookups',
    ['v=spf1 a:a.invalid mx:b.invalid a:c.invalid -all'],
    /^bad .*3 lookups that find nothing/m,
  ],
  ['very long', [`v=spf1 ${'ip4:192.0.2.1 '.repeat(60)}-all`], /^hint .*more than 450/m],
])('%s is told', async (_, records, words) => {
  expect(wordsOf((await sectionOf(zoneWith(...records))).findings).join('\n')).toMatch(words);
});

test.each<[readonly string[], string]>([
  [
    ['v=spf1 ipv4:192.0.2.1 include:pass.example.net ~all'],
    'v=spf1 ip4:203.0.113.7 include:pass.example.net ~all',
  ],
  [
    ['v=spf1 a -all', 'v=spf1 a include:pass.example.net ?all'],
    'v=spf1 ip4:203.0.113.7 a include:pass.example.net -all',
  ],
  [['v=spf1 foo redirect=pass.example.net'], 'v=spf1 ip4:203.0.113.7 redirect=pass.example.net'],
  [['v=spf1 a +all'], 'v=spf1 ip4:203.0.113.7 a -all'],
  [['v=spf1 a all'], 'v=spf1 ip4:203.0.113.7 a -all'],
  [['v=spf1 ip4:203.0.113.7 bar'], 'v=spf1 ip4:203.0.113.7 -all'],
  [[], 'v=spf1 ip4:203.0.113.7 -all'],
])('of %j the rest is kept in what to publish', async (records, wanted) => {
  const addresses = ['203.0.113.7'];
  const {findings} = await sectionOf(zoneWith('text', ...records), {addresses});
  expect(findings.find(({publish}) => publish)?.publish?.value).toBe(wanted);
  expect((await sectionOf(zoneWith(wanted), {addresses})).passes).toBe(true);
});

test('strings that are joined without a blank are told', async () => {
  const zone: Zone = {'example.org': {TXT: [['v=spf1 ip4:192.0.2.1', 'ip4:192.0.2.2 -all']]}};
  expect(wordsOf((await sectionOf(zone)).findings)[0]).toMatch(/joined without a blank/);
});

test('the tree shows what is looked up, and macros that depend on the sender are counted', async () => {
  const zone = zoneWith(
    'v=spf1 include:pass.example.net exists:%{i}.example.net mx redirect=neutral.example.net',
  );
  const {drawing, data} = await sectionOf(zone);
  expect(drawing).toEqual([
    'example.org  v=spf1 include:pass.example.net exists:%{i}.example.net mx redirect=neutral.example.net',
    '  1 include:pass.example.net  v=spf1 ip4:192.0.2.0/26 ip6:2001:db8::/64 -all',
    '  1 exists:%{i}.example.net  depends on who sends',
    '  1 mx',
    '  1 redirect=neutral.example.net  v=spf1 ip4:198.51.100.1 ?all',
  ]);
  expect(data).toMatchObject({lookups: 4, voidLookups: []});
});

test('an address that does not pass has a record to publish in which it does', async () => {
  const zone = zoneWith('v=spf1 include:pass.example.net +all'.replace('+all', '-all'));
  const {findings, passes} = await sectionOf(zone, {
    addresses: ['192.0.2.1', '203.0.113.7', '2001:db8:9::1'],
  });
  expect(passes).toBe(false);
  const given = findings.filter(({what}) => /^[0-9]/.test(what));
  expect(wordsOf(given)).toEqual([
    'good 192.0.2.1: passes by include:pass.example.net of example.org',
    'bad 203.0.113.7: does not pass: fail by -all of example.org',
    'bad 2001:db8:9::1: does not pass: fail by -all of example.org',
  ]);
  const wanted = given[1]!.publish!.value;
  const better = await sectionOf(zoneWith(wanted), {
    addresses: ['192.0.2.1', '203.0.113.7', '2001:db8:9::1'],
  });
  expect(better.passes).toBe(true);
});

test('of a smarthost the addresses are not known, and its include is what counts', async () => {
  const zone = zoneWith('v=spf1 include:pass.example.net -all');
  const {findings} = await sectionOf(zone, {smarthost: 'smtp.example.net'});
  expect(wordsOf(findings).at(-1)).toMatch(
    /^hint .*goes through smtp.example.net, .* has include:pass.example.net$/,
  );
});
