// What a failure says of the connection that it happened on: whether another message may be sent over it, and whether
// another connection has to decide about this message.

import type {Failure, Tried} from './failure.ts';
import type {Reply} from './reply.ts';

/**
 * Why a connection that has served before serves no longer.
 * - `gone`: it was lost, or the server said goodbye.
 * - `refused`: the server takes no further message on it.
 * - `doubtful`: the replies no longer fit the commands.
 */
export type Spent = 'gone' | 'refused' | 'doubtful';

/** What is known of a connection when a transaction fails on it. */
export interface Wear {
  /** Nothing was sent over it before this transaction. */
  readonly isFresh: boolean;
  /** It has taken a MAIL before. */
  readonly hasTakenMail: boolean;
  /** The server did not take the RSET of the transaction before. */
  readonly isDirty: boolean;
}

/** Whether it is a refusal and nothing else, so that the next reply answers the next command. 503 has lost count. */
export const isClean = (reply: Reply | undefined): reply is Reply =>
  reply !== undefined && reply.code >= 400 && reply.code !== 421 && reply.code !== 503;

/** Why the connection is to blame, and not the message; undefined where nothing says so. */
export function spentBy({stage, result, reply}: Failure, wear: Wear): Spent | undefined {
  if (wear.isFresh || stage === 'message') return undefined;
  if (result === 'lost') return wear.isDirty ? 'doubtful' : 'gone';
  if (reply?.code === 421) return 'gone';
  if (stage !== 'mailfrom' || result === 'timeout' || !wear.hasTakenMail) return undefined;
  if (!isClean(reply)) return 'doubtful';
  return reply.code < 500 || saysEnough(reply) ? 'refused' : undefined;
}

/** Whether a permanent refusal of a further MAIL is of the connection: it has carried enough messages. */
export const saysEnough = ({status, text}: Reply): boolean =>
  status?.startsWith('4') === true ||
  /\btoo many (?:\w+ )?(?:messages|mails|e-?mails|transactions|commands)\b/i.test(text) ||
  (/\b(?:limit|max(?:imum)?|exceed(?:s|ed)?|no more)\b/i.test(text) &&
    /\b(?:connection|session)\b/i.test(text));

/**
 * Whether a connection may have been spent by a limit of messages.
 * @param wasIdle the connection lay idle before. What is lost then was closed for that, whatever it had carried.
 */
export const mayBeLimit = ({stage}: Failure, spent: Spent, wasIdle: boolean): boolean =>
  stage === 'mailfrom' && spent !== 'doubtful' && (spent === 'refused' || !wasIdle);

/** Whether the server took the MAIL of a transaction. */
export const isMailTaken = (tried: Tried): boolean =>
  tried.ok || ['rcptto', 'data', 'message'].includes(tried.failure.stage);

/** Whether the server may not be able to take pipelined commands: it lost them, or lost count of them. */
export const isConfused = ({stage, result, reply}: Failure): boolean =>
  ['mailfrom', 'rcptto', 'data'].includes(stage) &&
  (result === 'lost' || result === 'invalid' || reply?.code === 503);
