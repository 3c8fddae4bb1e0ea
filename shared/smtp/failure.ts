// What went wrong in an attempt: where, how, and in words. What it means is decided in verdict.ts.

import type {Fact} from './fact.ts';
import type {Reply} from './reply.ts';

/** Where in the attempt it happened. The names are MailerQ's. */
export type Stage =
  | 'dns'
  | 'connect'
  | 'intro'
  | 'ehlo'
  | 'helo'
  | 'starttls'
  | 'auth'
  | 'authplain'
  | 'authlogin'
  | 'authcram'
  | 'mailfrom'
  | 'rcptto'
  | 'data'
  | 'message';

/** What kind of answer it was: none in time, a lost connection, a refusal, or one that is no SMTP reply. */
export type AttemptResult = 'accepted' | 'timeout' | 'lost' | 'error' | 'invalid';

export interface Failure {
  readonly stage: Stage;
  readonly result: Exclude<AttemptResult, 'accepted'>;
  readonly reply?: Reply;
  readonly fact?: Fact;
  /** In words, for the result and the log. It holds no secret. */
  readonly description: string;
}

export function factFailure(stage: Stage, fact: Fact, description: string): Failure {
  return {stage, result: 'error', fact, description};
}

/** What came of an attempt, or of a part of it: what was wanted, or a failure. */
export type Tried<Wanted = {readonly reply: Reply}> =
  | (Wanted & {readonly ok: true})
  | {readonly ok: false; readonly failure: Failure};
