// A DNS server on 127.0.0.1 with the zone that a test gives it, over UDP.

import dgram from 'node:dgram';
import type {AddressInfo} from 'node:net';
import packet from 'dns-packet';

type Type = 'MX' | 'A' | 'AAAA' | 'TXT';
/**
 * Records by name and type, looked at anew for each question. A name that is absent does not exist; `SERVFAIL` and
 * `silence` are what they say; a `ttl` other than 60 goes with the records of its name.
 */
export type Zone = Record<
  string,
  (Partial<Record<Type, readonly unknown[]>> & {readonly ttl?: number}) | 'SERVFAIL' | 'silence'
>;

const rcodes = {NOERROR: 0, SERVFAIL: 2, NXDOMAIN: 3};

export interface DnsServer {
  /** `127.0.0.1:port` */
  readonly address: string;
  readonly questions: readonly string[];
  close(): void;
}

export async function startDnsServer(zone: Zone): Promise<DnsServer> {
  const questions: string[] = [];
  const socket = dgram.createSocket('udp4');
  socket.on('message', (query, peer) => {
    const {id, questions: [question] = []} = packet.decode(query);
    if (question === undefined) return;
    const {name, type} = question;
    questions.push(`${name} ${type}`);
    const records = zone[name.toLowerCase()];
    if (records === 'silence') return;
    const rcode = records === undefined ? 'NXDOMAIN' : records === 'SERVFAIL' ? 'SERVFAIL' : 'NOERROR';
    const found = typeof records === 'object' ? (records[type as Type] ?? []) : [];
    const {ttl = 60} = typeof records === 'object' ? records : {};
    const answers = found.map(data => ({name, type, ttl, class: 'IN', data}) as packet.Answer);
    const flags = packet.RECURSION_DESIRED | packet.RECURSION_AVAILABLE | rcodes[rcode];
    socket.send(
      packet.encode({type: 'response', id: id ?? 0, flags, questions: [question], answers}),
      peer.port,
      peer.address,
    );
  });
  await new Promise<void>(resolve => socket.bind(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(socket.address() as AddressInfo).port}`,
    questions,
    close: () => socket.close(),
  };
}
