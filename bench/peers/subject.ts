// One who sends mail, and is measured.

import type {Place} from '../receivers/place.ts';

export interface RunFigures {
  readonly messages: number;
  readonly elapsedMs: number;
  /** NaN where it cannot be told. */
  readonly cpuSeconds: number;
  readonly peakMB: number;
  /** What Lambda would bill, and for how many invocations. */
  readonly billedMs?: number;
  readonly invocations?: number;
}

export interface Subject {
  readonly name: string;
  /** Of a run: for one who needs long for more. */
  readonly mostMessages?: number;
  /** Why it cannot take part in this; undefined when it can. */
  unfit(place: Place, connections: number): string | undefined;
  /** Sends before anything is measured, so much that its code is compiled. */
  warmUp(place: Place, connections: number, messages: number): Promise<void>;
  run(place: Place, connections: number, messages: number): Promise<RunFigures>;
  /** What it has to say when mail did not arrive. */
  complaints?(): readonly string[];
  close(): Promise<void>;
}
