// Everything that a benchmark measured, as `--json` writes it. A case that did not run is absent.

import {cpus, release, totalmem} from 'node:os';
import type {BenchOptions} from './bench-options.ts';
import type {ColdStartRow} from './cases/cold-start.ts';
import type {CostScenario} from './cases/cost.ts';
import type {PipelineFigures} from './cases/pipeline.ts';
import type {ScaleRow} from './cases/scale.ts';
import type {SpeedScenario} from './cases/speed.ts';
import type {Prices} from './prices.ts';

export interface Measured {
  readonly speed?: readonly SpeedScenario[];
  readonly pipeline?: PipelineFigures;
  readonly scale?: readonly ScaleRow[];
  readonly coldStart?: readonly ColdStartRow[];
  readonly cost?: readonly CostScenario[];
}

export interface BenchResults extends Measured {
  /** ISO 8601, UTC. */
  readonly date: string;
  readonly machine: Machine;
  readonly size: number;
  readonly runs: number;
  readonly warmUp: number;
  readonly sqsLatencyMs: number;
  readonly prices: Prices;
}

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGB: number;
  readonly system: string;
  readonly node: string;
}

export const thisMachine = (): Machine => ({
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  cores: cpus().length,
  memoryGB: Math.round(totalmem() / 1024 ** 3),
  system: `${process.platform} ${release()} ${process.arch}`,
  node: process.version,
});

export const resultsOf = (
  measured: Measured,
  {size, runs, warmUp, sqsLatencyMs}: BenchOptions,
  {date, machine, prices}: Pick<BenchResults, 'date' | 'machine' | 'prices'>,
): BenchResults => ({date, machine, size, runs, warmUp, sqsLatencyMs, prices, ...measured});
