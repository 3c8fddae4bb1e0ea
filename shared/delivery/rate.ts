// How many messages a minute a receiver is given. Each message has a slot: a time before which it does not go. The generic
// cell rate algorithm (ITU-T I.371, annex A) hands the slots out: it only needs to know when a receiver's next slot is.
// The functions keep that.

import type {Capacity} from '../settings/groups/capacity.ts';

export interface Rate {
  /** Milliseconds from one slot to the next. */
  readonly intervalMs: number;
  /** How many slots a receiver at rest gives at once. */
  readonly burst: number;
}

/** What messages share a rate, and in how many environments they may be at a time. */
export interface Limit {
  readonly key: string;
  readonly rate: Rate;
  readonly parts: number;
}

/** Consecutive slots. */
export interface Slots {
  readonly firstMs: number;
  readonly count: number;
}

/** Why a message must not go now: its slot is yet to come, or there is none yet. */
export interface Wait {
  readonly untilMs: number;
  readonly slotMs?: number;
}

/**
 * How far ahead slots are given: the longest DelaySeconds of SQS. A message that gets none asks again then. So neither a
 * flood of mail that is given up, nor a limit that was changed, has an effect for longer.
 */
export const horizonMs = 900_000;

/**
 * How late a slot may still be used. Messages come back to the second, and some wait for their lane. Those that come
 * later ask for a new slot: otherwise all mail that piles up during an outage would go at once.
 */
const mostLateMs = 30_000;

const secondMs = 1000;

/** Undefined without a limit. The burst is a second's worth: SQS delays to the second, so a smaller one cannot be kept. */
export function rateOf({messagesPerMinute = 0}: Pick<Capacity, 'messagesPerMinute'>): Rate | undefined {
  if (messagesPerMinute === 0) return undefined;
  const intervalMs = (60 * secondMs) / messagesPerMinute;
  return {intervalMs, burst: Math.max(Math.ceil(secondMs / intervalMs), 1)};
}

/** The rate for each of so many parts: all of them together stay below the whole rate. */
export const shareOf = ({intervalMs}: Rate, parts: number): Rate => ({
  intervalMs: intervalMs * parts,
  burst: 1,
});

/** The earliest next slot that there can be: that of a receiver at rest, whose burst lies behind it. */
export const earliestSlotOf = ({intervalMs, burst}: Rate, nowMs: number): number =>
  nowMs - (burst - 1) * intervalMs;

/** How far so many slots move the next one: rounded up to a microsecond, so that sums stay exact as decimals. */
export const spanOf = ({intervalMs}: Rate, count: number): number =>
  Math.ceil(intervalMs * count * 1000) / 1000;

/**
 * Takes slots of a receiver.
 * @param nextMs its next slot; undefined when it has had none
 * @returns undefined when the next slot is beyond the horizon: no slot is given
 */
export function reserve(
  nextMs: number | undefined,
  count: number,
  rate: Rate,
  nowMs: number,
): {readonly slots: Slots; readonly nextMs: number} | undefined {
  const firstMs = Math.max(nextMs ?? Number.NEGATIVE_INFINITY, earliestSlotOf(rate, nowMs));
  if (firstMs > nowMs + horizonMs) return undefined;
  return {slots: {firstMs, count}, nextMs: firstMs + spanOf(rate, count)};
}

/**
 * What the slots mean for the messages that asked for them, in their order: undefined for a message that goes now.
 * @param slots undefined when none were given
 */
export const waitsOf = (
  slots: Slots | undefined,
  count: number,
  {intervalMs}: Rate,
  nowMs: number,
): readonly (Wait | undefined)[] =>
  Array.from({length: count}, (_, index) => {
    if (slots === undefined) return {untilMs: nowMs + horizonMs};
    const slotMs = slots.firstMs + index * intervalMs;
    return slotMs <= nowMs ? undefined : {untilMs: slotMs, slotMs};
  });

/** What a message's own slot means: it is yet to come, it has come, or the message needs a new one. */
export function stateOfSlot(slotMs: number | undefined, nowMs: number): 'ahead' | 'due' | 'none' {
  if (slotMs === undefined || nowMs > slotMs + mostLateMs) return 'none';
  return nowMs < slotMs ? 'ahead' : 'due';
}
