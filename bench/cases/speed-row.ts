// What several runs of a subject come to, next to those of relayq. Pure.

import type {RunFigures} from '../peers/subject.ts';
import {median, ratioOf} from '../statistics.ts';

export interface SpeedRow {
  readonly subject: string;
  /** The messages of one run. */
  readonly messages: number;
  readonly messagesPerSecond: number;
  readonly cpuSecondsPerThousand: number;
  /** Only where Lambda bills. */
  readonly gbSecondsPerThousand?: number;
  readonly billedMsPerBatch?: number;
  readonly peakMB: number;
  /** How many times as fast relayq is, and what share of the CPU time it needs, by neighbouring runs. */
  readonly relayqSpeed: number;
  readonly relayqCpu: number;
  /** How many runs were repeated because mail did not arrive. */
  readonly failedRuns: number;
  readonly runs: readonly RunFigures[];
}

const speedOf = ({messages, elapsedMs}: RunFigures): number => (1000 * messages) / elapsedMs;
const cpuOf = ({messages, cpuSeconds}: RunFigures): number => (1000 * cpuSeconds) / messages;

export function rowOf(
  subject: string,
  runs: readonly RunFigures[],
  ours: readonly RunFigures[],
): Omit<SpeedRow, 'failedRuns'> {
  const known = (of: (run: RunFigures) => number | undefined) =>
    runs.map(of).filter(value => value !== undefined);
  const billed = known(({billedMs, invocations}) => billedMs && invocations && billedMs / invocations);
  const gbSeconds = known(run => run.gbSeconds && (1000 * run.gbSeconds) / run.messages);
  return {
    subject,
    messages: runs[0]!.messages,
    messagesPerSecond: median(runs.map(speedOf)),
    cpuSecondsPerThousand: median(runs.map(cpuOf)),
    ...(gbSeconds.length > 0 && {gbSecondsPerThousand: median(gbSeconds)}),
    ...(billed.length > 0 && {billedMsPerBatch: median(billed)}),
    peakMB: Math.max(...runs.map(({peakMB}) => peakMB)),
    relayqSpeed: ratioOf(ours.map(speedOf), runs.map(speedOf)),
    relayqCpu: ratioOf(ours.map(cpuOf), runs.map(cpuOf)),
    runs,
  };
}
