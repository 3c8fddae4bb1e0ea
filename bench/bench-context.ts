// What all cases share.

import type {BenchOptions} from './bench-options.ts';
import type {Site} from './function-rig.ts';
import type {Places} from './receivers/place.ts';

export interface BenchContext extends Site {
  readonly options: BenchOptions;
  readonly places: Places;
  readonly progress: (line: string) => void;
}

/** Whole batches, and one at least. */
export const wholeBatches = (messages: number): number => Math.max(1, Math.round(messages / 10)) * 10;

/**
 * How many messages a connection carries in a run: with a round-trip time each message takes at least that long,
 * so that fewer do. (200 at 20 ms and the usual size: 4 s, for whoever needs a single round trip.)
 */
export const messagesPerConnection = (size: number, roundTripMs: number): number =>
  wholeBatches((0.8 * size) / roundTripMs);
