// Why the console has no answer: what kind of problem it is, for the page, and in words that say what to do.

import {accessProblemOf, awsProblemOf, isUnreachable, NoAccess} from '../aws/aws-problem.ts';
import {operationOf} from '../aws/failed-operation.ts';
import {NotAllowed, NotFound, UsageError} from '../command/problems.ts';
import {isThrottled} from '../tail/log-reader.ts';
import {printable, shortened} from '../terminal/printable.ts';
import {jsonReply, type Reply} from './reply.ts';

const statuses = {
  denied: 403,
  throttled: 429,
  unreachable: 502,
  'not-found': 404,
  invalid: 400,
  price: 402,
  'signed-out': 401,
  failed: 500,
} as const;

type Kind = keyof typeof statuses;

export class ConsoleProblem extends Error {
  override readonly name = 'ConsoleProblem';
  readonly kind: Kind;
  /** What the page is told besides. */
  readonly facts: Readonly<Record<string, unknown>>;
  readonly status: number;

  constructor(kind: Kind, text: string, facts: Readonly<Record<string, unknown>> = {}, status?: number) {
    super(text);
    this.kind = kind;
    this.facts = facts;
    this.status = status ?? statuses[kind];
  }
}

const longestText = 2000;

export function problemReply(error: unknown, headers: Reply['headers'] = {}): Reply {
  const {kind, message, facts, status} = problemOf(error instanceof Error ? error : new Error(String(error)));
  const text = shortened(printable(message), longestText);
  return jsonReply(status, {version: 1, error: {kind, text, ...facts}}, headers);
}

function problemOf(error: Error): ConsoleProblem {
  if (error instanceof ConsoleProblem) return error;
  if (error instanceof UsageError) return new ConsoleProblem('invalid', error.message, factsOf(error));
  if (error instanceof NotAllowed) return new ConsoleProblem('denied', error.message);
  const kind = kindOf(error);
  const text = isLate(error) ? 'AWS has not answered in time' : awsProblemOf(error);
  if (kind !== 'denied') return new ConsoleProblem(kind, text);
  const permission = permissionOf(error);
  return new ConsoleProblem(kind, text, permission === undefined ? {} : {permission});
}

const factsOf = ({problems}: UsageError): Readonly<Record<string, unknown>> =>
  problems === undefined ? {} : {problems};

/** An error and what it comes from, the innermost last. */
function* causesOf(error: Error): Generator<Error> {
  let depth = 0;
  for (let each: unknown = error; each instanceof Error && depth < 8; each = each.cause, depth++) yield each;
}

const isLate = ({name}: Error): boolean => name === 'TimeoutError' || name === 'AbortError';
const isMissing = (error: Error): boolean =>
  error instanceof NotFound || /^(?:QueueDoesNotExist|ResourceNotFoundException)$/.test(error.name);

function kindOf(error: Error): Kind {
  const all = [...causesOf(error)];
  if (all.some(isThrottled)) return 'throttled';
  if (all.some(each => isUnreachable(each) || isLate(each) || each instanceof NoAccess)) return 'unreachable';
  if (all.some(isMissing)) return 'not-found';
  return accessProblemOf(error) === undefined ? 'failed' : 'denied';
}

/** As AWS names it; where it does not, by what was asked for. Undefined where it is not a permission that lacks. */
function permissionOf(error: Error): string | undefined {
  for (const each of causesOf(error)) {
    if (!/^(?:AccessDenied|UnauthorizedOperation|KMS\.AccessDenied)/.test(each.name)) continue;
    const named = /not authorized to perform:? ([a-z0-9-]+:[A-Za-z]+)/.exec(each.message)?.[1];
    const asked = operationOf(each);
    // SQS writes actions in lower case.
    if (named !== undefined && named.toLowerCase() !== asked?.toLowerCase()) return named;
    return asked ?? named;
  }
  return undefined;
}
