// Everything that a benchmark measured, as `--json` writes it. A case that did not run is absent.

import {cpus, release, totalmem} from 'node:os';
import type {BenchOptions} from './bench-options.ts';
import type {ColdStartRow} from './cases/cold-start.ts';
import type {CostScenario} from './cases/cost.ts';
import type {DirectCost} from './cases/direct-cost.ts';
import type {DrainRow} from './cases/drain.ts';
import type {IsolationRow} from './cases/isolation.ts';
import type {PipelineFigures} from './cases/pipeline.ts';
import type {ScaleRow} from './cases/scale.ts';
import type {SpeedScenario} from './cases/speed.ts';
import type {StandingCosts} from './cases/standing.ts';
import type {SubmissionRow} from './cases/submission.ts';
import {priceList} from './prices.ts';

export interface Measured {
  readonly speed?: readonly SpeedScenario[];
  readonly drain?: readonly DrainRow[];
  readonly pipeline?: PipelineFigures;
  readonly scale?: readonly ScaleRow[];
  readonly coldStart?: readonly ColdStartRow[];
  readonly cost?: readonly CostScenario[];
  readonly directCost?: readonly DirectCost[];
  readonly standing?: StandingCosts;
  readonly isolation?: readonly IsolationRow[];
  readonly submission?: readonly SubmissionRow[];
}

export interface BenchResults extends Measured {
  /** ISO 8601, UTC. */
  readonly date: string;
  readonly machine: Machine;
  readonly size: number;
  readonly runs: number;
  readonly warmUp: number;
  readonly sqsLatencyMs: number;
  readonly prices: typeof priceList;
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
  {size, runs, warmUp, sqsLatencyMs}: Pick<BenchOptions, 'size' | 'runs' | 'warmUp' | 'sqsLatencyMs'>,
  {date, machine}: Pick<BenchResults, 'date' | 'machine'>,
): BenchResults => ({date, machine, size, runs, warmUp, sqsLatencyMs, prices: priceList, ...measured});
