// Whether the DNS shows a record: servers of the zone are asked themselves, each on an address of its own of this machine.

import {createPublicKey} from 'node:crypto';
import dgram from 'node:dgram';
import type {AddressInfo} from 'node:net';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {publicationOf} from '../../../cli/dkim/publication.ts';
import {dnsOf} from '../../../functions/deliver/next-hop/lookup.ts';
import {recordNameOf} from '../../../shared/dkim/key-name.ts';
import {dnsRecordOf} from '../../../shared/dkim/private-key.ts';
import {answerTo, type DnsServer, startDnsServer, type Zone} from '../../servers/dns-server.ts';
import {ed25519Key as key, rsaKey} from '../../shared/dkim/keys-under-test.ts';

const name = recordNameOf(key);
const record = {TXT: [[dnsRecordOf(key.privateKey)]]};
const addresses = ['127.0.0.2', '127.0.0.3'];

let resolver: DnsServer;
/** What the resolver knows. */
let known: Zone;
/** What each server of the zone has. */
let zones: readonly Zone[];
let port: number;
let sockets: readonly dgram.Socket[];

async function bound(address: string, zone: Zone, wanted: number): Promise<dgram.Socket> {
  const socket = dgram.createSocket('udp4');
  socket.on('message', (query, peer) => {
    const answer = answerTo(query, zone, []);
    if (answer !== undefined) socket.send(answer, peer.port, peer.address);
  });
  await new Promise<void>(resolve => socket.bind(wanted, address, resolve));
  return socket;
}

beforeEach(async () => {
  known = {
    'example.org': {NS: ['ns1.example.org', 'ns2.example.org']},
    'ns1.example.org': {A: [addresses[0]]},
    'ns2.example.org': {A: [addresses[1]]},
  };
  zones = [{}, {}];
  resolver = await startDnsServer(known);
  const first = await bound(addresses[0]!, zones[0]!, 0);
  port = (first.address() as AddressInfo).port;
  sockets = [first, await bound(addresses[1]!, zones[1]!, port)];
});
afterEach(() => {
  resolver.close();
  for (const socket of sockets) socket.close();
});

const look = (of = key) =>
  publicationOf(of, {
    dns: dnsOf({nameServers: [resolver.address]}),
    signal: new AbortController().signal,
    port,
  });

test('it is published when all servers of the zone show it, whatever a resolver remembers', async () => {
  for (const zone of zones) zone[name] = record;
  expect(await look()).toEqual({isPublished: true, why: '2 name servers of the zone show it'});
});

test('it is not while one of them does not', async () => {
  zones[0]![name] = record;
  known[name] = record;
  expect(await look()).toEqual({
    isPublished: false,
    why: 'the name server ns2.example.org (127.0.0.3) does not show the record yet',
  });
  zones[1]![name] = {TXT: [['v=DKIM1; k=ed25519; p=AAAA']]};
  expect((await look()).why).toContain('ns2.example.org (127.0.0.3) shows another text at its name');
});

test('a server that does not answer is no obstacle beside one that does', async () => {
  zones[0]![name] = record;
  zones[1]![name] = 'SERVFAIL';
  expect(await look()).toEqual({
    isPublished: true,
    why: '1 name server of the zone show it; 1 other did not answer',
  });
});

test.each<[string, () => void]>([
  ['no server of the zone answers', () => zones.map(zone => (zone[name] = 'SERVFAIL'))],
  ['the name is an alias', () => zones.map(zone => (zone[name] = {CNAME: ['key.example.net']}))],
  ['the DNS does not tell the servers', () => delete known['example.org']],
])('where %s, the resolver decides', async (_, arrange) => {
  arrange();
  expect((await look()).isPublished).toBe(false);
  known[name] = record;
  expect(await look()).toEqual({
    isPublished: true,
    why: 'the DNS, as this machine sees it, shows the record',
  });
});

test('an RSA key may be published with blanks, without v=, and as PKCS#1; never as a key of another type', async () => {
  const publish = (...strings: readonly string[]) => {
    for (const zone of zones) zone[recordNameOf(rsaKey)] = {TXT: [strings]};
  };
  const [, spki = ''] = dnsRecordOf(rsaKey.privateKey).split('p=');
  publish(`p=${spki.slice(0, 200)}`, ` ${spki.slice(200)} ;`);
  expect((await look(rsaKey)).isPublished).toBe(true);
  const pkcs1 = createPublicKey(rsaKey.privateKey).export({type: 'pkcs1', format: 'der'}).toString('base64');
  publish('v=DKIM1; p=', pkcs1.slice(0, 250), pkcs1.slice(250));
  expect((await look(rsaKey)).isPublished).toBe(true);
  publish(`k=ed25519; p=${spki.slice(0, 200)}`, spki.slice(200));
  expect((await look(rsaKey)).isPublished).toBe(false);
});
