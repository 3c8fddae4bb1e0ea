// What an endpoint of the console knows of a request, and what it is: a place in the table of routes.

import type {JsonObject} from '../../shared/json.ts';
import type {Context} from '../command/context.ts';
import type {ConsoleState} from './console-state.ts';
import type {Reply} from './reply.ts';

export interface Visit {
  /** Ends with the request. Its terminal says nothing; what it is told becomes `notes` of the answer. */
  readonly context: Context;
  readonly state: ConsoleState;
  readonly query: URLSearchParams;
  /** What the parts of the path say that are in brackets in the route. */
  readonly params: readonly string[];
  /** What was posted; empty for GET. */
  readonly body: JsonObject;
}

interface Place {
  readonly path: RegExp;
  /** How long an answer may take; much longer than usual where SQS or Logs Insights work through something. */
  readonly withinMs?: number;
}

/** Answers with a document. Who asks the same at the same time shares the answer. */
interface Look extends Place {
  readonly method: 'GET';
  /** For how long the answer is good. */
  readonly keptMs?: number;
  answer(visit: Visit): Promise<object>;
}

/** Answers with a document too, and may change something. */
interface Act extends Place {
  readonly method: 'POST';
  answer(visit: Visit): Promise<object>;
}

/** Replies with something else than a document. */
interface Show extends Place {
  readonly method: 'GET';
  show(visit: Visit): Promise<Reply>;
}

export type Route = Look | Act | Show;
