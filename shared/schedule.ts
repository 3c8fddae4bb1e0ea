// When a message is tried next, and when it has been tried for long enough. The clock comes in as a number.

import type {Message} from './message.ts';
import type {Settings} from './settings.ts';

/** The longest DelaySeconds that SQS takes (SendMessage). */
const maxDelaySeconds = 900;

/** Seconds to wait after attempt number `attempts` (from 1): the list in turn, its last entry for ever. */
export const retryIntervalOf = (intervals: readonly number[], attempts: number): number =>
  intervals[Math.min(Math.max(attempts, 1), intervals.length) - 1] ?? 0;

/** The time after which a message is no longer tried: its own, else the setting's from its arrival. */
export const expiryOf = (message: Message, settings: Settings): number =>
  message.maxDeliverTimeMs ?? message.tracking.arrivedMs + settings.maxDeliverTime * 1000;

/** Why a message is to be given up before its next attempt at `nextMs`, or undefined while it is not. */
export function expiredBecause(
  message: Message,
  settings: Settings,
  attempts: number,
  nextMs: number,
): string | undefined {
  const maxAttempts = message.maxAttempts ?? settings.maxAttempts;
  if (maxAttempts > 0 && attempts >= maxAttempts) return `maxattempts: ${attempts} of ${maxAttempts} made`;
  return nextMs >= expiryOf(message, settings)
    ? 'maxdelivertime: no time left for another attempt'
    : undefined;
}

/** When the attempt after a deferral is due. */
export const nextAttemptOf = (
  message: Message,
  settings: Settings,
  attempts: number,
  nowMs: number,
): number => nowMs + retryIntervalOf(message.retries ?? settings.retryIntervals, attempts) * 1000;

/** The next stretch of waiting on the outbox, in whole seconds rounded up: never due too early. */
export const delaySecondsOf = (dueMs: number, nowMs: number): number =>
  Math.min(Math.max(Math.ceil((dueMs - nowMs) / 1000), 0), maxDelaySeconds);
