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

/** How long a run should last: long enough for its figures, and no longer. A second and a half at the usual size. */
export const runMsOf = (size: number): number => 0.3 * size;

/** @returns how long it took */
type Try = (messages: number) => Promise<number>;

/**
 * How many messages a run of that time has, by trying: a first try opens connections and says little. Never more than
 * the size, and the same share for each connection.
 */
export async function messagesOfRun(size: number, connections: number, attempt: Try): Promise<number> {
  const runMs = runMsOf(size);
  const rounded = (messages: number) => connections * wholeBatches(Math.min(messages, size) / connections);
  for (let messages = 10 * connections; ; ) {
    const elapsedMs = await attempt(messages);
    const wanted = rounded((messages * runMs) / elapsedMs);
    const next = rounded(Math.min(wanted / 2, 8 * messages));
    if (elapsedMs >= runMs / 4 || next <= messages) return wanted;
    messages = next;
  }
}
