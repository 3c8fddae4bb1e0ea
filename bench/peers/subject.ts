// Something that sends mail and is measured.

import type {Place} from '../receivers/place.ts';

export interface RunFigures {
  readonly messages: number;
  readonly elapsedMs: number;
  /** NaN where it is not known. */
  readonly cpuSeconds: number;
  readonly peakMB: number;
  /** What Lambda would bill, and how many invocations there were. */
  readonly billedMs?: number;
  readonly invocations?: number;
  /** The billed time by the memory that is billed with it. */
  readonly gbSeconds?: number;
}

export interface Subject {
  readonly name: string;
  /** Why it cannot take part here; undefined when it can. */
  unfit(place: Place, connections: number): string | undefined;
  /** Sends until its code is compiled, before anything is measured. */
  warmUp(place: Place, connections: number, messages: number): Promise<void>;
  run(place: Place, connections: number, messages: number): Promise<RunFigures>;
  /** What it has logged; shown when mail did not arrive. */
  complaints?(): readonly string[];
  close(): Promise<void>;
}
