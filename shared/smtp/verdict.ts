// What an event of a delivery attempt means: for the message (bounced or deferred), for the next host, and
// for the site. This is the whole policy; it knows replies and stages, and no socket.

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

/** What kind of answer it was: none in time, none at all, a refusal, or one that is no answer. */
export type AttemptResult = 'accepted' | 'timeout' | 'lost' | 'error' | 'invalid';

/** A fact that ends an attempt at one host; a reply, where there is one, does not say it by its code. */
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
  /** In words, for the result and the log; no secret in it. */
  readonly description: string;
}

export interface Verdict {
  readonly fate: 'bounced' | 'deferred';
  /** Whether another host of the same next hop is worth trying for this message. */
  readonly tryNextHost: boolean;
  /** Whether it says something of the site rather than of this message. */
  readonly countsAgainstSite: boolean;
  /** RFC 3463. */
  readonly status: string;
  /** The server may have the message all the same: another attempt may send it twice. */
  readonly maybeSent: boolean;
}

const verdict = (
  fate: Verdict['fate'],
  status: string,
  {tryNextHost = false, countsAgainstSite = false, maybeSent = false} = {},
): Verdict => ({fate, status, tryNextHost, countsAgainstSite, maybeSent});

const next = {tryNextHost: true} as const;
const nextOfSite = {tryNextHost: true, countsAgainstSite: true} as const;

const facts: Readonly<Record<Fact, Verdict>> = {
  'no-such-domain': verdict('bounced', '5.1.2'),
  'no-address': verdict('bounced', '5.4.4'),
  // RFC 7505 4.1 for the null MX.
  'null-mx': verdict('bounced', '5.1.10'),
  'dns-unavailable': verdict('deferred', '4.4.3'),
  // The name of a smarthost or sink is our set-up: it may come back, or be put right.
  'no-such-relay': verdict('deferred', '4.4.3'),
  'private-address': verdict('bounced', '5.4.6', next),
  // RFC 8461 5: a policy that fails is a temporary failure; it, or the DNS, may be an attacker's.
  'mx-not-in-policy': verdict('deferred', '4.7.5'),
  'tls-unavailable': verdict('deferred', '4.7.5', nextOfSite),
  'tls-failed': verdict('deferred', '4.7.5', nextOfSite),
  'auth-not-offered': verdict('deferred', '4.7.0', nextOfSite),
  // RFC 4954 6: encryption required for requested authentication mechanism.
  'auth-needs-tls': verdict('deferred', '4.7.11', nextOfSite),
  'authentication-wanted': verdict('deferred', '4.7.0', nextOfSite),
  // It is not down: it serves us, on another connection.
  'server-full': verdict('deferred', '4.4.5', next),
  // Ours, not the server's: the function would end before the reply to the dot.
  'out-of-time': verdict('deferred', '4.4.7'),
  'too-large': verdict('bounced', '5.3.4', next),
  'smtputf8-not-offered': verdict('bounced', '5.6.7', next),
  '8bitmime-not-offered': verdict('bounced', '5.6.3', next),
  // Offered, and yet refused: another host may do what it offers.
  'parameter-refused': verdict('bounced', '5.5.4', next),
};

const transaction: ReadonlySet<Stage> = new Set(['mailfrom', 'rcptto', 'data', 'message']);
const authentication: ReadonlySet<Stage> = new Set(['auth', 'authplain', 'authlogin', 'authcram']);

const authenticationCodes: ReadonlySet<number> = new Set([530, 534, 535, 538]);

/** The rule for a failure. Unknown means transient: only a 5xx to the message, or a fact, is permanent. */
export function judge({stage, result, reply, fact}: Failure): Verdict {
  if (fact !== undefined) return facts[fact];
  if (reply !== undefined) return judgeReply(stage, reply);
  if (result === 'invalid')
    return verdict('deferred', '4.5.0', stage === 'message' ? {maybeSent: true} : nextOfSite);
  if (stage === 'message') return verdict('deferred', '4.4.2', {maybeSent: true});
  const status = stage === 'connect' || stage === 'intro' ? '4.4.1' : '4.4.2';
  return verdict('deferred', status, nextOfSite);
}

function judgeReply(stage: Stage, {code, status}: Reply): Verdict {
  if (!transaction.has(stage)) {
    // A greeting of 5xx refuses this client, now: it says nothing of a recipient (RFC 5321 3.1 knows 554).
    const own = status?.startsWith('4') ? status : undefined;
    const fallback = authentication.has(stage) ? '4.7.8' : stage === 'starttls' ? '4.7.5' : '4.4.1';
    return verdict('deferred', own ?? fallback, nextOfSite);
  }
  // 503 says that the server lost count of the commands, a 2xx or 3xx here that it never had it.
  if (code < 400 || code === 503)
    return verdict('deferred', '4.5.0', {maybeSent: code < 400 && stage === 'message'});
  if (code < 500) return verdict('deferred', status?.startsWith('4') ? status : '4.0.0', next);
  // Authentication missing or too weak (RFC 4954 6): our set-up is wrong, not the message.
  if (authenticationCodes.has(code)) return verdict('deferred', '4.7.0', nextOfSite);
  // 552 after RCPT is transient: RFC 5321 4.5.3.1.10 (too many recipients; an old server's mailbox full).
  if (code === 552 && stage === 'rcptto' && !status?.startsWith('5'))
    return verdict('deferred', '4.5.3', next);
  return verdict('bounced', status?.startsWith('5') ? status : '5.0.0');
}
