// New mail waits outside of the delivery queues while its receiver has enough inside: SQS looks for work among the first
// 120,000 messages only, so that a backlog of few receivers would hold up all others.

import {isOfSettingsSmarthost, nextHopName} from '../destination.ts';
import type {Candidate, Gate} from '../gate.ts';
import {type Limit, type Rate, rateOf} from '../rate.ts';
import {type Entry, isUnanswered, type Pace, paceKeptMs} from '../receivers/entry.ts';
import {type DeliveryQueue, lookAgainMs} from '../receivers/placement.ts';
import type {Waits} from './rate.ts';
import {type KnownReceivers, placementIn} from './receiver.ts';

/** How much mail of a receiver that is down may lie in a lane: enough to probe with. */
const downPerLane = 20;
/** A probe that nobody makes for so long shows that no mail is left inside: some more is let in. */
const overdueMs = 3 * 60_000;
/** How old mail may get in the delivery queue before its receiver is admitted by its pace. */
export const agedMs = 20_000;

/** Undefined where a receiver may have in the delivery queues whatever there is. */
export function admissionLimitOf(
  {destination: {receiver, capacity}}: Candidate,
  entry: Entry | undefined,
  nowMs: number,
): Limit | undefined {
  // All mail is its own, so that it holds up nobody else.
  // That of receivers that have not answered waits outside already.
  if (entry === undefined || isOfSettingsSmarthost(receiver) || isUnanswered(entry)) return undefined;
  const {down, probe, pace} = entry;
  const parts = capacity.connections;
  if (down) {
    const rate: Rate = {intervalMs: 900_000, burst: downPerLane * parts};
    const isOverdue = probe !== undefined && nowMs > probe.dueMs + overdueMs;
    return {key: `down ${receiver} ${isOverdue ? probe.dueMs : down.sinceMs}`, rate, parts};
  }
  // Where there is a rate, its mail waits outside already.
  if (pace === undefined || nowMs > pace.oldMs + paceKeptMs || rateOf(capacity) !== undefined)
    return undefined;
  return {key: `pace ${receiver}`, rate: admissionRate(pace), parts};
}

/** A little more than it takes, so that its lanes never run dry; less, the longer its mail lies there already. */
function admissionRate({perMinute, ageMs}: Pace): Rate {
  const share = Math.min(Math.max((1.2 * agedMs) / ageMs, 0.5), 1.2);
  const intervalMs = 60_000 / Math.max(perMinute * share, 0.1);
  return {intervalMs, burst: Math.max(Math.ceil(1000 / intervalMs), 1)};
}

/** What is known of the mail in the delivery queues. */
interface Inside extends Pick<KnownReceivers, 'entryOf' | 'treatmentOf'> {
  readonly crowd: {
    /** To be told of all that wants to go into a queue, and of each that does. */
    wanted(queue: DeliveryQueue, receivers: readonly string[]): Promise<void>;
    entered(queue: DeliveryQueue, receiver: string): void;
    isCrowding(queue: DeliveryQueue, receiver: string, lanes: number): boolean;
  };
  waitsOf(candidates: readonly Candidate[], now: () => number): Promise<Waits>;
}

/** How long mail waits until its receiver's pace is known. */
const crowdedMs = 15_000;
/** How long after a probe others know what came of it. */
const afterProbeMs = 30_000;

export const admission =
  (inside: Inside): Gate =>
  async ({candidates, now}) => {
    const waits = await inside.waitsOf(candidates, now);
    const queueOf = (candidate: Candidate) => {
      const placement = placementIn(candidate, inside);
      return placement.kind === 'lanes' ? placement.queue : 'slow';
    };
    // All mail of the settings' smarthost is let in.
    const counted = candidates.filter(({destination}) => !isOfSettingsSmarthost(destination.receiver));
    for (const [queue, those] of Map.groupBy(counted, queueOf))
      await inside.crowd.wanted(
        queue,
        those.map(({destination}) => destination.receiver),
      );
    // A candidate may be decided about more than once.
    const uncounted = new Set(counted);
    const passes = (candidate: Candidate) => {
      if (uncounted.delete(candidate))
        inside.crowd.entered(queueOf(candidate), candidate.destination.receiver);
      return undefined;
    };
    return (candidate, nowMs) => {
      const {receiver, nextHop, capacity} = candidate.destination;
      const facts = {nextHop: nextHopName(nextHop)};
      const entry = inside.entryOf(receiver);
      const wait = waits.get(candidate);
      if (wait === undefined) {
        // With a pace it has its slots.
        const isLetIn = entry?.pace !== undefined || isOfSettingsSmarthost(receiver);
        if (isLetIn || !inside.crowd.isCrowding(queueOf(candidate), receiver, capacity.connections))
          return passes(candidate);
        return {kind: 'hold', untilMs: nowMs + crowdedMs, cause: enough, facts};
      }
      if (entry?.down) {
        const untilMs = Math.max(lookAgainMs(entry, nowMs) + afterProbeMs, nowMs + 2 * afterProbeMs);
        return {kind: 'hold', untilMs, cause: 'its receiver is down, and has mail to be probed with', facts};
      }
      const {untilMs, slotMs = null} = wait;
      return {kind: 'hold', untilMs, slotMs, cause: enough, facts};
    };
  };

const enough = 'its receiver has enough in the delivery queue';
