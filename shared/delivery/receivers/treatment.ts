// How a receiver in trouble is dealt with. The settings' smarthost is all the mail there is: nothing else is held up by
// it, so it is waited for with patience, and probed often.

import type {Patience} from '../../smtp/patience.ts';

export interface Treatment {
  /** Its mail stays in the fast queue, however slow it is. */
  readonly staysFast: boolean;
  /** Whether a MAIL that is put off may be the sender's fault until several senders have seen it. */
  readonly needsSeveralSenders: boolean;
  /** Whether a failure of the receiver uses up no attempt, even before it counts as down. */
  readonly sparesAttempts: boolean;
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
  firstBackOffMs: 5 * secondMs,
  mostBackOffMs: 10 * secondMs,
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

/** The fast queue waits for all receivers together, so it is impatient. */
const impatient: Patience = {
  openingMs: 10 * secondMs,
  beforeTextMs: 30 * secondMs,
  afterTextMs: 120 * secondMs,
};
/** A connection that the smarthost has forgotten must not keep a lane from a new one for long. */
const brisk: Patience = {openingMs: 20 * secondMs};
const patient: Patience = {};

/** @param isSlow whether the receiver has shown that it takes longer */
export function patienceOf({staysFast}: Treatment, queue: 'fast' | 'slow', isSlow: boolean): Patience {
  if (staysFast) return isSlow ? patient : brisk;
  return queue === 'fast' ? impatient : patient;
}

/** In how many message groups the mail of unanswered receivers is. SQS gives a group to one invocation at a time. */
export const unansweredGroups = (slowConcurrency: number): number =>
  Math.max(Math.floor(slowConcurrency / 2), 1);
