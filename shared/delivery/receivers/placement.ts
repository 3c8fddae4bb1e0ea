// Where the mail of a receiver belongs: in the lanes of the fast queue or of the slow one; or outside, while a slow
// receiver has not answered at all and one message at a time tries it.

import {createHash} from 'node:crypto';
import {type Entry, isUnanswered} from './entry.ts';

/** The delivery queues: `delivery.fifo` and `delivery-slow.fifo`. */
export type DeliveryQueue = 'fast' | 'slow';

export type Placement =
  | {
      readonly kind: 'lanes';
      readonly queue: DeliveryQueue;
      /** When that queue may begin: the other one has no connection left by then. */
      readonly fromMs: number;
    }
  | {readonly kind: 'outside'};

export function placementOf(entry: Entry | undefined, staysFast: boolean): Placement {
  const {slow, fastFromMs: fromMs = 0} = entry ?? {};
  if (entry === undefined || slow === undefined || staysFast) return {kind: 'lanes', queue: 'fast', fromMs};
  return isUnanswered(entry) ? {kind: 'outside'} : {kind: 'lanes', queue: 'slow', fromMs: slow.fromMs};
}

/** How long others wait for a probe that is under way, before they look again what became of it. */
const probingMs = 5_000;

/** When a message of a lane looks again, whose receiver is down. */
export function lookAgainMs({probe}: Entry, nowMs: number): number {
  const {dueMs = nowMs, claimedUntilMs = nowMs} = probe ?? {};
  if (dueMs > nowMs) return dueMs;
  return Math.max(Math.min(claimedUntilMs, nowMs + probingMs), nowMs + 1_000);
}

/** How long after a probe is due the others come, when it has had its time in the slow queue. They need a round to look. */
const afterProbeMs = 100_000;

/** When a message comes back that waits outside. The one that was the last probe is the next one. */
export function comeBackMs({probe}: Entry, nowMs: number, wasProbe: boolean): number {
  const {dueMs = nowMs} = probe ?? {};
  if (dueMs > nowMs) return wasProbe ? dueMs : dueMs + afterProbeMs;
  return nowMs + afterProbeMs / 2;
}

/**
 * The message group of a probe of an unanswered receiver. These receivers share few groups: SQS gives a group to one
 * invocation at a time, so that they hold no more invocations than there are groups.
 */
export function unansweredGroupOf(receiver: string, groups: number): string {
  const number = createHash('sha256').update(receiver).digest().readUInt32BE() % groups;
  return `${unansweredGroup}#${number + 1}`;
}

const unansweredGroup = '(unanswered)';

export const isUnansweredGroup = (group: string): boolean => group.startsWith(`${unansweredGroup}#`);
