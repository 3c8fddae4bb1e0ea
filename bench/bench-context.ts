// What all cases of the benchmark share.

import type {BenchOptions} from './bench-options.ts';
import type {Site} from './function-rig.ts';
import type {Places} from './receivers/place.ts';

export interface BenchContext extends Site {
  readonly options: BenchOptions;
  readonly places: Places;
  readonly progress: (line: string) => void;
}

/** Rounds to whole batches, at least one. */
export const wholeBatches = (messages: number): number => Math.max(1, Math.round(messages / 10)) * 10;

/**
 * How many messages a connection carries in a run. Fewer with a round-trip time, as each message takes at least that
 * long: 200 at 20 ms and the usual size, which takes 4 s with one round trip each.
 */
export const messagesPerConnection = (size: number, roundTripMs: number): number =>
  wholeBatches((0.8 * size) / roundTripMs);
