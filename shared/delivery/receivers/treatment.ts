// How a receiver in trouble is dealt with. The settings' smarthost is all the mail there is: nothing else is held up by
// it, so it is waited for with patience, and probed often.

export interface Treatment {
  /** Its mail stays in the fast queue, however slow it is. */
  readonly staysFast: boolean;
  /** Whether a MAIL that is put off may be the sender's fault until several senders have seen it. */
  readonly needsSeveralSenders: boolean;
  /** Whether a failure of the receiver uses up no attempt, even before it counts as down. */
  readonly sparesAttempts: boolean;
  /** So many late answers in a row make it slow. */
  readonly slowAfter: number;
  readonly firstBackOffMs: number;
  readonly mostBackOffMs: number;
  /** How long a probe is one's own. Another one may begin then, even if this one still waits. */
  readonly claimMs: number;
  /** The least time between two probes of a receiver that has not answered at all. */
  readonly crowdMs: number;
}

const secondMs = 1000;

const ofDomain: Treatment = {
  staysFast: false,
  needsSeveralSenders: true,
  sparesAttempts: false,
  // One may be chance.
  slowAfter: 2,
  firstBackOffMs: 10 * secondMs,
  mostBackOffMs: 300 * secondMs,
  claimMs: 60 * secondMs,
  crowdMs: 0,
};

const ofSmarthost: Treatment = {
  ...ofDomain,
  staysFast: true,
  needsSeveralSenders: false,
  sparesAttempts: true,
  // It is only told of those that came to something, and then it is waited for.
  slowAfter: 1,
  firstBackOffMs: 5 * secondMs,
  mostBackOffMs: 8 * secondMs,
  claimMs: 10 * secondMs,
};

/** A probe of a server that is silent takes so long: connect and greeting. Ten receivers share an invocation. */
const silentProbeMs = 90 * secondMs;
const probesAtOnce = 10;

/**
 * @param unanswered how many receivers are slow and have not answered
 * @param groups in how many message groups their mail is: so many invocations it can hold
 */
export function treatmentOf(isSmarthost: boolean, unanswered: number, groups: number): Treatment {
  if (isSmarthost) return ofSmarthost;
  // At most half of the invocations that they may hold are in use, so that newcomers are tried soon.
  return {...ofDomain, crowdMs: (2 * silentProbeMs * unanswered) / (groups * probesAtOnce)};
}

/** In how many message groups the mail of unanswered receivers is. SQS gives a group to one invocation at a time. */
export const unansweredGroups = (slowConcurrency: number): number =>
  Math.max(Math.floor(slowConcurrency / 2), 1);
