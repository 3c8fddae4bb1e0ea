// A DNS server on 127.0.0.1, over UDP, with a test's zone.

import dgram from 'node:dgram';
import type {AddressInfo} from 'node:net';
import packet from 'dns-packet';

type Type = 'MX' | 'A' | 'AAAA' | 'TXT' | 'TLSA' | 'CNAME' | 'PTR' | 'NS';
/**
 * Records by name and type; a test may change them at any time. A name that is absent does not exist. `junk` answers
 * with something that is no DNS message. `ttl` is 60 where nothing else is said; `secure` means that DNSSEC has
 * proved them.
 */
export type Zone = Record<
  string,
  | (Partial<Record<Type, readonly unknown[]>> & {readonly ttl?: number; readonly secure?: boolean})
  | 'SERVFAIL'
  | 'silence'
  | 'junk'
>;

const rcodes = {NOERROR: 0, SERVFAIL: 2, NXDOMAIN: 3};

export interface DnsServer {
  /** `127.0.0.1:port`, or the URL of one that is asked over HTTPS. */
  readonly address: string;
  readonly questions: readonly string[];
  close(): void;
}

/** What such a server answers to a query, if anything; it notes the question. */
export function answerTo(query: Buffer, zone: Zone, questions: string[]): Buffer | undefined {
  const {id, questions: [question] = []} = packet.decode(query);
  if (question === undefined) return undefined;
  const {name, type} = question;
  questions.push(`${name} ${type}`);
  const records = zone[name.toLowerCase()];
  if (records === 'silence') return undefined;
  if (records === 'junk') return Buffer.from('junk');
  const rcode = records === undefined ? 'NXDOMAIN' : records === 'SERVFAIL' ? 'SERVFAIL' : 'NOERROR';
  const known = typeof records === 'object' ? records : {};
  const {ttl = 60, secure = false} = known;
  const answers = (known[type as Type] ?? []).map(data => ({name, type, ttl, class: 'IN', data}));
  const flags = packet.RECURSION_DESIRED | packet.RECURSION_AVAILABLE | rcodes[rcode];
  return packet.encode({
    type: 'response',
    id: id ?? 0,
    flags: secure ? flags | packet.AUTHENTIC_DATA : flags,
    questions: [question],
    answers: answers as packet.Answer[],
  });
}

export async function startDnsServer(zone: Zone): Promise<DnsServer> {
  const questions: string[] = [];
  const socket = dgram.createSocket('udp4');
  socket.on('message', (query, peer) => {
    const answer = answerTo(query, zone, questions);
    if (answer !== undefined) socket.send(answer, peer.port, peer.address);
  });
  await new Promise<void>(resolve => socket.bind(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(socket.address() as AddressInfo).port}`,
    questions,
    close: () => socket.close(),
  };
}
