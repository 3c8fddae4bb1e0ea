// A message waits while its receiver is down or changes queues, and goes where the receiver's mail belongs.

import type {Candidate, Gate, Stop} from '../gate.ts';
import type {Entry} from '../receivers/entry.ts';
import {comeBackMs, isUnansweredGroup, lookAgainMs, placementOf} from '../receivers/placement.ts';
import type {Treatment} from '../receivers/treatment.ts';

/** What is known of receivers in trouble. */
export interface KnownReceivers {
  entryOf(receiver: string): Entry | undefined;
  treatmentOf(receiver: string): Treatment;
  /** @returns whether the caller may probe the receiver. Nobody else does then. */
  claim(receiver: string): Promise<boolean>;
}

/** For the delivery queues. While a receiver is down, one message at a time probes it. */
export const receiver =
  (known: KnownReceivers): Gate =>
  async ({candidates, now}) => {
    const probes = await probesOf(
      candidates.filter(each => isDown(stopOf(each, known, now()))),
      known,
    );
    // What was stopped once stays stopped: later gates have not been asked about it.
    const stopped = new Set(candidates.filter(each => !probes.has(each) && stopOf(each, known, now())));
    return (candidate, nowMs) => {
      if (probes.has(candidate) && isProbed(candidate, known)) return undefined;
      const stop = stopOf(candidate, known, nowMs);
      if (stop !== undefined || !stopped.has(candidate)) return stop;
      return {kind: 'hide', untilMs: nowMs + againMs, cause: 'its receiver is up again'};
    };
  };

const againMs = 1_000;
const down = 'its receiver is down';

const isDown = (stop: Stop | undefined): boolean => stop?.kind === 'hide' && stop.cause === down;

/** For new mail: that of a receiver that has not answered waits outside of the queues, but for one message. */
export const unansweredReceiver =
  (known: KnownReceivers): Gate =>
  async ({candidates}) => {
    const outside = candidates.filter(each => isOutside(each, known));
    const probes = await probesOf(outside, known);
    return (candidate, nowMs) =>
      probes.has(candidate) || !isOutside(candidate, known)
        ? undefined
        : outsideStop(candidate, known, nowMs);
  };

/** Whether the probe is still under way: when it is over, the entry says when the next one is due. */
const isProbed = ({destination}: Candidate, known: KnownReceivers): boolean =>
  known.entryOf(destination.receiver)?.probe?.claimedUntilMs !== undefined;

/** Whoever has claimed the probe may be unknown here. When one has failed, the next one is due later. */
const isDue = ({destination}: Candidate, known: KnownReceivers, nowMs: number): boolean =>
  (known.entryOf(destination.receiver)?.probe?.dueMs ?? 0) <= nowMs;

async function probesOf(candidates: readonly Candidate[], known: KnownReceivers) {
  const firsts = [...Map.groupBy(candidates, ({destination}) => destination.receiver).values()];
  const claims = await Promise.all(firsts.map(([first]) => known.claim(first!.destination.receiver)));
  return new Set(firsts.filter((_, index) => claims[index]).map(([first]) => first!));
}

/** Where a message belongs. */
export function placementIn(
  {destination: {receiver: name}}: Candidate,
  known: Pick<KnownReceivers, 'entryOf' | 'treatmentOf'>,
) {
  const entry = known.entryOf(name);
  return placementOf(entry, entry !== undefined && known.treatmentOf(name).staysFast);
}

const isOutside = (candidate: Candidate, known: KnownReceivers): boolean =>
  placementIn(candidate, known).kind === 'outside';

const outsideStop = ({destination, lane = ''}: Candidate, known: KnownReceivers, nowMs: number): Stop => ({
  kind: 'hold',
  untilMs: comeBackMs(known.entryOf(destination.receiver)!, nowMs, isUnansweredGroup(lane)),
  cause: 'its receiver is slow and has not answered yet',
});

function stopOf(candidate: Candidate, known: KnownReceivers, nowMs: number): Stop | undefined {
  const {destination, lane = '', deliveryQueue} = candidate;
  const placement = placementIn(candidate, known);
  const isProbe = isUnansweredGroup(lane);
  if (placement.kind === 'outside')
    return isProbe && isDue(candidate, known, nowMs) ? undefined : outsideStop(candidate, known, nowMs);
  const {queue, fromMs} = placement;
  if (queue !== deliveryQueue || isProbe) return {kind: 'move', queue};
  if (nowMs < fromMs) return {kind: 'hide', untilMs: fromMs, cause: 'its receiver changes queues'};
  const entry = known.entryOf(destination.receiver);
  if (entry?.down === undefined) return undefined;
  return {kind: 'hide', untilMs: lookAgainMs(entry, nowMs), cause: down};
}
