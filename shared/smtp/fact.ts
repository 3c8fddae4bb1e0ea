// What is known for a fact when an attempt fails, and the verdict that goes with it.

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

export const verdict = (
  fate: Verdict['fate'],
  status: string,
  {tryNextHost = false, countsAgainstTarget = false, maybeSent = false} = {},
): Verdict => ({fate, status, tryNextHost, countsAgainstTarget, maybeSent});

export const next = {tryNextHost: true} as const;
export const nextOfTarget = {tryNextHost: true, countsAgainstTarget: true} as const;

/** Facts that end an attempt at one server. They outweigh the code of a reply, where there is one. */
export const facts = {
  'no-such-domain': verdict('bounced', '5.1.2'),
  'no-address': verdict('bounced', '5.4.4'),
  // It has an address, but of a family that this function lacks. X.4.4 is "unable to route" (RFC 3463 3.5).
  'out-of-reach': verdict('deferred', '4.4.4'),
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

export type Fact = keyof typeof facts;
