// What the pipeline itself has to remember about a message between its rounds: the `relayq` property.
// It travels in the body, so that a message moved by hand (out of a dead-letter queue, say) keeps it; and it is
// believed by the queue that it comes from.

import {isJsonObject, type Json, type JsonObject} from '../json.ts';
import type {Parsed} from '../parsed.ts';
import {parseUtcTime, utcTimeOf} from '../utc-time.ts';

/** The SQS record that a message comes in. */
export interface Arrival {
  /** Its message id. */
  readonly id: string;
  /** Its SentTimestamp, in milliseconds. */
  readonly arrivedMs: number;
  /** It comes from a queue that only the functions send to, so what it says of itself is true. */
  readonly ours?: boolean;
}

export interface Tracking {
  /** The SQS message id of the message's first appearance on the outbox. */
  readonly id: string;
  readonly arrivedMs: number;
  /** Delivery attempts made so far. */
  readonly attempts: number;
  /** Times that it came back from the delivery queue untried; `hops` in the body. Part of the deduplication ID, as attempts are. */
  readonly holds: number;
  /** When it may go, if its queue has a rate and it has got a slot: to the second, rounded down. */
  readonly slotMs?: number;
  /** The record of the outbox whose body gave `id`: what tells the message from others that say the same. */
  readonly origin?: string;
}

/** Reads the `relayq` property; a message without one that is to be believed has just arrived. */
export function parseTracking(value: Json | undefined, arrival: Arrival): Parsed<Tracking> {
  const {id, arrivedMs, ours = false} = arrival;
  const fresh: Parsed<Tracking> = {ok: true, value: {id, arrivedMs, attempts: 0, holds: 0}};
  if (value === undefined) return fresh;
  const tracking = isJsonObject(value) ? trackingOf(value) : undefined;
  if (tracking === undefined) return {ok: false, problem: 'is the pipeline’s own property: remove it'};
  if (ours) return {ok: true, value: tracking};
  if (!isOfVersionBefore(tracking, arrivedMs)) return fresh;
  // Its word is taken for the past; for what it is, the record's. A slot would be a way past the rate.
  return {ok: true, value: {...withoutSlot(tracking), origin: id}};
}

function trackingOf({id, arrived, attempts, hops: holds, slot, origin}: JsonObject): Tracking | undefined {
  const arrivedMs = typeof arrived === 'string' ? parseUtcTime(arrived) : undefined;
  const slotMs = typeof slot === 'string' ? parseUtcTime(slot) : undefined;
  if (!isId(id) || arrivedMs === undefined || !isCount(attempts) || !isCount(holds)) return undefined;
  if ((slot !== undefined && slotMs === undefined) || (origin !== undefined && !isId(origin)))
    return undefined;
  return {
    id,
    arrivedMs,
    attempts,
    holds,
    ...(slotMs !== undefined && {slotMs}),
    ...(origin !== undefined && {origin}),
  };
}

// It becomes part of an SQS deduplication ID, with SQS's alphabet and length.
const isId = (value: Json | undefined): value is string =>
  typeof value === 'string' && /^[!-~]{1,80}$/.test(value);

const isCount = (value: Json | undefined): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0;

/** The version before had mail wait on the outbox, for at most SQS's 14 days between two rounds. */
const oldestMs = 14 * 86_400_000;
/** Clocks of AWS differ by less. */
const clockMs = 60_000;
/** More than a fortnight of holds, or of attempts, comes to. */
const mostRounds = 10_000;

/**
 * Whether tracking on the outbox can be what the version before wrote; anybody can write the same, and it is worth
 * nothing to them. To be removed when no stage can hold mail of that version.
 */
const isOfVersionBefore = ({arrivedMs, attempts, holds, origin}: Tracking, sentMs: number): boolean =>
  origin === undefined &&
  arrivedMs >= sentMs - oldestMs &&
  arrivedMs <= sentMs + clockMs &&
  attempts <= mostRounds &&
  holds <= mostRounds;

/** Up, and for ever a number that JSON carries exactly. */
export const oneMore = (count: number): number => Math.min(count + 1, Number.MAX_SAFE_INTEGER);

/** What tells one message from all others, whatever their bodies say. */
export const identityOf = ({id, origin}: Tracking): string => origin ?? id;

export const trackingProperty = ({id, arrivedMs, attempts, holds, slotMs, origin}: Tracking): JsonObject => ({
  id,
  arrived: utcTimeOf(arrivedMs),
  attempts,
  // The name that bodies have had from the beginning.
  hops: holds,
  ...(slotMs !== undefined && {slot: utcTimeOf(slotMs)}),
  ...(origin !== undefined && {origin}),
});

export const withoutSlot = ({slotMs: _, ...tracking}: Tracking): Tracking => tracking;
