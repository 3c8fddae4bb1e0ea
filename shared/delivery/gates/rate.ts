// A message waits for its slot where its receiver has a rate. The slots of a batch are fetched together.

import {nextHopName} from '../destination.ts';
import type {Candidate, Gate} from '../gate.ts';
import {type Limit, rateOf, type Wait} from '../rate.ts';

/** The candidates that must wait. */
export type Waits = ReadonlyMap<Candidate, Wait>;

/** Each lane is in one environment at a time, so that no more environments than lanes have mail for a receiver. */
export function rateLimitOf({destination: {receiver, capacity}}: Candidate): Limit | undefined {
  const perReceiver = rateOf(capacity);
  return perReceiver && {key: receiver, rate: perReceiver, parts: capacity.connections};
}

export const rate =
  (waitsOf: (candidates: readonly Candidate[], now: () => number) => Promise<Waits>): Gate =>
  async ({candidates, now}) => {
    const waits = await waitsOf(candidates, now);
    return candidate => {
      const wait = waits.get(candidate);
      if (wait === undefined) return undefined;
      return {
        kind: 'hold',
        untilMs: wait.untilMs,
        slotMs: wait.slotMs ?? null,
        cause: 'its queue is over its rate',
        facts: {nextHop: nextHopName(candidate.destination.nextHop)},
      };
    };
  };
