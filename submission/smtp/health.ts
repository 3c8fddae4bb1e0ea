// GET /health: whether this server takes mail, for whoever keeps it running.

import {once} from 'node:events';
import {createServer, type Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import type {State} from './submission-server.ts';

export interface Health {
  readonly isDraining: boolean;
  readonly state: State;
}

/** @throws what listening throws */
export async function startHealth(
  {host, port}: {readonly host: string; readonly port: number},
  health: () => Health,
): Promise<{readonly address: AddressInfo; close(): void}> {
  const server: Server = createServer(
    {requestTimeout: 5_000, keepAliveTimeout: 1_000},
    (request, response) => {
      request.resume();
      const isHealth = request.url === '/health' && (request.method === 'GET' || request.method === 'HEAD');
      const {isDraining, state} = health();
      const status = isHealth ? (isDraining ? 503 : 200) : 404;
      const body = isHealth ? {status: isDraining ? 'draining' : 'ok', ...state} : {};
      response.writeHead(status, {'content-type': 'application/json', 'cache-control': 'no-store'});
      response.end(request.method === 'HEAD' ? undefined : JSON.stringify(body));
    },
  );
  server.maxConnections = 100;
  server.listen(port, host);
  await once(server, 'listening');
  return {
    address: server.address() as AddressInfo,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
