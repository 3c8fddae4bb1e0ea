// The next hop as `relayq explain` looks at it: what MTA-STS and DANE ask for.

import {afterEach, expect, test} from 'vitest';
import {hostsStep} from '../../../cli/explain/hosts-step.ts';
import {lookAtNextHop} from '../../../cli/explain/next-hop-look.ts';
import {tlsStep} from '../../../cli/explain/tls-step.ts';
import {resolveDestination} from '../../../shared/delivery/destination.ts';
import {trustFixtures} from '../../functions/deliver/mx-world.ts';
import {message, settings} from '../../samples/messages.ts';
import {startDnsServer, type Zone} from '../../servers/dns-server.ts';
import {startDohServer} from '../../servers/doh-server.ts';
import {type PolicyAnswer, policyText, startPolicyHost} from '../../servers/policy-host.ts';

trustFixtures();
const running: {close(): void}[] = [];
afterEach(() => {
  for (const each of running.splice(0)) each.close();
});

const zone: Zone = {
  'example.org': {
    MX: [
      {exchange: 'mx.example.org', preference: 1},
      {exchange: 'mx.example.net', preference: 2},
    ],
    secure: true,
  },
  'mx.example.org': {A: ['127.0.0.1'], secure: true},
  'mx.example.net': {A: ['127.0.0.1'], secure: true},
  '_mta-sts.example.org': {TXT: [['v=STSv1; id=1;']]},
  'mta-sts.example.org': {A: ['127.0.0.1']},
};

async function steps(policy: PolicyAnswer, more: Readonly<Record<string, string>>, dnsOf = startDnsServer) {
  const dns = await dnsOf({
    ...zone,
    '_25._tcp.mx.example.org': {
      TLSA: [{usage: 3, selector: 1, matchingType: 1, certificate: Buffer.from('00'.repeat(32), 'hex')}],
      secure: true,
    },
  });
  const host = await startPolicyHost(policy);
  running.push(dns, host);
  const where: Record<string, string> =
    dnsOf === startDnsServer ? {'mx-name-servers': dns.address} : {'mx-resolver': dns.address};
  const stage = settings({...where, 'mx-private-addresses': 'allowed', ...more});
  const mail = message();
  const destination = resolveDestination(mail, stage);
  const {nextHop: hop} = destination;
  const look = await lookAtNextHop(destination, stage, {
    anywhere: true,
    withinMs: 20_000,
    now: Date.now,
    random: Math.random,
    httpsPort: host.port,
  });
  return {
    hosts: hostsStep(hop, look, true),
    tls: tlsStep({hop, message: mail, settings: stage}, look),
    requests: host.requests,
  };
}

test('an enforced policy asks for a verified certificate, and leaves out hosts that it does not list', async () => {
  const {hosts, tls} = await steps(policyText('mode: enforce', 'mx: mx.example.org'), {});
  expect(tls.data).toMatchObject({
    level: 'verified',
    mtaSts: {mode: 'enforce', mx: ['mx.example.org']},
    targets: [{host: 'mx.example.org', security: 'verified'}],
  });
  expect(tls.facts[0]).toMatchObject({is: 'verified', why: 'the MTA-STS policy of the domain is enforced'});
  expect(hosts.data.hosts).toMatchObject([
    {host: 'mx.example.org', used: true},
    {host: 'mx.example.net', used: false, why: expect.stringContaining('does not list it')},
  ]);
  expect(hosts.facts.at(-1)).toMatchObject({
    is: expect.stringMatching(/^from this machine, of 127\.0\.0\.1:/),
  });
});

test('a policy that cannot be fetched is told, and one that the settings ignore is not asked for', async () => {
  const {tls} = await steps({status: 404}, {});
  expect(tls.data).toMatchObject({level: 'opportunistic', mtaSts: null, mtaStsProblem: 'status 404'});
  const ignored = await steps(policyText('mode: enforce', 'mx: x.example'), {'mx-mta-sts': 'ignored'});
  expect(ignored.requests).toEqual([]);
  expect(ignored.tls.facts).toContainEqual({what: 'MTA-STS', is: 'not looked at', why: 'mx-mta-sts says so'});
});

test('TLSA records that DNSSEC proves are what the certificate is held to', async () => {
  const {tls} = await steps({status: 404}, {}, startDohServer);
  expect(tls.data.targets).toMatchObject([
    {host: 'mx.example.org', tlsaRecords: 1},
    {host: 'mx.example.net'},
  ]);
  expect(tls.facts).toContainEqual({what: 'DANE', is: 'TLSA records: mx.example.org (1)'});
});

test('of a stage in AWS, whose functions may have no IPv6, IPv6 addresses are shown with what becomes of them', async () => {
  const ipv6 = async (addresses: Zone[string]) => {
    const dns = await startDnsServer({'example.org': addresses});
    running.push(dns);
    const stage = settings({'mx-name-servers': dns.address, 'mx-mta-sts': 'ignored'});
    const destination = resolveDestination(message(), stage);
    const look = await lookAtNextHop(destination, stage, {
      anywhere: false,
      withinMs: 20_000,
      now: Date.now,
      random: Math.random,
    });
    return hostsStep(destination.nextHop, look, true).facts.find(({what}) => what === 'IPv6')?.is;
  };
  expect(await ipv6({A: ['8.8.4.4']})).toBeUndefined();
  expect(await ipv6({A: ['8.8.4.4'], AAAA: ['2606:4700::1']})).toContain('leave out the IPv6 addresses');
  expect(await ipv6({AAAA: ['2606:4700::1']})).toContain('IPv6 addresses only');
});
