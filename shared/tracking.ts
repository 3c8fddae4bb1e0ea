// What the pipeline itself has to remember about a message between its rounds: the `relayq` property.
// It travels in the body, so that a message moved by hand (out of a dead-letter queue, say) keeps it.

import type {Parsed} from './address.ts';
import {isJsonObject, type Json, type JsonObject} from './json.ts';
import {parseUtcTime, utcTimeOf} from './utc-time.ts';

export interface Tracking {
  /** The SQS message id of the message's first appearance on the outbox. */
  readonly id: string;
  readonly arrivedMs: number;
  /** Delivery attempts made so far. */
  readonly attempts: number;
  /** Times that it came back from the delivery queue untried. Part of the deduplication ID, as attempts are. */
  readonly hops: number;
  /** When it may go, if its queue has a rate and it has got a slot: to the second, rounded down. */
  readonly slotMs?: number;
}

/** Reads the `relayq` property; a message without one has just arrived. */
export function parseTracking(
  value: Json | undefined,
  arrival: {readonly id: string; readonly arrivedMs: number},
): Parsed<Tracking> {
  if (value === undefined) return {ok: true, value: {...arrival, attempts: 0, hops: 0}};
  const wrong: Parsed<never> = {ok: false, problem: 'is the pipeline’s own property: remove it'};
  if (!isJsonObject(value)) return wrong;
  const {id, arrived, attempts, hops, slot} = value;
  const arrivedMs = typeof arrived === 'string' ? parseUtcTime(arrived) : undefined;
  // The id becomes part of an SQS deduplication ID, with SQS's alphabet and length.
  if (typeof id !== 'string' || !/^[!-~]{1,80}$/.test(id) || arrivedMs === undefined) return wrong;
  if (!isCount(attempts) || !isCount(hops)) return wrong;
  if (slot === undefined) return {ok: true, value: {id, arrivedMs, attempts, hops}};
  const slotMs = typeof slot === 'string' ? parseUtcTime(slot) : undefined;
  return slotMs === undefined ? wrong : {ok: true, value: {id, arrivedMs, attempts, hops, slotMs}};
}

const isCount = (value: Json | undefined): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0;

export const trackingProperty = ({id, arrivedMs, attempts, hops, slotMs}: Tracking): JsonObject => ({
  id,
  arrived: utcTimeOf(arrivedMs),
  attempts,
  hops,
  ...(slotMs !== undefined && {slot: utcTimeOf(slotMs)}),
});

export const withoutSlot = ({slotMs: _, ...tracking}: Tracking): Tracking => tracking;
