// Where mail waits, and for how long at a time. SQS bills each request, and a million messages that wait go round every
// quarter of an hour. So what waits for long falls due on a grid: many messages together, for full batches.

import {maxDelaySeconds} from '../sqs-limits.ts';

/** A time in one of the queues `waiting` and `waiting-soon`, or in `held`, whose keeper takes it out again. */
export interface Stay {
  readonly to: 'waiting' | 'waitingSoon' | 'held';
  readonly delaySeconds: number;
}

/** How long to wait in SQS, in whole seconds rounded up: a message never comes too early. */
export const delaySecondsOf = (dueMs: number, nowMs: number): number =>
  Math.min(Math.max(Math.ceil((dueMs - nowMs) / 1000), 0), maxDelaySeconds);

/** What waits for less than this, or for a slot, is there to the second. */
const longSeconds = 60;
/** Of the epoch. */
const gridMs = 30_000;

/** Why a message waits, as far as it decides where. */
interface Waiting {
  readonly untilMs: number;
  /** A number where the message waits for its slot. */
  readonly slotMs?: number | null;
  /** Where it waits with the held mail. */
  readonly heldUntilMs?: number;
}

export function stayOf({untilMs, slotMs, heldUntilMs}: Waiting, nowMs: number): Stay {
  if (heldUntilMs !== undefined) return {to: 'held', delaySeconds: 0};
  const delaySeconds = delaySecondsOf(untilMs, nowMs);
  if (delaySeconds < longSeconds || typeof slotMs === 'number') return {to: 'waitingSoon', delaySeconds};
  // The last point that SQS's longest delay reaches: from there the message goes on waiting.
  const lastMs = Math.floor((nowMs + maxDelaySeconds * 1000) / gridMs) * gridMs;
  const pointMs = Math.min(Math.ceil(untilMs / gridMs) * gridMs, lastMs);
  return {to: 'waiting', delaySeconds: delaySecondsOf(pointMs, nowMs)};
}
