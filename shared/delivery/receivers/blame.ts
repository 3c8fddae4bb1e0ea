// Which failures speak of the receiver as a whole, and not of one message.

import type {Fact} from '../../smtp/fact.ts';
import type {Failure, Stage} from '../../smtp/failure.ts';
import {judge} from '../../smtp/verdict.ts';

export interface Circumstances {
  /** Whether nothing had been sent over the connection before. */
  readonly isFresh: boolean;
  /** Whether the message asks for no more security than other mail, and uses no credentials of its own. */
  readonly isOrdinary: boolean;
}

const ofSecurity: ReadonlySet<Stage> = new Set(['starttls', 'auth', 'authplain', 'authlogin', 'authcram']);
/** Its hosts are not known, or out of reach, whatever the message. */
const ofNextHop: ReadonlySet<Fact> = new Set(['no-such-relay', 'dns-unavailable', 'out-of-reach']);
const transaction: ReadonlySet<Stage> = new Set(['mailfrom', 'rcptto', 'data']);

/** Whether other mail of the receiver would have failed too. */
export function isOfReceiver(failure: Failure, {isFresh, isOrdinary}: Circumstances): boolean {
  const {stage, fact, reply} = failure;
  if (fact !== undefined && ofNextHop.has(fact)) return true;
  // RFC 5321 3.8: 421 is of the service, not of the command.
  if (reply?.code === 421 && fact === undefined && isFresh && transaction.has(stage)) return true;
  if (!judge(failure).countsAgainstTarget) return false;
  return isOrdinary || !(ofSecurity.has(stage) || fact !== undefined);
}

/** Whether the server put off the first MAIL of a connection: for its sender, or for all mail. */
export const isPutOff = ({stage, fact, reply}: Failure, isFresh: boolean): boolean =>
  isFresh && stage === 'mailfrom' && fact === undefined && reply !== undefined && reply.code < 500;

/** Whether the server has spoken of the message, so that it works. */
export const isAnswer = (failure: Failure, circumstances: Circumstances): boolean =>
  failure.reply !== undefined &&
  failure.fact !== 'server-full' &&
  !isOfReceiver(failure, circumstances) &&
  !isPutOff(failure, circumstances.isFresh);
