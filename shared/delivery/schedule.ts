// When a message is tried next, and when it is given up. The time comes in as a number.

import type {Message} from '../message/message.ts';
import type {Settings} from '../settings/settings.ts';
import type {Reply} from '../smtp/reply.ts';
import {utcTimeOf} from '../utc-time.ts';

/** Seconds to wait after attempt number `attempts` (from 1). The last entry of the list repeats. */
export const retryIntervalOf = (intervals: readonly number[], attempts: number): number =>
  intervals[Math.min(Math.max(attempts, 1), intervals.length) - 1] ?? 0;

/** When a message is given up: at its own time, else the setting's time after its arrival. */
export const expiryOf = (message: Message, settings: Settings): number =>
  message.maxDeliverTimeMs ?? message.tracking.arrivedMs + settings.maxDeliverTime * 1000;

/** The property that says so, to the second: never before it is due. */
export const nextAttemptProperty = (nextMs: number) => ({time: utcTimeOf(Math.ceil(nextMs / 1000) * 1000)});

/** When a message may be tried next: never in the past. */
export const dueOf = ({nextAttemptMs}: Message, nowMs: number): number =>
  Math.max(nextAttemptMs ?? nowMs, nowMs);

/** Why a message is to be given up before its next attempt at `nextMs`, or undefined while it is not. */
export function expiredBecause(message: Message, settings: Settings, nextMs: number): string | undefined {
  const {attempts} = message.tracking;
  const maxAttempts = message.maxAttempts ?? settings.maxAttempts;
  if (maxAttempts > 0 && attempts >= maxAttempts) return `maxattempts: ${attempts} of ${maxAttempts} made`;
  return nextMs >= expiryOf(message, settings)
    ? 'maxdelivertime: no time left for another attempt'
    : undefined;
}

/** Says in the results why a message was given up. */
export const expiryEntry = (reason: string) =>
  ({
    state: 'process',
    result: 'timeout',
    class: 'expired',
    status: '5.4.7',
    description: reason,
    fatal: true,
  }) as const;

// "try again in 300 seconds", "greylisted for 5 minutes": a number, a unit, and a word about waiting before it.
const hint =
  /\b(?:again|retry|wait|back|gr[ea]ylist\w*|later|after|in)\b[^.;]{0,40}?\b(\d{1,5})\s*(s|sec|secs|seconds?|m|min|mins|minutes?|h|hours?)\b/i;
const secondsOfUnit = {s: 1, m: 60, h: 3600} as const;

/** How long a server asks us to wait, in seconds, by the words of a transient reply. */
export function retryHintOf({code, text}: Pick<Reply, 'code' | 'text'>): number | undefined {
  const [, number, unit = ''] = (code < 500 && hint.exec(text)) || [];
  if (number === undefined) return undefined;
  return Number(number) * secondsOfUnit[unit[0]!.toLowerCase() as keyof typeof secondsOfUnit];
}

/** The bounds within which a server's wish changes an interval, in seconds. */
const hintBounds = {least: 30, most: 3600} as const;

/**
 * When the attempt after a deferral is due.
 * @param hintSeconds what the server asked for; it counts within bounds
 */
export function nextAttemptOf(
  message: Message,
  settings: Settings,
  nowMs: number,
  hintSeconds?: number,
): number {
  const interval = retryIntervalOf(message.retries ?? settings.retryIntervals, message.tracking.attempts);
  const least = Math.min(interval, hintBounds.least);
  const most = Math.max(interval, hintBounds.most);
  const seconds = hintSeconds === undefined ? interval : Math.min(Math.max(hintSeconds, least), most);
  return nowMs + seconds * 1000;
}
