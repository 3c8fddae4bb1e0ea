// What the pipeline remembers of a message between its rounds: the property `relayq`. It travels in the body, so it stays
// when somebody moves the message by hand. Whether it is believed depends on the queue that the message comes from.

import {isJsonObject, type Json, type JsonObject} from '../json.ts';
import {type Parsed, right, wrong} from '../parsed.ts';
import {parseUtcTime, utcTimeOf} from '../utc-time.ts';

/** The SQS record that a message comes in. */
export interface Arrival {
  /** SQS's message id. */
  readonly id: string;
  /** Its SentTimestamp, in milliseconds. */
  readonly arrivedMs: number;
  /** The record comes from a queue that only the functions send to, so its tracking is true. */
  readonly ours?: boolean;
}

export interface Tracking {
  /** The SQS message id of the message's first appearance on the outbox. */
  readonly id: string;
  readonly arrivedMs: number;
  readonly attempts: number;
  /** How often it left the delivery queue untried. Part of the deduplication ID, as attempts are. */
  readonly holds: number;
  /** When it may go, where its receiver has a rate and has given it a slot: to the second, rounded down. */
  readonly slotMs?: number;
  /** The id of the record on the outbox whose body gave `id`, which other bodies may give, too. */
  readonly origin?: string;
  /** What the settings of the stage had changed in its text: `date-added`, `seven-bit`, … */
  readonly changes?: readonly string[];
}

/** A message without the property, or with one that is not believed, has just arrived. */
export function parseTracking(value: Json | undefined, arrival: Arrival): Parsed<Tracking> {
  const {id, arrivedMs, ours = false} = arrival;
  const fresh = right({id, arrivedMs, attempts: 0, holds: 0});
  if (value === undefined) return fresh;
  const tracking = isJsonObject(value) ? trackingOf(value) : undefined;
  if (tracking === undefined) return wrong('is the pipeline’s own property: remove it');
  if (ours) return right(tracking);
  if (!isOfVersionBefore(tracking, arrivedMs)) return fresh;
  // Its past is believed, but what it is, the record tells. Its slot is dropped: it would be a way past the rate.
  return right({...withoutSlot(withoutChanges(tracking)), origin: id});
}

function trackingOf({
  id,
  arrived,
  attempts,
  hops: holds,
  slot,
  origin,
  changes,
}: JsonObject): Tracking | undefined {
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
    ...(Array.isArray(changes) && {changes: changes.filter(isChange).slice(0, mostChanges)}),
  };
}

/** Another version may have other words for them. */
const isChange = (value: Json): value is string =>
  typeof value === 'string' && /^[a-z0-9-]{1,60}$/.test(value);
const mostChanges = 10;

// The id becomes part of an SQS deduplication ID, with SQS's alphabet and length.
const isId = (value: Json | undefined): value is string =>
  typeof value === 'string' && /^[!-~]{1,80}$/.test(value);

const isCount = (value: Json | undefined): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0;

/** In the version before, mail waited on the outbox between two rounds: SQS keeps it for 14 days at most. */
const oldestMs = 14 * 86_400_000;
/** The clocks of AWS differ by less. */
const clockMs = 60_000;
/** A fortnight has fewer attempts, and fewer holds. */
const mostRounds = 10_000;

// Anybody can write the same, and gains nothing. To be removed when no stage can hold mail of that version.
const isOfVersionBefore = ({arrivedMs, attempts, holds, origin}: Tracking, sentMs: number): boolean =>
  origin === undefined &&
  arrivedMs >= sentMs - oldestMs &&
  arrivedMs <= sentMs + clockMs &&
  attempts <= mostRounds &&
  holds <= mostRounds;

/** Whether a message comes for the first time: its text is as its producer wrote it. Later its text has been changed. */
export const isNew = ({id}: Tracking, arrival: Arrival): boolean => id === arrival.id;

/** Never beyond the numbers that JSON carries exactly. */
export const oneMore = (count: number): number => Math.min(count + 1, Number.MAX_SAFE_INTEGER);

/** Tells one message from all others, whatever their bodies say. */
export const identityOf = ({id, origin}: Tracking): string => origin ?? id;

export const trackingProperty = ({
  id,
  arrivedMs,
  attempts,
  holds,
  slotMs,
  origin,
  changes,
}: Tracking): JsonObject => ({
  id,
  arrived: utcTimeOf(arrivedMs),
  attempts,
  // Messages have had this name for it from the beginning.
  hops: holds,
  ...(slotMs !== undefined && {slot: utcTimeOf(slotMs)}),
  ...(origin !== undefined && {origin}),
  ...(changes !== undefined && {changes}),
});

export const withoutSlot = ({slotMs: _, ...tracking}: Tracking): Tracking => tracking;

const withoutChanges = ({changes: _, ...tracking}: Tracking): Tracking => tracking;

export const withChange = (tracking: Tracking, change: string): Tracking => ({
  ...tracking,
  changes: [...(tracking.changes ?? []), change],
});
