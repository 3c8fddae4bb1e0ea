// A message waits for its slot where its receiver has a rate. The slots of a batch are fetched together.

import {nextHopName} from '../destination.ts';
import type {Candidate, Gate} from '../gate.ts';
import type {Wait} from '../rate.ts';

/** The candidates that must wait. */
export type Waits = ReadonlyMap<Candidate, Wait>;

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
