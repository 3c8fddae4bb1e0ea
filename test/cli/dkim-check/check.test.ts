// `relayq dkim check` as a person types it, on a local cloud with stored keys, and with a test's DNS.

import {generateKeyPairSync, type KeyObject} from 'node:crypto';
import {once} from 'node:events';
import {text} from 'node:stream/consumers';
import {PutParameterCommand} from '@aws-sdk/client-ssm';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {dnsRecordOf} from '../../../shared/dkim/private-key.ts';
import {names, Pipeline} from '../../pipeline/pipeline-under-test.ts';
import {type DnsServer, startDnsServer, type Zone} from '../../servers/dns-server.ts';
import {RelayqUnderTest} from '../relayq-under-test.ts';
import {txt} from './questions-under-test.ts';

let cli: RelayqUnderTest;
let pipeline: Pipeline;
let dns: DnsServer;

const rsa = generateKeyPairSync('rsa', {modulusLength: 2048}).privateKey;
const ed25519 = generateKeyPairSync('ed25519').privateKey;

const zone: Zone = {
  'example.org': txt('v=spf1 include:_spf.example.org -all'),
  '_spf.example.org': txt('v=spf1 ip4:1.2.3.4 ip6:2606:2800:220:1::7 -all'),
  '_dmarc.example.org': txt('v=DMARC1; p=reject; rua=mailto:dmarc@example.org'),
  'a._domainkey.example.org': txt(dnsRecordOf(rsa)),
  'b.2026._domainkey.example.org': txt(dnsRecordOf(ed25519)),
  '4.3.2.1.in-addr.arpa': {PTR: ['out.example.org']},
  '7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1.0.0.0.0.2.2.0.0.0.8.2.6.0.6.2.ip6.arpa': {PTR: ['out.example.org']},
  'out.example.org': {A: ['1.2.3.4'], AAAA: ['2606:2800:220:1::7']},
  'silent.example': 'silence',
  'hostile.example': txt('v=spf1 \u001b[2Jx\u009b\u202e -all'),
  '_dmarc.hostile.example': txt('v=DMARC1; p=\u001b]0;x\u0007'),
};

const pemOf = (key: KeyObject) => key.export({type: 'pkcs8', format: 'pem'}) as string;

const storeKey = (name: string, Value: string) =>
  pipeline.ssm.send(new PutParameterCommand({Name: `${names.dkimPath}${name}`, Value, Type: 'SecureString'}));

beforeAll(async () => {
  dns = await startDnsServer(zone);
  pipeline = await Pipeline.start({'mx-name-servers': dns.address, 'helo-name': 'out.example.org'});
  cli = await RelayqUnderTest.create(() => Number(new URL(pipeline.cloud.url).port));
  await storeKey('example.org/a', pemOf(rsa));
  await storeKey('example.org/b.2026', pemOf(ed25519));
  await storeKey('hostile.example/a', 'no key at all, but a secret');
});
afterAll(async () => {
  await cli.stop();
  await pipeline.stop();
  dns.close();
});

const check = (...args: readonly string[]) => cli.run(['dkim', 'check', ...args]);
const ours = ['example.org', '--from-address', '1.2.3.4', '::ffff:1.2.3.4', '2606:2800:220:1:0::7'];

test('a domain that has all of it: each subject with what was found, and exit status 0', async () => {
  const {code, stdout, stderr} = await check(...ours);
  expect(stderr).toBe('');
  expect(stdout.split('\n').slice(1).join('\n')).toBe(
    `
DKIM
  good  a._domainkey.example.org: is the stored key: RSA, 2048 bits; a trial signature verifies
  good  b.2026._domainkey.example.org: is the stored key: Ed25519; a trial signature verifies

SPF
  good  example.org: has one SPF record: v=spf1 include:_spf.example.org -all
  good  example.org: needs 1 of 10 lookups
  good  1.2.3.4: passes by include:_spf.example.org of example.org
  good  2606:2800:220:1::7: passes by include:_spf.example.org of example.org

        example.org  v=spf1 include:_spf.example.org -all
          1 include:_spf.example.org  v=spf1 ip4:1.2.3.4 ip6:2606:2800:220:1::7 -all

DMARC
  good  _dmarc.example.org: policy reject
  good  d=example.org: signatures count for example.org (relaxed)
  good  example.org: SPF counts for example.org (relaxed)

Addresses
  good  1.2.3.4: is out.example.org, which leads back to it; EHLO says so too
  good  2606:2800:220:1::7: is out.example.org, which leads back to it; EHLO says so too
  good  EHLO: says out.example.org, which leads to where mail is sent from

nothing is wrong
`,
  );
  expect(code).toBe(0);
});

test('the same as JSON', async () => {
  const {code, stdout} = await check(...ours, '--json');
  expect(code).toBe(0);
  const told = JSON.parse(stdout);
  expect(told).toMatchObject({version: 1, stage: 'local', domain: 'example.org', ok: true});
  const sections = Object.fromEntries(told.sections.map((each: {subject: string}) => [each.subject, each]));
  expect(sections).toMatchObject({
    dkim: {
      keys: [
        {selector: 'a', name: 'a._domainkey.example.org', type: 'rsa', ok: true},
        {selector: 'b.2026', type: 'ed25519', ok: true},
      ],
    },
    spf: {lookups: 1, voidLookups: [], results: [{address: '1.2.3.4', result: 'pass'}, {result: 'pass'}]},
    dmarc: {policy: 'reject', organisation: 'example.org'},
    addresses: {helo: 'out.example.org', addresses: [{confirmedNames: ['out.example.org']}, {}]},
  });
});

test('what is wrong has what to publish, as a zone file has it, and exit status 1', async () => {
  const {code, stdout} = await check(
    'nothing.example',
    '--from-address',
    '1.2.3.5',
    '--helo',
    'mail.nothing.example',
  );
  expect(code).toBe(1);
  expect(stdout).toContain('bad   nothing.example: no key is stored for it');
  expect(stdout).toContain('publish: nothing.example. TXT "v=spf1 ip4:1.2.3.5 -all"');
  expect(stdout).toContain('publish: 5.3.2.1.in-addr.arpa. PTR mail.nothing.example.');
  expect(stdout).toContain('publish: mail.nothing.example. A 1.2.3.5');
  expect(stdout).toMatch(/\n5 things are wrong\n$/);
});

test('a subdomain without a key of its own is signed with that of the domain above it', async () => {
  const {stdout} = await check('sub.example.org', '--json');
  const [dkim, , dmarc] = JSON.parse(stdout).sections;
  expect(dkim.keys).toMatchObject([{domain: 'example.org'}, {domain: 'example.org'}]);
  expect(dmarc.findings).toContainEqual(expect.objectContaining({grade: 'good', what: 'd=example.org'}));
});

test('with a smarthost its addresses are not ours to know', async () => {
  await pipeline.set({smarthost: 'smtp.example.net'});
  const {code, stdout} = await check('example.org');
  await pipeline.set({smarthost: null});
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /hint {2}example.org: mail goes through smtp.example.net, whose addresses are not ours/,
  );
});

test('nothing in the DNS controls the terminal, and nothing of a stored key is shown', async () => {
  for (const args of [[], ['--json']]) {
    const {code, stdout, stderr} = await check('hostile.example', ...args);
    expect(code).toBe(1);
    const isControl = (character: string) => /[\p{Cc}\u202e]/u.test(character) && character !== '\n';
    expect([...stdout, ...stderr].filter(isControl)).toEqual([]);
    expect(stdout).toContain('the stored key must be a private key in PEM');
    expect(stdout).not.toContain('but a secret');
  }
});

test('Ctrl-C while the DNS is silent ends it, and nothing is said to be wrong', async () => {
  const child = cli.start(['dkim', 'check', 'silent.example']);
  const ended = once(child, 'exit');
  const shown = text(child.stdout);
  await expect.poll(() => dns.questions).toContain('silent.example TXT');
  child.kill('SIGINT');
  expect([await ended, await shown]).toEqual([[130, null], '']);
});

test.each<[readonly string[], RegExp]>([
  [[], /missing required argument 'domain'/],
  [['1.2.3.4'], /must be a domain/],
  [['example.org', '--from-address', 'mail.example.org'], /must be an IPv4 or IPv6 address/],
  [['example.org', '--helo', 'a b'], /must be a host name/],
])('%j is a usage error', async (args, words) => {
  const {code, stderr} = await check(...args);
  expect(stderr).toMatch(words);
  expect(code).toBe(2);
});
