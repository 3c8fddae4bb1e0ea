// What a failure means for the message, the next host and the target, and what several failures of one attempt mean
// together. The rules beside it: fact.ts (for what is known), spent-connection.ts (for the connection), trouble.ts (for
// later messages), target.ts (for TLS), authentication-wanted.ts and mail-parameters.ts (for refusals that say more).

import {authenticationCodes, isOfOurSetUp} from './authentication-wanted.ts';
import {facts, next, nextOfTarget, type Verdict, verdict} from './fact.ts';
import type {Failure, Stage} from './failure.ts';
import type {Reply} from './reply.ts';

const transaction: ReadonlySet<Stage> = new Set(['mailfrom', 'rcptto', 'data', 'message']);
const authentication: ReadonlySet<Stage> = new Set(['auth', 'authplain', 'authlogin', 'authcram']);

/** The rule for one failure. Unknown means transient: only a 5xx to the message, or a fact, is permanent. */
export function judge({stage, result, reply, fact}: Failure): Verdict {
  if (fact !== undefined) return facts[fact];
  if (reply !== undefined) return judgeReply(stage, reply);
  if (result === 'invalid')
    return verdict('deferred', '4.5.0', stage === 'message' ? {maybeSent: true} : nextOfTarget);
  if (stage === 'message') return verdict('deferred', '4.4.2', {maybeSent: true});
  const status = stage === 'connect' || stage === 'intro' ? '4.4.1' : '4.4.2';
  return verdict('deferred', status, nextOfTarget);
}

function judgeReply(stage: Stage, {code, status}: Reply): Verdict {
  if (!transaction.has(stage)) {
    // A greeting of 5xx refuses this client, and now. It says nothing of a recipient (RFC 5321 3.1 knows 554).
    const own = status?.startsWith('4') ? status : undefined;
    const fallback = authentication.has(stage) ? '4.7.8' : stage === 'starttls' ? '4.7.5' : '4.4.1';
    return verdict('deferred', own ?? fallback, nextOfTarget);
  }
  // A server that says 503, or 2xx or 3xx here, has lost count of the commands.
  if (code < 400 || code === 503)
    return verdict('deferred', '4.5.0', {maybeSent: code < 400 && stage === 'message'});
  if (code < 500) return verdict('deferred', status?.startsWith('4') ? status : '4.0.0', next);
  // Authentication is missing or too weak (RFC 4954 6). Our set-up is wrong, not the message.
  if (authenticationCodes.has(code)) return verdict('deferred', '4.7.0', nextOfTarget);
  // 552 after RCPT is transient: RFC 5321 4.5.3.1.10 (too many recipients; an old server's mailbox full).
  if (code === 552 && stage === 'rcptto' && !status?.startsWith('5'))
    return verdict('deferred', '4.5.3', next);
  return verdict('bounced', status?.startsWith('5') ? status : '5.0.0');
}

/**
 * Which failure of an attempt decides, of those at its servers in their order. A server that bounces the message for
 * what that server lacks does not outweigh one that may still take it later.
 */
export function decisiveOf<F extends {readonly failure: Failure}>(failures: readonly F[]): F {
  const last = failures.at(-1)!;
  const {fate, tryNextHost} = judge(last.failure);
  if (fate === 'deferred' || !tryNextHost) return last;
  return failures.findLast(({failure}) => judge(failure).fate === 'deferred') ?? last;
}

/**
 * Whether a message may wait for a server that is full without using up an attempt. It may where no server said
 * anything of the message: trying one of them later is as good as trying another one.
 */
export const mayWait = (failures: readonly Failure[]): boolean =>
  failures.every(
    failure =>
      !isOfOurSetUp(failure) && (failure.fact === 'server-full' || judge(failure).countsAgainstTarget),
  );
