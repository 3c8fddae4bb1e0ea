// The one HTTP endpoint of the local cloud, on 127.0.0.1 alone: connections, and how they end. It finds the door for
// each request. What the request says is the door's business.

import {createServer, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import type {Door, Reply, Visit} from './door.ts';
import {isOwnHost, refuseWebPage, webPageProblemOf} from './web-page.ts';

export interface Endpoint {
  readonly url: string;
  readonly port: number;
  /** Ends long polls and connections. Settles when nobody is connected any more. */
  close(): Promise<void>;
}

/** How long close() waits for answers that are being written. */
const closeGraceMs = 500;

/** @param port 0 for any free one */
export async function listen(doors: readonly Door[], options: {readonly port: number}): Promise<Endpoint> {
  const calls = new Set<AbortController>();
  const answering = new Set<Promise<void>>();
  let closing = false;
  const isHost = (host: string) => isOwnHost(host) || doors.some(({hosts}) => hosts?.test(nameOf(host)));
  const server = createServer((request, response) => {
    const problem = webPageProblemOf(request, isHost);
    if (problem !== undefined) return refuseWebPage(response, problem);
    const call = new AbortController();
    calls.add(call);
    response.once('close', () => {
      calls.delete(call);
      call.abort();
    });
    const root = `http://${nameOf(request.headers.host ?? '')}/`;
    const {hostname, pathname, searchParams} = URL.parse(request.url ?? '', root) ?? new URL(root);
    const visit: Visit = {request, host: hostname, path: pathname, query: searchParams, signal: call.signal};
    const door = doors.find(each => each.takes(visit)) ?? noDoor;
    const answer = door.reply(visit).then(
      reply => write(response, reply, closing),
      () => {
        response.destroy();
      },
    );
    answering.add(answer);
    void answer.finally(() => answering.delete(answer));
  });
  // Minutes may pass between two requests of an SDK client. A request that takes long is a long poll.
  server.keepAliveTimeout = 120_000;
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({port: options.port, host: '127.0.0.1'}, resolve);
  });
  const {port} = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    async close() {
      if (!server.listening) return;
      const closed = new Promise(resolve => server.close(resolve));
      closing = true;
      for (const call of calls) call.abort();
      const overdue = setTimeout(() => server.closeAllConnections(), closeGraceMs);
      await Promise.all(answering);
      server.closeIdleConnections();
      await closed;
      clearTimeout(overdue);
    },
  };
}

/** A host without its port. */
const nameOf = (host: string): string => host.replace(/:\d+$/, '').toLowerCase();

const noDoor: Pick<Door, 'reply'> = {
  reply: async () => ({status: 404, headers: {'content-type': 'text/plain'}, body: 'nothing is here\n'}),
};

async function write(response: ServerResponse, reply: Reply, last: boolean): Promise<void> {
  if (response.destroyed) return;
  const written = new Promise<void>(resolve => response.once('close', resolve));
  const headers = {...reply.headers, 'content-length': String(Buffer.byteLength(reply.body))};
  response.writeHead(reply.status, last ? {...headers, connection: 'close'} : headers);
  response.end(reply.body);
  await written;
}
