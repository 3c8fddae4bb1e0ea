// Delivery under DANE, from the lookup over HTTPS to the message at a real SMTP server.

import {X509Certificate} from 'node:crypto';
import type {SMTPServerOptions} from 'smtp-server';
import {afterEach, beforeAll, describe, expect, test} from 'vitest';
import {dnsOf} from '../../../../functions/deliver/next-hop/lookup.ts';
import {certificateOf, fixture} from '../../../fixtures/fixture.ts';
import {tlsaDataOf} from '../../../samples/tlsa.ts';
import type {Zone} from '../../../servers/dns-server.ts';
import {type DohServer, startDohServer} from '../../../servers/doh-server.ts';
import {policyText} from '../../../servers/policy-host.ts';
import {endWorlds, mxHosts, trustFixtures, type WorldOptions, worldOf} from '../mx-world.ts';

beforeAll(trustFixtures);
afterEach(endWorlds);

const own = new X509Certificate(fixture('example.org.crt'));
const authority = new X509Certificate(fixture('authority.crt'));
const issued = {
  ...certificateOf('issued'),
  cert: `${certificateOf('issued').cert}${fixture('authority.crt')}`,
};
const withoutTls = {hideSTARTTLS: true, disabledCommands: ['STARTTLS', 'AUTH']};

const record = (usage: number, selector: number, matchingType: number, certificate = own) => ({
  usage,
  selector,
  matchingType,
  certificate: tlsaDataOf({selector, matchingType}, certificate),
});
type Tlsa = ReturnType<typeof record>;
const wrong = {...record(3, 1, 1), certificate: Buffer.alloc(32, 1)};

/** TLSA records of the MX hosts, and what else the zone has. */
const worldWith = (
  tlsa: Partial<Record<keyof typeof mxHosts, readonly Tlsa[] | 'SERVFAIL'>>,
  options: Omit<WorldOptions, 'signed'> & {readonly zone?: Zone} = {},
) =>
  worldOf({
    ...options,
    signed: port => ({
      ...Object.fromEntries(
        Object.entries(tlsa).map(([host, records]) => [
          `_${port}._tcp.${mxHosts[host as keyof typeof mxHosts]}`,
          records === 'SERVFAIL' ? records : {TLSA: records, secure: true},
        ]),
      ),
      ...options.zone,
    }),
  });

describe('a host with TLSA records', () => {
  test.each([
    [3, 0, 0],
    [3, 0, 1],
    [3, 0, 2],
    [3, 1, 0],
    [3, 1, 1],
    [3, 1, 2],
  ])(
    'that vouch for its certificate (%i %i %i) gets the message, and the result says so',
    async (...type) => {
      const world = await worldWith({good: [wrong, record(...type)]});
      const {level, fate, log, entry} = await world.deliver();
      expect([level, fate, world.received]).toEqual(['info', 'accepted', 1]);
      const facts = {mta: 'mx.example.org', policy: 'dane', verified: true, cipher: {version: 'TLSv1.3'}};
      expect(entry).toMatchObject(facts);
      expect(log).toMatchObject(facts);
    },
  );

  test('that vouch for its certificate need no name in it, at any level', async () => {
    const world = await worldWith({misnamed: [record(3, 1, 1)]}, {mx: ['misnamed']});
    for (const security of ['optional', 'verified'])
      expect((await world.deliver({}, {security})).entry).toMatchObject({result: 'accepted', verified: true});
  });

  test.each(['optional', 'opportunistic', 'required', 'verified'])(
    'that do not defers a message of the level %s',
    async security => {
      const world = await worldWith({good: [wrong, record(3, 1, 1, authority)]});
      const {fate, entry} = await world.deliver({}, {security});
      expect([fate, world.received]).toEqual(['deferred', 0]);
      expect(entry).toMatchObject({
        state: 'starttls',
        status: '4.7.5',
        policy: 'dane',
        verified: false,
        description: 'the certificate is not what the TLSA records say (DANE)',
      });
    },
  );

  test('defers a message when it offers no TLS', async () => {
    const world = await worldWith({good: [record(3, 1, 1)]}, {smtp: withoutTls});
    const {fate, entry} = await world.deliver();
    expect([fate, world.received]).toEqual(['deferred', 0]);
    expect(entry).toMatchObject({state: 'starttls', status: '4.7.5', policy: 'dane'});
  });

  test('that SMTP cannot use gets the message over TLS, with any certificate', async () => {
    const unusable = [record(1, 1, 1), {...record(3, 1, 1), matchingType: 9}];
    const world = await worldWith({misnamed: unusable}, {mx: ['misnamed']});
    expect((await world.deliver()).entry).toMatchObject({
      result: 'accepted',
      policy: 'dane',
      verified: false,
    });
    const clear = await worldWith({misnamed: unusable}, {mx: ['misnamed'], smtp: withoutTls});
    expect(await clear.deliver()).toMatchObject({fate: 'deferred', entry: {state: 'starttls'}});
  });

  test('that could not be looked up is passed over', async () => {
    const world = await worldWith({good: 'SERVFAIL', another: [record(3, 1, 1)]}, {mx: ['good', 'another']});
    expect((await world.deliver()).entry).toMatchObject({result: 'accepted', mta: 'another.example.org'});
    expect(world.connections).toBe(1);
    const alone = await worldWith({good: 'SERVFAIL'});
    expect(await alone.deliver()).toMatchObject({fate: 'deferred', entry: {state: 'dns', status: '4.4.3'}});
    expect(alone.connections).toBe(0);
  });

  test('that fails leaves the message to the next one', async () => {
    const world = await worldWith({misnamed: [wrong], good: [record(3, 1, 1)]}, {mx: ['misnamed', 'good']});
    expect((await world.deliver()).entry).toMatchObject({result: 'accepted', mta: 'mx.example.org'});
  });
});

describe('a host with TLSA records that name an authority', () => {
  const smtp = issued satisfies SMTPServerOptions;

  test.each([
    [2, 0, 0],
    [2, 0, 1],
    [2, 1, 1],
  ])('(%i %i %i) gets the message when that has signed its certificate', async (...type) => {
    const world = await worldWith({good: [record(...type, authority)]}, {smtp});
    expect((await world.deliver()).entry).toMatchObject({result: 'accepted', policy: 'dane', verified: true});
  });

  test('defers it when the certificate is for another name', async () => {
    const world = await worldWith({misnamed: [record(2, 1, 1, authority)]}, {mx: ['misnamed'], smtp});
    const description = 'the certificate is for none of mx.example.net and example.org (DANE)';
    expect(await world.deliver()).toMatchObject({fate: 'deferred', entry: {state: 'starttls', description}});
  });

  test('defers it when the authority has not signed it, or the server does not show that it has', async () => {
    for (const [anchor, options] of [
      [own, smtp],
      [authority, certificateOf('issued')],
    ] as const) {
      const world = await worldWith({good: [record(2, 1, 1, anchor)]}, {smtp: options});
      expect(await world.deliver()).toMatchObject({fate: 'deferred', entry: {state: 'starttls'}});
    }
  });
});

describe('TLSA records count for nothing', () => {
  const asked = (questions: readonly string[]) => questions.filter(each => each.endsWith(' TLSA')).length;

  test.each([
    ['the MX records', {'example.org': {MX: [{exchange: 'mx.example.org', preference: 0}]}}],
    ['the addresses', {'mx.example.org': {A: ['127.0.0.1']}}],
  ])('and are not asked for, when %s are not secure', async (_, zone) => {
    const world = await worldWith({good: [wrong]}, {zone});
    const {fate, entry} = await world.deliver();
    expect([fate, asked(world.dns.questions)]).toEqual(['accepted', 0]);
    expect(entry).not.toHaveProperty('policy');
  });

  test('when they are not secure themselves', async () => {
    const world = await worldOf({signed: port => ({[`_${port}._tcp.mx.example.org`]: {TLSA: [wrong]}})});
    const {fate, entry} = await world.deliver();
    expect([fate, asked(world.dns.questions)]).toEqual(['accepted', 1]);
    expect(entry).not.toHaveProperty('policy');
  });

  test('for a smarthost, and nobody is asked', async () => {
    const world = await worldWith({good: [wrong]});
    const settings = {smarthost: '127.0.0.1', 'smarthost-port': world.smtpPort};
    expect(await world.deliver(settings)).toMatchObject({fate: 'accepted'});
    expect(world.dns.questions).toEqual([]);
  });
});

describe('beside an MTA-STS policy', () => {
  const policy = policyText('mode: enforce', 'mx: mx.example.org', 'mx: mx.example.net');

  test('DANE proves a certificate', async () => {
    const world = await worldWith({misnamed: [record(3, 1, 1)]}, {mx: ['misnamed'], policy});
    expect((await world.deliver()).entry).toMatchObject({result: 'accepted', policy: 'dane', verified: true});
  });

  test('DANE disproves a certificate', async () => {
    const world = await worldWith({good: [wrong]}, {policy});
    expect(await world.deliver()).toMatchObject({
      fate: 'deferred',
      entry: {state: 'starttls', policy: 'dane'},
    });
  });
});

describe('a resolver over HTTPS', () => {
  async function given(zone: Zone = {'example.org': {MX: [{exchange: 'mx.example.org', preference: 5}]}}) {
    const server: DohServer = await startDohServer(zone);
    running.push(server);
    return {server, dns: dnsOf({nameServers: [], resolver: server.address})};
  }
  const running: {close(): void}[] = [];
  afterEach(() => {
    for (const each of running.splice(0)) each.close();
  });

  test('says what there is, for how long, and whether it is secure', async () => {
    const mx = {MX: [{exchange: 'mx.example.org', preference: 5}], ttl: 30};
    const {dns} = await given({'example.org': mx, 'example.net': {...mx, TXT: [['a', 'b']], secure: true}});
    const answer = {exists: true, records: [{exchange: 'mx.example.org', priority: 5}], ttlSeconds: 30};
    expect(await dns.query('example.org', 'MX')).toEqual({...answer, secure: false});
    expect(await dns.query('example.net', 'MX')).toEqual({...answer, secure: true});
    expect((await dns.query('example.net', 'TXT')).records).toEqual([['a', 'b']]);
    expect(await dns.query('example.net', 'A')).toMatchObject({exists: true, records: []});
    expect(await dns.query('example.com', 'MX')).toMatchObject({exists: false, records: []});
  });

  test('is asked over one connection, and over another when that has been lost', async () => {
    const {server, dns} = await given();
    for (const lost of [false, false, true]) {
      if (lost) server.dropAll();
      expect((await dns.query('example.org', 'MX')).records).toHaveLength(1);
    }
    expect(server.connections()).toBe(2);
  });

  test('that has no answer says why', async () => {
    const {server, dns} = await given({'example.org': 'SERVFAIL', 'example.net': 'junk'});
    await expect(dns.query('example.org', 'MX')).rejects.toMatchObject({code: 'SERVFAIL'});
    await expect(dns.query('example.net', 'MX')).rejects.toMatchObject({code: 'EBADRESP'});
    const elsewhere = dnsOf({nameServers: [], resolver: server.address.replace('/dns-query', '/')});
    await expect(elsewhere.query('example.org', 'MX')).rejects.toMatchObject({code: 'HTTP_415'});
  });
});
