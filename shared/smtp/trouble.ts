// Targets in trouble: how long one is left alone after failures that are no message's fault. Its messages wait meanwhile.
// When the time is over, the next message is the probe. A target that has no room for another connection is full and not
// down: it serves us on other connections, of this environment or of another one.

import type {Failure} from './failure.ts';
import {judge} from './verdict.ts';

/** A server drops a connection now and then. This many failures in a row are no chance. */
const failuresInARow = 3;
/** How long a target is left alone at first. The time doubles with each further failure. */
const firstBackOffMs = 10_000;
const maxBackOffMs = 300_000;

/** How long a target that is full is left alone, and how often in a row before that counts as an attempt. */
const fullBackOffMs = 5_000;
const fullInARow = 60;

export interface Trouble {
  readonly failures: number;
  /** How often it was full since it last answered. */
  readonly full?: number;
  readonly untilMs: number;
}

/** The trouble of a target after a failure there; undefined when there is none. */
export function troubleAfter(
  failure: Failure,
  before: Trouble | undefined,
  nowMs: number,
): Trouble | undefined {
  const isFull = failure.fact === 'server-full';
  // A server that refuses a message has answered.
  if (!isFull && !judge(failure).countsAgainstTarget) return failure.reply === undefined ? before : undefined;
  // Messages that were on their way when it began say nothing new.
  if (before !== undefined && before.untilMs > nowMs) return before;
  if (isFull) return {failures: 0, full: (before?.full ?? 0) + 1, untilMs: nowMs + fullBackOffMs};
  const failures = (before?.failures ?? 0) + 1;
  const backOffMs = Math.min(firstBackOffMs * 2 ** (failures - failuresInARow), maxBackOffMs);
  return {failures, untilMs: failures < failuresInARow ? 0 : nowMs + backOffMs};
}

/** Whether it has been full for so long that waiting for it is no longer a matter of minutes. */
export const isFullForLong = ({full = 0}: Trouble): boolean => full > fullInARow;

/** Whether it happened before the server said what it offers: refused, closed, or sent away. A silence is no answer. */
export const isTurnedAway = ({stage, result, reply}: Failure): boolean =>
  (stage === 'connect' || stage === 'intro' || stage === 'ehlo') &&
  (result === 'lost' || (reply !== undefined && reply.code >= 400));

/** Whether the server says so. It must speak of connections, not of what is sent over one. */
export const saysFull = (failure: Failure): boolean =>
  isTurnedAway(failure) &&
  failure.reply !== undefined &&
  /\b(?:too many|max(?:imum)?|limit|concurrent|simultaneous|exceed(?:s|ed)?)\b/i.test(failure.reply.text) &&
  /\b(?:connections?|sessions|clients)\b/i.test(failure.reply.text) &&
  !/\b(?:errors|messages|recipients|unsolicited|spam)\b/i.test(failure.reply.text);

export function fullFailureOf(failure: Failure): Failure {
  const description = `no room for another connection: ${failure.description}`;
  return {...failure, fact: 'server-full', description};
}
