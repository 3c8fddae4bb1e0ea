// What the replies mean to a message that was sent as MAIL, RCPT and BDAT (RFC 3030) in one flight. Servers may lose a
// command, or answer it twice. So the replies of a message must fit each other. Where they do not, nobody knows which
// command a reply belongs to, and nothing is concluded from those that come later.

import type {Failure, Stage, Tried} from './failure.ts';
import type {Reply} from './reply.ts';
import {isClean} from './spent-connection.ts';

export interface FlightReplies {
  /** To the RSET that parts the message from the one before; undefined where there was none. */
  readonly reset?: Tried | undefined;
  readonly mail: Tried;
  readonly rcpt: Tried;
  readonly text: Tried;
  /** Whether the server has said 421: it does nothing that comes after that (RFC 5321 3.8). */
  readonly hasLeft?: boolean;
}

export interface FlightFate {
  readonly fate: Tried;
  /** Whether the next reply belongs to the next command. */
  readonly inStep: boolean;
  /** The server turned out not to know BDAT. */
  readonly isUnknown?: true;
}

export const outOfStep = 'the replies no longer fit the commands';

export const isGood = (heard: Tried): boolean => heard.ok && heard.reply.code < 300;
export const isRefusal = (heard: Tried): boolean => heard.ok && heard.reply.code >= 400;

export function fateOf({reset, mail, rcpt, text, hasLeft = false}: FlightReplies): FlightFate {
  if (reset?.ok && reset.reply.code === 421) return failed(refused('mailfrom', reset.reply));
  // Nobody refuses RSET: it is a second reply to the command before, or the server is confused.
  if (reset?.ok && !isGood(reset)) return failed(doubtOf(text));
  const envelope = envelopeFateOf(mail, rcpt);
  if (envelope === 'unfit') return failed(doubtOf(text));
  // The text had no recipient, whatever is said of it. What takes it is the reply to the next command.
  if (envelope !== undefined) return failed(envelope, isRefusal(text) && isClean(envelope.reply));
  if (!text.ok) return failed(lossOf([reset, mail, rcpt, text], text.failure, hasLeft));
  const {reply} = text;
  if (isGood(text)) return {fate: text, inStep: true};
  if (reply.code === 500 || reply.code === 502) {
    const description = `BDAT was known, and then it was not: ${reply.text}`;
    return {...failed({stage: 'data', result: 'invalid', description}), isUnknown: true};
  }
  if (!isRefusal(text)) return failed(doubtOf(text));
  return failed(refused('message', reply), isClean(reply));
}

const failed = (failure: Failure, inStep = false): FlightFate => ({fate: {ok: false, failure}, inStep});

const refused = (stage: Stage, reply: Reply): Failure => ({
  stage,
  result: 'error',
  reply,
  description: reply.text,
});

/** Why the envelope was refused; undefined where it was not; `unfit` where the replies cannot both be true. */
function envelopeFateOf(mail: Tried, rcpt: Tried): Failure | 'unfit' | undefined {
  if (!mail.ok) return undefined;
  if (!isGood(mail)) {
    if (mail.reply.code === 421) return refused('mailfrom', mail.reply);
    // 503 has lost count of the commands.
    const isUnfit = !isRefusal(mail) || mail.reply.code === 503 || (rcpt.ok && !isRefusal(rcpt));
    return isUnfit ? 'unfit' : refused('mailfrom', mail.reply);
  }
  if (!rcpt.ok || isGood(rcpt)) return undefined;
  return isRefusal(rcpt) && rcpt.reply.code !== 503 ? refused('rcptto', rcpt.reply) : 'unfit';
}

/** Nobody knows whether the message was taken, unless its text has not left as a whole. */
function doubtOf(text: Tried): Failure {
  if (!text.ok && text.failure.stage !== 'message') return text.failure;
  return {stage: 'message', result: 'invalid', description: outOfStep};
}

/** A message whose text had left as a whole may have been taken. The first failure says what happened. */
function lossOf(all: readonly (Tried | undefined)[], ofText: Failure, hasLeft: boolean): Failure {
  const failures = all.flatMap(each => (each === undefined || each.ok ? [] : [each.failure]));
  const [first = ofText] = failures;
  return ofText.stage === 'message' && !hasLeft ? {...first, stage: 'message'} : first;
}
