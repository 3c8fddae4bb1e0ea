import dnsPromises from 'node:dns/promises';
import {syncBuiltinESMExports} from 'node:module';
import {afterAll, afterEach, beforeAll, describe, expect, test, vi} from 'vitest';
import {bothFamilies} from '../../../../functions/deliver/next-hop/address-families.ts';
import {StsPolicies} from '../../../../functions/deliver/next-hop/mta-sts-policies.ts';
import {resolveMxHosts, resolveRelayHosts} from '../../../../functions/deliver/next-hop/next-hop-hosts.ts';
import {NextHops} from '../../../../functions/deliver/next-hop/next-hops.ts';
import {judge} from '../../../../shared/smtp/verdict.ts';
import {type DnsServer, startDnsServer} from '../../../servers/dns-server.ts';

const mx = (exchange: string, preference: number) => ({exchange, preference});
/** Many MX hosts, of which the zone knows the addresses of a few. */
const mxOf = (domain: string, count: number) => ({
  MX: Array.from({length: count}, (_, index) => mx(`m${index}.${domain}`, index)),
});

let server: DnsServer;
const settings = {port: 25, privateAddresses: true, mtaSts: false};
beforeAll(async () => {
  server = await startDnsServer({
    'example.org': {MX: [mx('b.example.org', 20), mx('a1.example.org', 10), mx('a2.example.org', 10)]},
    'a1.example.org': {A: ['198.51.100.1', '198.51.100.2'], AAAA: ['2001:db8::1']},
    'a2.example.org': {A: ['198.51.100.3'], ttl: 20},
    'b.example.org': {A: ['198.51.100.4']},
    'implicit.example': {A: ['198.51.100.5']},
    'null.example': {MX: [mx('.', 0)]},
    'bare.example': {},
    'dangling.example': {MX: [mx('gone.example', 10)]},
    'broken.example': 'SERVFAIL',
    'half.example': {MX: [mx('broken.example', 10), mx('b.example.org', 20)]},
    'doubtful.example': {MX: [mx('broken.example', 10)]},
    'inside.example': {MX: [mx('loop.example', 10), mx('net.example', 20)]},
    'loop.example': {A: ['127.0.0.1'], AAAA: ['::ffff:10.0.0.1', 'fe80::1']},
    'net.example': {A: ['10.1.2.3']},
    'mixed.example': {MX: [mx('loop.example', 10), mx('outside.example', 20)]},
    'outside.example': {A: ['8.8.4.4']},
    'lasting.example': {A: ['198.51.100.6'], ttl: 3600},
    'late.example': mxOf('late.example', 15),
    'm14.late.example': {A: ['198.51.100.7']},
    'both.example': mxOf('both.example', 25),
    'm3.both.example': {A: ['198.51.100.8']},
    'm24.both.example': {A: ['198.51.100.9']},
    'many.example': mxOf('many.example', 25),
    ...Object.fromEntries(
      Array.from({length: 25}, (_, index) => [`m${index}.many.example`, {A: [`198.51.100.${index + 20}`]}]),
    ),
    'none.example': mxOf('none.example', 15),
    'hidden.example': mxOf('hidden.example', 12),
    ...Object.fromEntries(
      Array.from({length: 11}, (_, index) => [`m${index}.hidden.example`, {A: ['127.0.0.1']}]),
    ),
    'm11.hidden.example': {A: ['8.8.4.4']},
    'shaky.example': mxOf('shaky.example', 15),
    'm12.shaky.example': 'SERVFAIL',
    'endless.example': mxOf('e', 120),
    'shy.example': {MX: [mx('loop.example', 10), mx('broken.example', 20)]},
    'twice.example': {MX: [mx('b.example.org', 10), mx('B.example.org', 20)]},
  });
});
afterAll(() => server.close());

// The documentation ranges of the zone above are not public either: refused unless allowed.
const resolve = (domain: string, privateAddresses = true, random = () => 0.5, now = () => 0) =>
  resolveMxHosts(
    domain,
    {...settings, privateAddresses, nameServers: [server.address]},
    {now, random, policyOf: async () => undefined, families: bothFamilies},
  );

const names = async (...args: Parameters<typeof resolve>) => {
  const resolved = await resolve(...args);
  return resolved.ok ? resolved.hosts.map(({host}) => host) : resolved.failure.fact;
};

describe('the hosts of a domain', () => {
  test('come in the order of their preferences, with all their addresses', async () => {
    expect(await resolve('example.org')).toEqual({
      ok: true,
      hosts: [
        {host: 'a1.example.org', addresses: ['198.51.100.1', '198.51.100.2', '2001:db8::1']},
        {host: 'a2.example.org', addresses: ['198.51.100.3']},
        {host: 'b.example.org', addresses: ['198.51.100.4']},
      ],
      ttlSeconds: 20,
    });
  });

  test('of equal preference come in an order drawn by lot', async () => {
    const lots = [0.1, 0.9, 0.2];
    expect(await names('example.org', true, () => lots.shift()!)).toEqual([
      'a2.example.org',
      'a1.example.org',
      'b.example.org',
    ]);
  });

  test('are the domain itself when it has no MX record', async () => {
    expect(await names('implicit.example')).toEqual(['implicit.example']);
  });

  test('leave out one that cannot be looked up', async () => {
    expect(await names('half.example')).toEqual(['b.example.org']);
  });

  test('are the literal for an address literal, without asking', async () => {
    const before = server.questions.length;
    expect(await resolve('[198.51.100.9]')).toEqual({
      ok: true,
      hosts: [{host: '[198.51.100.9]', addresses: ['198.51.100.9']}],
      ttlSeconds: 60,
    });
    expect(server.questions.length).toBe(before);
  });
});

test.each([
  ['null.example', 'null-mx', 'bounced', '5.1.10'],
  ['nowhere.example', 'no-such-domain', 'bounced', '5.1.2'],
  ['bare.example', 'no-address', 'bounced', '5.4.4'],
  ['dangling.example', 'no-address', 'bounced', '5.4.4'],
  ['broken.example', 'dns-unavailable', 'deferred', '4.4.3'],
  ['doubtful.example', 'dns-unavailable', 'deferred', '4.4.3'],
  ['none.example', 'no-address', 'bounced', '5.4.4'],
  ['shaky.example', 'dns-unavailable', 'deferred', '4.4.3'],
] as const)('%s has no hosts: %s, %s %s', async (domain, fact, fate, status) => {
  const resolved = await resolve(domain);
  if (resolved.ok) throw new Error('resolved');
  expect(resolved.failure.fact).toBe(fact);
  expect(judge(resolved.failure)).toMatchObject({fate, status});
});

test('a host with private addresses only is refused, whatever form they take', async () => {
  expect(await names('inside.example', false)).toBe('private-address');
  expect(await names('[127.0.0.1]', false)).toBe('private-address');
  expect(await names('[IPv6:::ffff:192.168.0.1]', false)).toBe('private-address');
});

test('a host with private addresses is left out where another has public ones', async () => {
  expect(await names('mixed.example', false)).toEqual(['outside.example']);
});

describe('of many MX hosts', () => {
  const mxAsked = (from: number) =>
    new Set(server.questions.slice(from).flatMap(question => /^m\d+\./.exec(question) ?? [])).size;

  test('one with an address is found after any number without', async () => {
    expect(await names('late.example')).toEqual(['m14.late.example']);
    expect(await names('both.example')).toEqual(['m3.both.example', 'm24.both.example']);
  });

  test('only as many are looked up as are enough', async () => {
    const before = server.questions.length;
    expect(await names('many.example')).toHaveLength(10);
    expect(mxAsked(before)).toBe(10);
  });

  test('those with only private addresses are left out, and one after them is found', async () => {
    expect(await names('hidden.example', false)).toEqual(['m11.hidden.example']);
  });

  test('a private one does not bounce the message while another one cannot be looked up', async () => {
    expect(await names('shy.example', false)).toBe('dns-unavailable');
  });

  test('one that is named twice is one', async () => {
    expect(await names('twice.example')).toEqual(['b.example.org']);
  });

  test('a domain does not bounce while some were not looked up for lack of time', async () => {
    let now = 0;
    const resolved = await resolve('none.example', true, undefined, () => (now += 40_000));
    if (resolved.ok) throw new Error('resolved');
    expect(judge(resolved.failure)).toMatchObject({fate: 'deferred', status: '4.4.3'});
    expect(resolved.failure.description).toBe(
      'none of the first 10 of 15 MX hosts of none.example has an address; the others were not looked up',
    );
  });

  test('a domain with more than a hundred without an address does not bounce, and not all are looked up', async () => {
    const before = server.questions.length;
    expect(await names('endless.example')).toBe('dns-unavailable');
    expect(mxAsked(before)).toBe(100);
  });
});

describe('a relay’s name', () => {
  afterEach(() => {
    vi.restoreAllMocks();
    syncBuiltinESMExports();
  });

  test.each([
    [['ENOTFOUND'], 'error'],
    [['ENODATA'], 'error'],
    [['EAI_AGAIN'], 'timeout'],
    [['ESERVFAIL'], 'timeout'],
    [['ETIMEOUT'], 'timeout'],
    [['EAI_FAIL'], 'timeout'],
    [['ENOTFOUND', 'ENOTFOUND'], 'error'],
    [['ENOTFOUND', 'EAI_AGAIN'], 'timeout'],
  ])('that is looked up as %s is deferred as %s, in words', async (codes, result) => {
    const left = [...codes];
    vi.spyOn(dnsPromises, 'lookup').mockImplementation(() =>
      Promise.reject(Object.assign(new Error('no'), {code: left.shift()})),
    );
    syncBuiltinESMExports();
    const resolved = await resolveRelayHosts(codes.map((_, index) => `smtp${index}.exmaple.net`));
    if (resolved.ok) throw new Error('resolved');
    const {failure} = resolved;
    expect(failure).toMatchObject({stage: 'dns', result});
    for (const [index, code] of codes.entries())
      expect(failure.description).toContain(`smtp${index}.exmaple.net: ${code}`);
    expect(failure.description.startsWith('unknown host name')).toBe(result === 'error');
    expect(judge(failure)).toMatchObject({fate: 'deferred', status: '4.4.3'});
  });
});

test('a relay given by address is not looked up, one given by name is looked up by the system', async () => {
  expect(await resolveRelayHosts(['::1'])).toEqual({
    ok: true,
    hosts: [{host: '::1', addresses: ['::1']}],
    ttlSeconds: 60,
  });
  const resolved = await resolveRelayHosts(['localhost']);
  expect(resolved.ok && resolved.hosts[0]!.addresses).toContain('127.0.0.1');
});

describe('the hosts of a next hop', () => {
  const mxTo = (domain: string) => ({kind: 'mx', domain, security: 'opportunistic'}) as const;
  function remembering() {
    const clock = {nowMs: 1_000_000};
    const now = () => clock.nowMs;
    const policies = new StsPolicies({log: () => {}, now});
    const families = () => bothFamilies;
    const nextHops = new NextHops({policies, now, random: () => 0.5, anywhere: false, families});
    const asked = async (domain: string, more = {}) => {
      const before = server.questions.length;
      const mx = {...settings, nameServers: [server.address], ...more};
      await nextHops.hostsOf(mxTo(domain), mx);
      return server.questions.length > before;
    };
    return {clock, nextHops, asked};
  }

  test('are asked for again when the shortest TTL is over', async () => {
    const {clock, asked} = remembering();
    expect(await asked('example.org')).toBe(true);
    clock.nowMs += 19_999;
    expect(await asked('example.org')).toBe(false);
    clock.nowMs += 1;
    expect(await asked('example.org')).toBe(true);
  });

  test('are asked for again after a minute, however long the TTL', async () => {
    const {clock, asked} = remembering();
    expect(await asked('lasting.example')).toBe(true);
    clock.nowMs += 59_999;
    expect(await asked('lasting.example')).toBe(false);
    clock.nowMs += 1;
    expect(await asked('lasting.example')).toBe(true);
  });

  test('are asked for again at once when something could not be looked up, or nothing was found', async () => {
    const {asked} = remembering();
    for (const domain of ['half.example', 'nowhere.example', 'broken.example']) {
      expect(await asked(domain), domain).toBe(true);
      expect(await asked(domain), domain).toBe(true);
    }
  });

  test('are others under other settings', async () => {
    const {asked} = remembering();
    expect(await asked('example.org')).toBe(true);
    expect(await asked('example.org', {privateAddresses: false})).toBe(true);
  });

  test('are asked for once when several ask at the same time', async () => {
    const {nextHops} = remembering();
    const mx = {...settings, nameServers: [server.address]};
    const before = server.questions.length;
    const [first, second] = await Promise.all([
      nextHops.hostsOf(mxTo('implicit.example'), mx),
      nextHops.hostsOf(mxTo('implicit.example'), mx),
    ]);
    expect(second).toEqual(first);
    expect(server.questions.slice(before).sort()).toEqual([
      'implicit.example A',
      'implicit.example AAAA',
      'implicit.example MX',
    ]);
  });
});
