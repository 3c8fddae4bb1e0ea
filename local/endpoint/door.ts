// A door of the endpoint: which requests it takes, and how it replies to them. The endpoint has a list of doors, and
// the first one that takes a request replies to it.

import type {IncomingMessage} from 'node:http';

export interface Visit {
  readonly request: IncomingMessage;
  /** The host that the client asked for, without its port: `127.0.0.1`, or a name that is one of a door's hosts. */
  readonly host: string;
  /** The path and the query of the request's URL. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Aborted when the client is gone, or when the endpoint closes. */
  readonly signal: AbortSignal;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

export interface Door {
  /** Names that its clients may call the endpoint by, besides 127.0.0.1, localhost and [::1]. */
  readonly hosts?: RegExp;
  takes(visit: Visit): boolean;
  /** A rejection closes the connection without an answer. */
  reply(visit: Visit): Promise<Reply>;
}
