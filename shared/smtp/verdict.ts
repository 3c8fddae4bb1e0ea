// What a failure means: for the message (bounced or deferred), for the next host, and for the target; and what several
// failures of one attempt mean together. The rules beside this table: spent-connection.ts (for the connection),
// trouble.ts (for later messages), target.ts (for TLS), authentication-wanted.ts and mail-parameters.ts (for refusals
// that say more than their code).

import {isOfOurSetUp} from './authentication-wanted.ts';
import type {Fact, Failure, Stage} from './failure.ts';
import type {Reply} from './reply.ts';

export interface Verdict {
  readonly fate: 'bounced' | 'deferred';
  /** Whether another host of the same next hop is worth trying for this message. */
  readonly tryNextHost: boolean;
  /** Whether it says something of the target rather than of this message. */
  readonly countsAgainstTarget: boolean;
  /** RFC 3463. */
  readonly status: string;
  /** Whether the server may have the message all the same. Another attempt may then send it twice. */
  readonly maybeSent: boolean;
}

const verdict = (
  fate: Verdict['fate'],
  status: string,
  {tryNextHost = false, countsAgainstTarget = false, maybeSent = false} = {},
): Verdict => ({fate, status, tryNextHost, countsAgainstTarget, maybeSent});

const next = {tryNextHost: true} as const;
const nextOfTarget = {tryNextHost: true, countsAgainstTarget: true} as const;

const facts: Readonly<Record<Fact, Verdict>> = {
  'no-such-domain': verdict('bounced', '5.1.2'),
  'no-address': verdict('bounced', '5.4.4'),
  // RFC 7505 4.1 for the null MX.
  'null-mx': verdict('bounced', '5.1.10'),
  'dns-unavailable': verdict('deferred', '4.4.3'),
  // The name of a smarthost or sink is part of our set-up. It may come back, or be put right.
  'no-such-relay': verdict('deferred', '4.4.3'),
  'private-address': verdict('bounced', '5.4.6', next),
  // RFC 8461 5: a policy that fails is a temporary failure. The policy or the DNS may be an attacker's.
  'mx-not-in-policy': verdict('deferred', '4.7.5'),
  'tls-unavailable': verdict('deferred', '4.7.5', nextOfTarget),
  'tls-failed': verdict('deferred', '4.7.5', nextOfTarget),
  'auth-not-offered': verdict('deferred', '4.7.0', nextOfTarget),
  // RFC 4954 6: encryption required for requested authentication mechanism.
  'auth-needs-tls': verdict('deferred', '4.7.11', nextOfTarget),
  'authentication-wanted': verdict('deferred', '4.7.0', nextOfTarget),
  // It is not down. It serves us on another connection.
  'server-full': verdict('deferred', '4.4.5', next),
  // This is not the server's fault: the function would end before the reply to the dot.
  'out-of-time': verdict('deferred', '4.4.7'),
  'too-large': verdict('bounced', '5.3.4', next),
  'smtputf8-not-offered': verdict('bounced', '5.6.7', next),
  '8bitmime-not-offered': verdict('bounced', '5.6.3', next),
  // The server refuses what it offers. Another host may not.
  'parameter-refused': verdict('bounced', '5.5.4', next),
};

const transaction: ReadonlySet<Stage> = new Set(['mailfrom', 'rcptto', 'data', 'message']);
const authentication: ReadonlySet<Stage> = new Set(['auth', 'authplain', 'authlogin', 'authcram']);

const authenticationCodes: ReadonlySet<number> = new Set([530, 534, 535, 538]);

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
