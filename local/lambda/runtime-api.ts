// The Lambda Runtime API of one execution environment (version 2018-06-01, "Using the Lambda runtime API for custom
// runtimes"). It carries invocations in and outcomes out.

import {once} from 'node:events';
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {refuseWebPage, webPageProblemOf} from '../endpoint/web-page.ts';
import {type FunctionError, maximumPayloadOctets, responseTooLarge} from './function-error.ts';

interface RuntimeRequest {
  readonly requestId: string;
  readonly deadlineMs: number;
  readonly functionArn: string;
  readonly traceId: string;
  readonly payload: string;
  /** How far the cloud's clock is ahead; undefined for that of the machine. */
  readonly aheadMs: number | undefined;
}

interface RuntimeEvents {
  /** The runtime asked for an invocation: it is ready for one, and done with the one before. */
  readonly onNext: () => void;
  readonly onResponse: (requestId: string, payload: string) => void;
  readonly onError: (requestId: string, error: FunctionError) => void;
  readonly onInitError: (error: FunctionError) => void;
}

export interface RuntimeApi {
  /** For AWS_LAMBDA_RUNTIME_API. */
  readonly address: string;
  /** Sets who is told what the runtime says. This must happen before the runtime starts. */
  serve(events: RuntimeEvents): void;
  /** Answers the runtime's request for an invocation. */
  send(request: RuntimeRequest): void;
  close(): void;
}

const root = '/2018-06-01/runtime';

export async function startRuntimeApi(): Promise<RuntimeApi> {
  let events: RuntimeEvents | undefined;
  let waiting: ServerResponse | undefined;
  let current: string | undefined;

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url ?? '';
    if (request.method === 'GET' && path === `${root}/invocation/next`) {
      waiting = response;
      events?.onNext();
      return;
    }
    const [, requestId, outcome] =
      new RegExp(`^${root}/invocation/([^/]+)/(response|error)$`).exec(path) ?? [];
    const isInitError = path === `${root}/init/error`;
    if (request.method !== 'POST' || (!isInitError && requestId === undefined)) {
      return reply(response, 404, {errorType: 'InvalidPath', errorMessage: `${request.method} ${path}`});
    }
    const body = await bodyOf(request);
    if (isInitError) {
      events?.onInitError(errorOf(body));
    } else if (requestId === undefined || requestId !== current) {
      return reply(response, 400, {errorType: 'InvalidRequestID', errorMessage: `unknown ${requestId}`});
    } else if (body === undefined) {
      events?.onError(requestId, responseTooLarge);
      return reply(response, 413, responseTooLarge);
    } else if (outcome === 'error') {
      events?.onError(requestId, errorOf(body));
    } else {
      events?.onResponse(requestId, body);
    }
    reply(response, 202, {status: 'OK'});
  };

  const server = createServer((request, response) => {
    const problem = webPageProblemOf(request);
    if (problem !== undefined) return refuseWebPage(response, problem);
    // The runtime ended while it was sending. Its exit says more than this error.
    answer(request, response).catch(() => response.destroy());
  });
  // The runtime's only connection is idle while the handler runs.
  server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const {port} = server.address() as AddressInfo;

  return {
    address: `127.0.0.1:${port}`,
    serve(listener) {
      events = listener;
    },
    send({requestId, deadlineMs, functionArn, traceId, payload, aheadMs}) {
      if (waiting === undefined) throw new Error('the runtime has not asked for an invocation');
      current = requestId;
      waiting.writeHead(200, {
        'Content-Type': 'application/json',
        'Content-Length': Buffer.byteLength(payload),
        'Lambda-Runtime-Aws-Request-Id': requestId,
        'Lambda-Runtime-Deadline-Ms': String(deadlineMs),
        'Lambda-Runtime-Invoked-Function-Arn': functionArn,
        'Lambda-Runtime-Trace-Id': traceId,
        ...(aheadMs !== undefined && {'Relayq-Clock-Ahead-Ms': String(aheadMs)}),
      });
      waiting.end(payload);
      waiting = undefined;
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

const reply = (response: ServerResponse, status: number, body: unknown) => {
  response.writeHead(status, {'Content-Type': 'application/json'});
  response.end(JSON.stringify(body));
};

/** Reads the body; undefined when it is larger than a payload may be. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let octets = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    octets += chunk.length;
    if (octets <= maximumPayloadOctets) chunks.push(chunk);
  }
  return octets <= maximumPayloadOctets ? Buffer.concat(chunks).toString() : undefined;
}

/** Without an error document, Lambda calls an error unhandled. */
function errorOf(body: string | undefined): FunctionError {
  try {
    const {errorType, errorMessage, trace} = JSON.parse(body ?? '') as Record<string, unknown>;
    if (typeof errorType === 'string') {
      return {errorType, errorMessage: String(errorMessage), ...(Array.isArray(trace) ? {trace} : {})};
    }
  } catch {
    // It is no error document.
  }
  return {errorType: 'Unhandled', errorMessage: body ?? ''};
}
