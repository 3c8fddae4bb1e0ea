// Where mail waits, and for how long at a time. SQS bills each request, and a million messages that wait go round every
// quarter of an hour. So what waits for long falls due on a grid: many messages together, for full batches.

import {maxDelaySeconds} from '../sqs-limits.ts';

/** A time in one of the queues `waiting` and `waiting-soon`. */
export interface Stay {
  readonly to: 'waiting' | 'waitingSoon';
  readonly delaySeconds: number;
}

/** How long to wait in SQS, in whole seconds rounded up: a message never comes too early. */
export const delaySecondsOf = (dueMs: number, nowMs: number): number =>
  Math.min(Math.max(Math.ceil((dueMs - nowMs) / 1000), 0), maxDelaySeconds);

/** What waits for less than this, or for a slot, is there to the second. */
const longSeconds = 60;
/** Of the epoch. */
const gridMs = 30_000;

/** @param slotMs a number where the message waits for its slot */
export function stayOf(
  {untilMs, slotMs}: {readonly untilMs: number; readonly slotMs?: number | null},
  nowMs: number,
): Stay {
  const delaySeconds = delaySecondsOf(untilMs, nowMs);
  if (delaySeconds < longSeconds || typeof slotMs === 'number') return {to: 'waitingSoon', delaySeconds};
  // The last point that SQS's longest delay reaches: from there the message goes on waiting.
  const lastMs = Math.floor((nowMs + maxDelaySeconds * 1000) / gridMs) * gridMs;
  const pointMs = Math.min(Math.ceil(untilMs / gridMs) * gridMs, lastMs);
  return {to: 'waiting', delaySeconds: delaySecondsOf(pointMs, nowMs)};
}
