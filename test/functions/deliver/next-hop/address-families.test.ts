// What functions do that can connect to one family of addresses only, as those on Lambda without dual stack.

import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {
  bothFamilies,
  type Families,
  type Family,
  familiesOf,
  isWithinReach,
} from '../../../../functions/deliver/next-hop/address-families.ts';
import {StsPolicies} from '../../../../functions/deliver/next-hop/mta-sts-policies.ts';
import {resolveMxHosts} from '../../../../functions/deliver/next-hop/next-hop-hosts.ts';
import {NextHops} from '../../../../functions/deliver/next-hop/next-hops.ts';
import {isOfReceiver} from '../../../../shared/delivery/receivers/blame.ts';
import {judge} from '../../../../shared/smtp/verdict.ts';
import {type DnsServer, startDnsServer} from '../../../servers/dns-server.ts';
import {startDohServer} from '../../../servers/doh-server.ts';
import {trustFixtures} from '../mx-world.ts';

trustFixtures();

const ipv4: Families = new Set<Family>(['IPv4']);
const ipv6: Families = new Set<Family>(['IPv6']);

const outward = (address: string) => ({address, internal: false});
const loopbacks = ['127.0.0.1', '::1'].map(address => ({address, internal: true}));

test.each([
  ['an instance', ['10.0.0.5', 'fe80::1'], ipv4],
  ['a function on Lambda, whose one address is link-local', ['169.254.76.1'], ipv4],
  ['a function on Lambda with an interface for telemetry', ['169.254.76.1', 'fe80::2', '169.254.79.1'], ipv4],
  ['a machine with both', ['10.0.0.5', '2600:1f18::5', 'fe80::1'], bothFamilies],
  ['a machine with addresses of its site', ['10.0.0.5', 'fd00::2'], bothFamilies],
  ['a container with IPv6 only', ['fddf:3978::1'], ipv6],
  ['a machine without a network', [], bothFamilies],
  ['a machine with a cable and no router', ['fe80::1', 'febf::1'], bothFamilies],
])('%s has the families of its addresses', (_, addresses, expected) => {
  expect(familiesOf([...loopbacks, ...addresses.map(outward)])).toEqual(expected);
});

test('an IPv4 address inside an IPv6 one is within reach of IPv4, and the loopback of all', () => {
  const reached = ['192.0.2.1', '::ffff:192.0.2.1', '0:0:0:0:0:ffff:c000:201', '::1', '127.0.0.1'];
  expect(reached.filter(address => !isWithinReach(address, ipv4))).toEqual([]);
  expect(reached.filter(address => !isWithinReach(address, ipv6))).toEqual(reached.slice(0, 3));
  expect(isWithinReach('2001:db8::1', ipv4)).toBe(false);
  expect(isWithinReach('64:ff9b::192.0.2.1', ipv4)).toBe(false);
});

const mx = (...exchanges: readonly string[]) => ({
  MX: exchanges.map((exchange, index) => ({exchange, preference: index})),
});

let server: DnsServer;
const settings = {port: 25, privateAddresses: false, mtaSts: false};
beforeAll(async () => {
  server = await startDnsServer({
    'both.example': mx('mx.both.example', 'v6.example', 'v4.example'),
    'mx.both.example': {A: ['8.8.4.4'], AAAA: ['2606:4700::1']},
    'v4.example': {A: ['8.8.8.8']},
    'v6.example': {AAAA: ['2606:4700::2']},
    'future.example': mx('v6.example', 'none.example'),
    'none.example': {},
    'odd.example': {A: ['10.0.0.1'], AAAA: ['2606:4700::3']},
    'inside.example': {AAAA: ['fd00::1']},
    'shy.example': {A: ['10.0.0.1'], AAAA: ['fd00::1']},
    '_mta-sts.future.example': {TXT: [['v=STSv1; id=1;']]},
    'mta-sts.future.example': {AAAA: ['2606:4700::4']},
  });
});
afterAll(() => server.close());

async function resolve(domain: string, families: Families) {
  const from = server.questions.length;
  const resolved = await resolveMxHosts(
    domain,
    {...settings, nameServers: [server.address]},
    {now: () => 0, random: () => 0.5, policyOf: async () => undefined, families},
  );
  return {resolved, questions: server.questions.slice(from).sort()};
}

const addressesFrom = async (domain: string, families: Families) => {
  const {resolved} = await resolve(domain, families);
  return resolved.ok ? resolved.hosts.flatMap(({addresses}) => addresses) : resolved.failure.fact;
};

describe('of a domain', () => {
  test('hosts are asked for the family that can be used; for the other one only where that finds nothing', async () => {
    const {resolved, questions} = await resolve('both.example', ipv4);
    expect(resolved).toMatchObject({
      ok: true,
      hosts: [
        {host: 'mx.both.example', addresses: ['8.8.4.4']},
        {host: 'v4.example', addresses: ['8.8.8.8']},
      ],
    });
    expect(questions).toEqual([
      'both.example MX',
      'mx.both.example A',
      'v4.example A',
      'v6.example A',
      'v6.example AAAA',
    ]);
  });

  test.each([
    ['IPv4', ipv4, ['8.8.4.4', '8.8.8.8']],
    ['IPv6', ipv6, ['2606:4700::1', '2606:4700::2']],
    ['both', bothFamilies, ['8.8.4.4', '2606:4700::1', '2606:4700::2', '8.8.8.8']],
  ])('addresses are tried that %s can reach', async (_, families, expected) => {
    expect(await addressesFrom('both.example', families)).toEqual(expected);
  });

  test('mail waits that has a way only by the other family, and the failure says so', async () => {
    for (const [domain, families, description] of [
      ['future.example', ipv4, 'v6.example: IPv6 addresses only, and this function has no IPv6'],
      ['v4.example', ipv6, 'v4.example: IPv4 addresses only, and this function has no IPv4'],
      [
        '[IPv6:2606:4700::9]',
        ipv4,
        '[IPv6:2606:4700::9]: IPv6 addresses only, and this function has no IPv6',
      ],
    ] as const) {
      const {resolved} = await resolve(domain, families);
      if (resolved.ok) throw new Error('resolved');
      expect(resolved.failure).toMatchObject({fact: 'out-of-reach', description});
      expect(judge(resolved.failure)).toMatchObject({fate: 'deferred', status: '4.4.4'});
      expect(isOfReceiver(resolved.failure, {isFresh: true, isOrdinary: true})).toBe(true);
    }
  });

  test('private addresses are refused as before, and one that may be used with IPv6 is no reason to bounce', async () => {
    expect(await addressesFrom('inside.example', ipv4)).toBe('private-address');
    expect(await addressesFrom('shy.example', ipv4)).toBe('private-address');
    expect(await addressesFrom('[IPv6:fd00::1]', ipv4)).toBe('private-address');
    expect(await addressesFrom('odd.example', ipv4)).toBe('out-of-reach');
    expect(await addressesFrom('odd.example', bothFamilies)).toEqual(['2606:4700::3']);
    expect(await addressesFrom('none.example', ipv4)).toBe('no-address');
  });
});

test('a policy host that is out of reach is told as such', async () => {
  const reasons: unknown[] = [];
  const policies = new StsPolicies({
    log: (_, __, fields) => reasons.push(fields?.reason),
    now: () => 0,
    families: () => ipv4,
  });
  await policies.policyOf('future.example', {...settings, mtaSts: true, nameServers: [server.address]});
  expect(reasons).toEqual(['mta-sts.future.example: IPv6 addresses only, and this function has no IPv6']);
});

test('DANE asks of a host what DNSSEC has proved of the addresses that are used', async () => {
  const tlsa = [{usage: 3, selector: 1, matchingType: 1, certificate: Buffer.alloc(32)}];
  const signed = await startDohServer({
    'example.org': {...mx('mx.example.org'), secure: true},
    'mx.example.org': {A: ['8.8.4.4'], AAAA: ['2606:4700::1'], secure: true},
    '_25._tcp.mx.example.org': {TLSA: tlsa, secure: true},
  });
  try {
    const resolved = await resolveMxHosts(
      'example.org',
      {...settings, nameServers: [], resolver: signed.address},
      {now: () => 0, random: () => 0.5, policyOf: async () => undefined, families: ipv4},
    );
    expect(resolved).toMatchObject({
      ok: true,
      hosts: [{addresses: ['8.8.4.4'], dane: {records: [{usage: 3}]}}],
    });
    expect(signed.questions).not.toContain('mx.example.org AAAA');
  } finally {
    signed.close();
  }
});

describe('of a smarthost or sink', () => {
  const policies = {policyOf: async () => undefined};
  const hopsWith = (families: Families, anywhere = false) =>
    new NextHops({policies, now: () => 0, random: () => 0.5, anywhere, families: () => families});
  const usable = async (hosts: readonly string[], families: Families, isForeign = false) => {
    const hops = hopsWith(families);
    const hop = {kind: 'smarthost', hosts, port: 25, security: 'opportunistic'} as const;
    const found = await hops.hostsOf(hop, {...settings, nameServers: []});
    const left = hops.usable(found, isForeign, {smarthostPrivateAddresses: false});
    return left.ok ? left.hosts.flatMap(({addresses}) => addresses) : left.failure;
  };

  test('this machine is within reach by any family', async () => {
    expect(await usable(['::1'], ipv4)).toEqual(['::1']);
    expect(await usable(['127.0.0.1'], ipv6)).toEqual(['127.0.0.1']);
    expect(await usable(['localhost'], ipv4)).toContain('127.0.0.1');
  });

  test('hosts out of reach are left out; where all are, mail waits, and is told why', async () => {
    expect(await usable(['2606:4700::1', '8.8.4.4'], ipv4)).toEqual(['8.8.4.4']);
    const failure = await usable(['2606:4700::1'], ipv4);
    expect(failure).toMatchObject({
      fact: 'out-of-reach',
      description: '2606:4700::1: IPv6 addresses only, and this function has no IPv6',
    });
  });

  test('what no message may name bounces, within reach or not', async () => {
    expect(await usable(['fd00:ec2::254'], ipv4, true)).toMatchObject({fact: 'private-address'});
    expect(await usable(['fd12::1'], ipv4, true)).toMatchObject({fact: 'private-address'});
    expect(await usable(['10.0.0.1', '2606:4700::1'], ipv4, true)).toMatchObject({fact: 'out-of-reach'});
    expect(await usable(['::1', '8.8.4.4'], ipv4, true)).toEqual(['8.8.4.4']);
  });
});
