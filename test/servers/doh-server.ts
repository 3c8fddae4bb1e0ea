// A DNS server on 127.0.0.1, over HTTPS (RFC 8484) in HTTP/2 only, with a test's zone.

import {once} from 'node:events';
import {createSecureServer, type ServerHttp2Session} from 'node:http2';
import type {AddressInfo} from 'node:net';
import {certificateOf} from '../fixtures/fixture.ts';
import {answerTo, type DnsServer, type Zone} from './dns-server.ts';

export interface DohServer extends DnsServer {
  /** Connections so far. */
  readonly connections: () => number;
  /** Breaks all connections, as they are after a function was frozen. */
  dropAll(): void;
}

export async function startDohServer(zone: Zone): Promise<DohServer> {
  const questions: string[] = [];
  const sessions = new Set<ServerHttp2Session>();
  let connections = 0;
  const server = createSecureServer(certificateOf('localhost'), async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const fits = request.method === 'POST' && request.headers['content-type'] === 'application/dns-message';
    if (!fits || request.url !== '/dns-query') return void response.writeHead(415).end();
    const answer = answerTo(Buffer.concat(chunks), zone, questions);
    if (answer !== undefined)
      response.writeHead(200, {'content-type': 'application/dns-message'}).end(answer);
  });
  server.on('session', session => {
    connections += 1;
    sessions.add(session);
    session.on('close', () => sessions.delete(session));
  });
  const dropAll = () => {
    for (const session of sessions) session.destroy();
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `https://localhost:${(server.address() as AddressInfo).port}/dns-query`,
    questions,
    connections: () => connections,
    dropAll,
    close() {
      server.close();
      dropAll();
    },
  };
}
