// A resolver that is asked over HTTPS (RFC 8484), in HTTP/2, which some insist on. It validates DNSSEC and sets the
// AD bit on what is secure. Under TLS nobody on the way can have set it (RFC 4035 4.9.3).

import type {ClientHttp2Session} from 'node:http2';
import packet from 'dns-packet';
import type {Dns, DnsAnswer, RecordData} from './dns.ts';

const mediaType = 'application/dns-message';
/** The most that a DNS message can have. */
const maxOctets = 65_535;
const timeoutMs = 5_000;
/** A kept connection may be gone without notice, so that a question is asked twice. */
const tries = 2;
/** Lookups come in bursts. A connection that is idle for longer may not survive a freeze. */
const idleMs = 10_000;

/** The data of a record of each type, from what dns-packet makes of it. */
const dataOf: {readonly [T in keyof RecordData]: (data: unknown) => RecordData[T]} = {
  A: data => data as string,
  AAAA: data => data as string,
  MX: data => {
    const {exchange, preference = 0} = data as packet.MxData;
    return {exchange, priority: preference};
  },
  TXT: data => [data].flat().map(String),
  TLSA: data => {
    const {usage, selector, matchingType, certificate} = data as packet.TlsaData;
    return {usage, selector, matchingType, data: certificate.toString('hex')};
  },
  CNAME: data => data as string,
  PTR: data => data as string,
  NS: data => data as string,
};

export class DnsOverHttps implements Dns {
  readonly #url: URL;
  #session: Promise<ClientHttp2Session> | undefined;

  constructor(url: string) {
    this.#url = new URL(url);
  }

  async query<T extends keyof RecordData>(name: string, type: T): Promise<DnsAnswer<RecordData[T]>> {
    const question = packet.encode({
      type: 'query',
      // RFC 8484 4.1: the same question, the same octets.
      id: 0,
      flags: packet.RECURSION_DESIRED,
      questions: [{name, type}],
      additionals: [
        {
          type: 'OPT',
          name: '.',
          udpPayloadSize: maxOctets,
          extendedRcode: 0,
          ednsVersion: 0,
          flags: packet.DNSSEC_OK,
          flag_do: true,
          options: [],
        },
      ],
    });
    const {rcode, answers = [], flag_ad: secure} = decoded(await this.#ask(question));
    if (rcode !== 'NOERROR' && rcode !== 'NXDOMAIN') throw withCode(rcode);
    const found = answers.filter(answer => answer.type === type) as readonly {ttl?: number; data: unknown}[];
    return {
      exists: rcode === 'NOERROR',
      records: found.map(({data}) => dataOf[type](data)),
      ttlSeconds: Math.min(...found.map(({ttl = 0}) => ttl)),
      secure,
    };
  }

  cancel(): void {
    void this.#session?.then(session => session.destroy());
  }

  async #ask(question: Buffer): Promise<Buffer> {
    for (let left = tries - 1; ; left -= 1) {
      this.#session ??= connect(this.#url);
      const current = this.#session;
      const session = await current;
      try {
        return await post(session, this.#url, question);
      } catch (error) {
        session.destroy();
        if (this.#session === current) this.#session = undefined;
        if (left === 0) throw error;
      }
    }
  }
}

async function connect(url: URL): Promise<ClientHttp2Session> {
  // It is loaded when it is needed: few stages need it, and it would slow down every cold start.
  const {connect: open} = await import('node:http2');
  const session = open(url);
  // The request on it fails, too, and tells the caller.
  session.on('error', () => {});
  session.setTimeout(idleMs, () => session.close());
  return session;
}

async function post(session: ClientHttp2Session, {pathname, search}: URL, question: Buffer): Promise<Buffer> {
  const headers = {accept: mediaType, 'content-type': mediaType, 'content-length': question.length};
  const stream = session.request(
    {':method': 'POST', ':path': pathname + search, ...headers},
    {signal: AbortSignal.timeout(timeoutMs)},
  );
  let status: number | undefined;
  stream.on('response', response => {
    status = response[':status'];
  });
  stream.end(question);
  const chunks: Buffer[] = [];
  let octets = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    octets += chunk.length;
    if (octets > maxOctets) throw withCode('TOO_LARGE');
    chunks.push(chunk);
  }
  if (status !== 200) throw withCode(`HTTP_${status}`);
  return Buffer.concat(chunks);
}

/** dns-packet sets these, too, though its types do not say so. */
type Decoded = packet.DecodedPacket & {readonly rcode: string; readonly flag_ad: boolean};

function decoded(octets: Buffer): Decoded {
  try {
    return packet.decode(octets) as Decoded;
  } catch {
    // The name that c-ares has for it.
    throw withCode('EBADRESP');
  }
}

const withCode = (code: string): Error => Object.assign(new Error(code), {code});
