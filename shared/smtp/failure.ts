// What went wrong in an attempt: where, how, and in words. What it means is decided in verdict.ts.

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

/** A fact that ends an attempt at one server. It outweighs the code of a reply, where there is one. */
export type Fact =
  | 'no-such-domain'
  | 'no-address'
  | 'null-mx'
  | 'dns-unavailable'
  | 'no-such-relay'
  | 'private-address'
  | 'mx-not-in-policy'
  | 'tls-unavailable'
  | 'tls-failed'
  | 'auth-not-offered'
  | 'auth-needs-tls'
  | 'authentication-wanted'
  | 'server-full'
  | 'out-of-time'
  | 'too-large'
  | 'smtputf8-not-offered'
  | '8bitmime-not-offered'
  | 'parameter-refused';

export interface Failure {
  readonly stage: Stage;
  readonly result: Exclude<AttemptResult, 'accepted'>;
  readonly reply?: Reply;
  readonly fact?: Fact;
  /** In words, for the result and the log. It holds no secret. */
  readonly description: string;
}

export const factFailure = (stage: Stage, fact: Fact, description: string): Failure => ({
  stage,
  result: 'error',
  fact,
  description,
});

/** What came of an attempt, or of a part of it: what was wanted, or a failure. */
export type Tried<Wanted = {readonly reply: Reply}> =
  | (Wanted & {readonly ok: true})
  | {readonly ok: false; readonly failure: Failure};
