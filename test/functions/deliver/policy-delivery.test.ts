// Delivery under MTA-STS policies, from the MX lookup to the message at a real SMTP server.

import type {SMTPServerOptions} from 'smtp-server';
import {afterEach, beforeAll, describe, expect, test} from 'vitest';
import {policyText} from '../../servers/policy-host.ts';
import {endWorlds, trustFixtures, type WorldOptions, worldOf as worldWith} from './mx-world.ts';

beforeAll(trustFixtures);
afterEach(endWorlds);

const worldOf = (policy: string | undefined, mx?: WorldOptions['mx'], smtp: SMTPServerOptions = {}) =>
  worldWith({policy, smtp, ...(mx && {mx})});
const policy = (mode: string, ...mx: string[]) =>
  policyText(`mode: ${mode}`, ...mx.map(host => `mx: ${host}`));
const withoutTls = {hideSTARTTLS: true, disabledCommands: ['STARTTLS', 'AUTH']};

describe('under a policy that is enforced', () => {
  const enforced = policy('enforce', '*.example.org', 'mx.example.net');

  test('a message goes over verified TLS to a host of the policy, and the result says so', async () => {
    const world = await worldOf(enforced);
    const {level, fate, log, entry} = await world.deliver();
    expect([level, fate, world.received]).toEqual(['info', 'accepted', 1]);
    const facts = {mta: 'mx.example.org', policy: 'mta-sts', verified: true, cipher: {version: 'TLSv1.3'}};
    expect(entry).toMatchObject(facts);
    expect(log).toMatchObject(facts);
  });

  test('hosts that are not in the policy are left out', async () => {
    const world = await worldOf(policy('enforce', 'another.example.org'), ['good', 'misnamed', 'another']);
    expect((await world.deliver()).entry).toMatchObject({result: 'accepted', mta: 'another.example.org'});
    expect(world.connections).toBe(1);
  });

  test('a message is deferred, without a connection, when none of the hosts is in the policy', async () => {
    const world = await worldOf(policy('enforce', 'mx.elsewhere.example'), ['good', 'another']);
    const {fate, entry} = await world.deliver();
    expect([fate, world.connections]).toEqual(['deferred', 0]);
    expect(entry).toMatchObject({
      state: 'dns',
      result: 'error',
      status: '4.7.5',
      description: 'no MX host of example.org is in its MTA-STS policy: mx.example.org, another.example.org',
    });
  });

  test.each(['optional', 'opportunistic', 'required', 'verified'])(
    'a certificate for another name defers a message of the level %s',
    async security => {
      const world = await worldOf(enforced, ['misnamed']);
      const {fate, entry} = await world.deliver({}, {security});
      expect([fate, world.received]).toEqual(['deferred', 0]);
      expect(entry).toMatchObject({state: 'starttls', status: '4.7.5', policy: 'mta-sts'});
    },
  );

  test('a host without TLS defers a message', async () => {
    const world = await worldOf(enforced, ['good'], withoutTls);
    const {fate, entry} = await world.deliver();
    expect([fate, world.received]).toEqual(['deferred', 0]);
    expect(entry).toMatchObject({state: 'starttls', status: '4.7.5', policy: 'mta-sts'});
  });

  test('the next host of the policy takes the message when the first one is not fit for it', async () => {
    const world = await worldOf(enforced, ['misnamed', 'good']);
    const {entry} = await world.deliver();
    expect(entry).toMatchObject({result: 'accepted', mta: 'mx.example.org', verified: true});
  });

  test('a host that the policy refuses holds up no mail that goes there without the policy', async () => {
    const world = await worldOf(enforced, ['misnamed']);
    expect(await world.deliver()).toMatchObject({fate: 'deferred', entry: {state: 'starttls'}});
    expect(await world.deliver({'mx-mta-sts': 'ignored'})).toMatchObject({fate: 'accepted'});
  });

  test('a connection that was made without the policy is not used', async () => {
    const world = await worldOf(enforced);
    expect((await world.deliver({'mx-mta-sts': 'ignored'})).entry).toMatchObject({messages: 1});
    expect((await world.deliver()).entry).toMatchObject({messages: 1, policy: 'mta-sts'});
    expect((await world.deliver()).entry).toMatchObject({messages: 2, policy: 'mta-sts'});
  });
});

describe('under a policy in testing', () => {
  test('a message that would have gone through says nothing more', async () => {
    const world = await worldOf(policy('testing', 'mx.example.org'));
    const {level, entry} = await world.deliver();
    expect(level).toBe('info');
    expect(entry).toMatchObject({result: 'accepted', policy: 'mta-sts-testing'});
    expect(entry).not.toHaveProperty('policyfailure');
  });

  test.each([
    ['another.example.org', 'good', {}, 'the host is not in the policy'],
    ['mx.example.net', 'misnamed', {}, 'the certificate is not valid for the host'],
    ['mx.example.org', 'good', withoutTls, 'the connection is not encrypted'],
  ] as const)(
    'that lists %s, a message goes to the %s host with %j and a warning: %s',
    async (listed, mx, smtp, failure) => {
      const world = await worldOf(policy('testing', listed), [mx], {...smtp} as SMTPServerOptions);
      const {level, fate, log, entry} = await world.deliver();
      expect([level, fate, world.received]).toEqual(['warn', 'accepted', 1]);
      expect(log).toMatchObject({policy: 'mta-sts-testing', policyfailure: failure});
      expect(entry).toMatchObject({policy: 'mta-sts-testing', policyfailure: failure});
    },
  );
});

describe('a message goes as if there were no policy', () => {
  test.each<[string, string | undefined, Record<string, string>]>([
    ['when there is none', undefined, {}],
    ['when it cannot be fetched', 'no policy', {}],
    ['when it is withdrawn', policy('none'), {}],
    ['when the settings say so', policy('enforce', 'mx.elsewhere.example'), {'mx-mta-sts': 'ignored'}],
  ])('%s', async (_, text, settings) => {
    const world = await worldOf(text, ['misnamed'], withoutTls);
    const {level, fate, entry} = await world.deliver(settings);
    expect([level, fate, world.received]).toEqual(['info', 'accepted', 1]);
    expect(entry).not.toHaveProperty('policy');
    if (settings['mx-mta-sts'])
      expect(world.dns.questions.filter(asked => asked.endsWith('TXT'))).toEqual([]);
  });

  test.each(['smarthost', 'sink'])('to a %s, and neither DNS nor policy host is asked', async which => {
    const world = await worldOf(policy('enforce', 'mx.elsewhere.example'));
    const settings =
      which === 'sink'
        ? {'smtp-sink-ip': '127.0.0.1', 'smtp-sink-port': world.smtpPort}
        : {smarthost: '127.0.0.1', 'smarthost-port': world.smtpPort};
    expect(await world.deliver(settings)).toMatchObject({fate: 'accepted', entry: {mta: '127.0.0.1'}});
    expect(world.received).toBe(1);
    expect([world.dns.questions, world.policyHost.requests]).toEqual([[], []]);
  });
});
