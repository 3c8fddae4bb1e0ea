// How many messages a minute a receiving host is given: each message has a slot, a time before which it does not
// go. Slots are handed out by the generic cell rate algorithm (ITU-T I.371, annex A): all that is to be known of a
// queue is when its next slot is. Where that is kept is the functions' business.

import type {Capacity} from '../settings/capacity.ts';

export interface Rate {
  /** Milliseconds from one slot to the next. */
  readonly intervalMs: number;
  /** Slots that a queue at rest has to give at once. */
  readonly burst: number;
}

/** Consecutive slots. */
export interface Slots {
  readonly firstMs: number;
  readonly count: number;
}

/** Why a message must not go now: its slot is to come, or there is none to be had yet. */
export interface Wait {
  readonly untilMs: number;
  readonly slotMs?: number;
}

/**
 * Slots are given for so long ahead, which is the longest DelaySeconds of SQS; who gets none asks again then. So a
 * flood of mail that is given up, or a limit that is changed, has no effect for longer than this.
 */
export const horizonMs = 900_000;

/**
 * So late a slot may be used: messages come back to the second, and some have to wait for their lane. Those that
 * come later ask again, or what piles up while nothing can be delivered would all go at once.
 */
const mostLateMs = 30_000;

const secondMs = 1000;
const minuteMs = 60_000;

/** Undefined without a limit. The burst is a second's worth: SQS delays to the second, so no less can be kept. */
export function rateOf({messagesPerMinute = 0}: Pick<Capacity, 'messagesPerMinute'>): Rate | undefined {
  if (messagesPerMinute === 0) return undefined;
  const intervalMs = minuteMs / messagesPerMinute;
  return {intervalMs, burst: Math.max(Math.ceil(secondMs / intervalMs), 1)};
}

/** The rate that each of so many may keep to on its own, and all together stay below the rate. */
export const shareOf = ({intervalMs}: Rate, parts: number): Rate => ({
  intervalMs: intervalMs * parts,
  burst: 1,
});

/** The earliest next slot there can be: that of a queue at rest, some of whose slots are over already. */
export const earliestSlotOf = ({intervalMs, burst}: Rate, nowMs: number): number =>
  nowMs - (burst - 1) * intervalMs;

/** How far so many slots move the next one: rounded up to a microsecond, so that sums stay exact as decimals. */
export const spanOf = ({intervalMs}: Rate, count: number): number =>
  Math.ceil(intervalMs * count * secondMs) / secondMs;

/**
 * Takes slots of a queue.
 * @param nextMs its next slot; undefined when it has had none
 * @returns undefined when the next slot is beyond the horizon: there is none to be had
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
 * What becomes of the messages that slots were asked for, in their order: undefined for one that goes now.
 * @param slots undefined when there were none to be had
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

/** What a message's own slot means for it: it is to come, it has come, or the message needs one. */
export function stateOfSlot(slotMs: number | undefined, nowMs: number): 'ahead' | 'due' | 'none' {
  if (slotMs === undefined || nowMs > slotMs + mostLateMs) return 'none';
  return nowMs < slotMs ? 'ahead' : 'due';
}
