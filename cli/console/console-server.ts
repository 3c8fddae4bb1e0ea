// The HTTP server of the console, on 127.0.0.1 alone: connections, their limits, and how they end.

import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import type {Context} from '../command/context.ts';
import {problemReply} from './console-problem.ts';
import {ConsoleState} from './console-state.ts';
import {FrontDoor} from './front-door.ts';
import {Keys} from './keys.ts';
import type {PageFiles} from './page-files.ts';
import {commonHeaders, type Reply} from './reply.ts';

export interface ConsoleOptions {
  /** What the command has; its clients are not used. */
  readonly context: Context;
  /** Undefined for the usual one, or any where that is in use; 0 for any. */
  readonly port: number | undefined;
  readonly page: PageFiles;
}

export interface RunningConsole {
  readonly port: number;
  /** To be opened in a browser. It holds what lets a person in. */
  readonly address: string;
  close(): Promise<void>;
}

const usualPort = 4580;
const mostConnections = 200;
/** How long close() waits for answers that are being written. */
const closeGraceMs = 500;

export async function startConsole({context, port, page}: ConsoleOptions): Promise<RunningConsole> {
  const closing = new AbortController();
  const signal = AbortSignal.any([context.signal, closing.signal]);
  const state = new ConsoleState({...context, signal});
  let door: FrontDoor | undefined;
  const server = createServer((request, response) => {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    void door!
      .reply(request, gone.signal)
      .catch(problemReply)
      .then(reply => write(request, response, reply));
  });
  server.maxConnections = mostConnections;
  server.headersTimeout = 10_000;
  server.requestTimeout = 30_000;
  const listen = (at: number) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({port: at, host: '127.0.0.1'}, () => {
        server.off('error', reject);
        resolve();
      });
    });
  try {
    await listen(port ?? usualPort).catch(async (error: NodeJS.ErrnoException) => {
      if (port !== undefined || error.code !== 'EADDRINUSE') throw inWords(error, port ?? usualPort);
      await listen(0);
    });
  } catch (error) {
    state.close();
    throw error;
  }
  const {port: bound} = server.address() as AddressInfo;
  const keys = new Keys(bound);
  door = new FrontDoor({state, keys, page, port: bound, now: context.now});
  return {
    port: bound,
    address: `http://127.0.0.1:${bound}/#${keys.token}`,
    async close() {
      const closed = new Promise(resolve => server.close(resolve));
      closing.abort();
      server.closeIdleConnections();
      const overdue = setTimeout(() => server.closeAllConnections(), closeGraceMs);
      await closed;
      clearTimeout(overdue);
      state.close();
    },
  };
}

const inWords = (error: NodeJS.ErrnoException, port: number): Error =>
  error.code === 'EADDRINUSE'
    ? new Error(`port ${port} is in use: choose another with --port`, {cause: error})
    : error;

function write(request: IncomingMessage, response: ServerResponse, {status, headers, body}: Reply): void {
  if (response.destroyed) return;
  // What of the request has not been read is not wanted.
  response.writeHead(status, {
    ...commonHeaders,
    ...headers,
    'content-length': String(Buffer.byteLength(body)),
    ...(!request.complete && {connection: 'close'}),
  });
  response.end(body);
}
