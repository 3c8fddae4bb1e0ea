// The one HTTP endpoint that all local services share, on 127.0.0.1 alone: connections, and how they end. What
// a request says and how an answer looks is reply.ts's affair, what it means the service's.

import {createServer, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {AwsError} from './aws-error.ts';
import {type Reply, replyTo} from './reply.ts';
import {refuseWebPage, webPageProblemOf} from './web-page.ts';

export {AwsError};

export interface AwsRequest {
  /** `sqs`, `ssm`…: the name under which the service was given to listen(). */
  readonly service: string;
  readonly operation: string;
  readonly input: Record<string, unknown>;
  /** Who asks, according to the signature; empty for an anonymous request. */
  readonly accessKeyId: string;
  /** Of temporary credentials: it differs from one execution environment to the next; empty without. */
  readonly sessionToken: string;
  /** The X-Ray trace that the call belongs to: the SDK passes on that of the invocation; empty without. */
  readonly traceHeader: string;
  /** Aborted when the client went away or the endpoint closes. */
  readonly signal: AbortSignal;
}

/** The older protocol of a service that still has one: a form comes in, XML goes out. */
export interface QueryCodec {
  inputOf(form: URLSearchParams, path: string): Record<string, unknown>;
  answerOf(operation: string, output: Record<string, unknown>, requestId: string): string;
  errorOf(error: AwsError, requestId: string): string;
}

export interface AwsService {
  (request: AwsRequest): Promise<Record<string, unknown>>;
  /** Where its error shapes live, as `com.amazonaws.sqs`; without, errors have bare names. */
  readonly namespace?: string;
  readonly query?: QueryCodec;
}

/** What the endpoint answers beside AWS's services. */
export type Page = (request: {readonly method: string; readonly body: string}) => Reply;

export interface ListenOptions {
  /** 0 for any free one. */
  readonly port: number;
  /** Runs before each operation: it may wait, or throw an AwsError for the client. */
  readonly before?: (request: AwsRequest) => Promise<void> | void;
  /** By path. */
  readonly pages?: Readonly<Record<string, Page>>;
}

export interface Endpoint {
  readonly url: string;
  readonly port: number;
  /** Ends long polls and connections; settles when nobody is connected any more. */
  close(): Promise<void>;
}

/** How long close() waits for answers that are being written. */
const closeGraceMs = 500;

export async function listen(
  services: Readonly<Record<string, AwsService>>,
  options: ListenOptions,
): Promise<Endpoint> {
  const calls = new Set<AbortController>();
  const answering = new Set<Promise<void>>();
  let closing = false;
  const server = createServer((request, response) => {
    const problem = webPageProblemOf(request);
    if (problem !== undefined) return refuseWebPage(response, problem);
    const call = new AbortController();
    calls.add(call);
    response.once('close', () => {
      calls.delete(call);
      call.abort();
    });
    const {before, pages} = options;
    const answer = replyTo(request, {services, signal: call.signal, before, pages}).then(
      reply => write(response, reply, closing),
      () => {
        response.destroy();
      },
    );
    answering.add(answer);
    void answer.finally(() => answering.delete(answer));
  });
  // Between the requests of an SDK client minutes may pass; a request that takes long is a long poll.
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

async function write(response: ServerResponse, reply: Reply, last: boolean): Promise<void> {
  if (response.destroyed) return;
  const written = new Promise<void>(resolve => response.once('close', resolve));
  const headers = {...reply.headers, 'content-length': String(Buffer.byteLength(reply.body))};
  response.writeHead(reply.status, last ? {...headers, connection: 'close'} : headers);
  response.end(reply.body);
  await written;
}
