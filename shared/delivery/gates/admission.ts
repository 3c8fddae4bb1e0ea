// New mail waits outside of the delivery queues while its receiver has enough inside: SQS looks for work among the first
// 120,000 messages only, so that a backlog of few receivers would hold up all others.

import {isOfSettingsSmarthost, nextHopName} from '../destination.ts';
import type {Candidate, Gate} from '../gate.ts';
import {type Limit, type Rate, rateOf} from '../rate.ts';
import {type Entry, isUnanswered, type Pace} from '../receivers/entry.ts';
import {lookAgainMs} from '../receivers/placement.ts';
import type {Waits} from './rate.ts';

/** How much mail of a receiver that is down may lie in a lane: enough to probe with. */
const downPerLane = 20;
/** After this the pace of a receiver is no longer known. */
const paceKeptMs = 5 * 60_000;
/** How old mail may get in the delivery queue before its receiver is admitted more slowly. */
export const agedMs = 2 * 60_000;

/** Undefined where a receiver may have in the delivery queues whatever there is. */
export function admissionLimitOf(
  {destination: {receiver, capacity}}: Candidate,
  entry: Entry | undefined,
  nowMs: number,
): Limit | undefined {
  // All mail is its own, so that it holds up nobody else.
  // That of receivers that have not answered waits outside already.
  if (entry === undefined || isOfSettingsSmarthost(receiver) || isUnanswered(entry)) return undefined;
  const {down, pace} = entry;
  const parts = capacity.connections;
  if (down) {
    const rate: Rate = {intervalMs: 900_000, burst: downPerLane * parts};
    return {key: `down ${receiver} ${down.sinceMs}`, rate, parts};
  }
  // Where there is a rate, its mail waits outside already.
  if (pace === undefined || nowMs > pace.atMs + paceKeptMs || rateOf(capacity) !== undefined)
    return undefined;
  return {key: `pace ${receiver}`, rate: admissionRate(pace), parts};
}

/** A little more than it takes, so that its lanes never run dry; less, the longer its mail lies there already. */
function admissionRate({perMinute, ageMs}: Pace): Rate {
  const share = Math.min(Math.max((1.2 * agedMs) / ageMs, 0.5), 1.2);
  const intervalMs = 60_000 / Math.max(perMinute * share, 0.1);
  return {intervalMs, burst: Math.max(Math.ceil(1000 / intervalMs), 1)};
}

interface Inside {
  entryOf(receiver: string): Entry | undefined;
  /** Whether the delivery queues are full, and much of that is this receiver's. */
  isCrowding(receiver: string): boolean;
  waitsOf(candidates: readonly Candidate[], now: () => number): Promise<Waits>;
}

/** How long mail waits when the queues are full. */
const crowdedMs = 120_000;
/** How long after a probe others know what came of it. */
const afterProbeMs = 30_000;

export const admission =
  (inside: Inside): Gate =>
  async ({candidates, now}) => {
    const waits = await inside.waitsOf(candidates, now);
    return (candidate, nowMs) => {
      const {receiver, nextHop} = candidate.destination;
      const facts = {nextHop: nextHopName(nextHop)};
      if (inside.isCrowding(receiver)) {
        const cause = 'the delivery queues are full, much of it with mail of its receiver';
        return {kind: 'hold', untilMs: nowMs + crowdedMs, cause, facts};
      }
      const wait = waits.get(candidate);
      if (wait === undefined) return undefined;
      const entry = inside.entryOf(receiver);
      if (entry?.down) {
        const untilMs = Math.max(lookAgainMs(entry, nowMs) + afterProbeMs, nowMs + 2 * afterProbeMs);
        return {kind: 'hold', untilMs, cause: 'its receiver is down, and has mail to be probed with', facts};
      }
      const {untilMs, slotMs = null} = wait;
      return {kind: 'hold', untilMs, slotMs, cause: 'its receiver has enough in the delivery queue', facts};
    };
  };
