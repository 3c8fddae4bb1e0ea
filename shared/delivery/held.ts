// Held mail: what becomes of it when it is looked at, and what decides when that is to be.

import {createHash} from 'node:crypto';
import {openingOf} from '../message/delivery-window.ts';
import type {Settings} from '../settings/settings.ts';
import {inForce} from '../settings/steering/in-force.ts';
import type {Stop} from './gate.ts';

/** SQS deletes what is fourteen days old. It counts from when the message was sent to the queue. */
const oldestHeldMs = 10 * 86_400_000;
/** SQS takes what was received a thousand times for a dead letter. */
const mostHeldReceives = 500;

export type HeldFate =
  /** To route, which lets it go on, or ends it. */
  | 'released'
  /** To the same queue, as a new message of SQS. */
  | 'sent again'
  | 'stays';

/** @param stop what the gates say of it now */
export function heldFateOf(
  stop: Stop | undefined,
  {sentMs, receives}: {readonly sentMs: number; readonly receives: number},
  nowMs: number,
): HeldFate {
  if (stop?.kind !== 'hold' || stop.heldUntilMs === undefined) return 'released';
  return nowMs - sentMs >= oldestHeldMs || receives >= mostHeldReceives ? 'sent again' : 'stays';
}

/**
 * Whatever in the settings decides about held mail, as a short text: when it changes, some mail may be free. No secret can
 * be found out by it.
 */
export function steeringOf(settings: Settings, nowMs: number): string {
  const {pauses, errors, windows, smarthost, sink, maxDeliverTime, unknown} = settings;
  const hopOf = (relay: typeof smarthost) => relay && {hosts: relay.hosts, port: relay.port};
  const steering = {
    pauses: inForce(pauses, nowMs),
    errors: inForce(errors, nowMs),
    windows: [...windows].sort().map(([name, window]) => [name, window, openingOf(window, nowMs) <= nowMs]),
    hops: [hopOf(smarthost), hopOf(sink)],
    maxDeliverTime,
    unknown: [...unknown].sort(),
  };
  return createHash('sha256').update(JSON.stringify(steering)).digest('hex').slice(0, 16);
}

/** Environments may go by settings of a minute ago, and then a batch is written down. */
const settledMs = 120_000;
/** What nobody knows of is found by then at the latest. */
const longestUnsweptMs = 86_400_000;
/** Between what is told of a message and its coming into the queue. */
const arrivalMs = 60_000;

interface Known {
  readonly sweptMs: number | undefined;
  readonly begunMs: number | undefined;
  readonly inForceMs: number | undefined;
  readonly duesMs: readonly number[];
}

/** By which times held mail has to be looked at that are over. */
export const passedDues = (duesMs: readonly number[], nowMs: number): readonly number[] =>
  duesMs.filter(due => due + arrivalMs <= nowMs);

/** Why all held mail is to be looked through, or undefined where nothing can have changed. */
export function sweepReason({sweptMs, begunMs, inForceMs, duesMs}: Known, nowMs: number): string | undefined {
  if (begunMs !== undefined) return 'the last sweep did not come to its end';
  if (sweptMs === undefined) return 'there was none before';
  if (inForceMs === undefined || sweptMs < inForceMs + settledMs) return 'what holds mail has changed';
  if (passedDues(duesMs, nowMs).length > 0) return 'some of it is due';
  return nowMs - sweptMs >= longestUnsweptMs ? 'the last sweep was a day ago' : undefined;
}
