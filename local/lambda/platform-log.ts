// What Lambda itself writes into a function's log: that an invocation began, that it ended, what it took. It is text, or
// JSON events that are selected by level ("Configuring JSON and plain text log formats"; "Log level filtering", system log
// level event mapping; "Lambda Telemetry API Event schema reference").

import type {FunctionError} from './function-error.ts';
import type {Logging} from './function-resource.ts';

export interface ReportFigures {
  readonly requestId: string;
  readonly durationMs: number;
  readonly memoryMB: number;
  readonly peakMB: number | undefined;
  /** Of an environment's first invocation. */
  readonly initMs: number | undefined;
  readonly error: FunctionError | undefined;
}

type Level = 'DEBUG' | 'INFO' | 'WARN';
type Status = 'success' | 'failure' | 'error' | 'timeout';

/** The lines of one event; none when its level is too low. */
export type Lines = readonly string[];

const levels: readonly Level[] = ['DEBUG', 'INFO', 'WARN'];

const jsonEvent = ({systemLevel}: Logging, level: Level, type: string, record: object): Lines =>
  levels.indexOf(level) < levels.indexOf(systemLevel)
    ? []
    : [JSON.stringify({time: new Date().toISOString(), type: `platform.${type}`, record})];

export const startLines = (logging: Logging, requestId: string): Lines =>
  logging.format === 'Text'
    ? [`START RequestId: ${requestId} Version: $LATEST`]
    : jsonEvent(logging, 'INFO', 'start', {requestId, version: '$LATEST'});

/** In JSON the status of the report says so. */
export const timeoutLines = ({format}: Logging, requestId: string, timeoutS: number): Lines =>
  format === 'Text'
    ? [`${new Date().toISOString()} ${requestId} Task timed out after ${timeoutS.toFixed(2)} seconds\n`]
    : [];

export const initErrorLines = (logging: Logging, {errorType, errorMessage}: FunctionError): Lines =>
  logging.format === 'Text'
    ? [`INIT_REPORT Phase: init\tStatus: error\tError Type: ${errorType}\tError: ${errorMessage}`]
    : jsonEvent(logging, 'WARN', 'initReport', {
        initializationType: 'on-demand',
        phase: 'init',
        status: statusOf(errorType),
        errorType,
      });

export function reportLines(logging: Logging, figures: ReportFigures): Lines {
  const {requestId, durationMs, memoryMB, peakMB, initMs, error} = figures;
  // Init is billed too, since August 2025.
  const billedMs = Math.ceil(durationMs + (initMs ?? 0));
  if (logging.format === 'Text') {
    const fields = [
      `REPORT RequestId: ${requestId}`,
      `Duration: ${durationMs.toFixed(2)} ms`,
      `Billed Duration: ${billedMs} ms`,
      `Memory Size: ${memoryMB} MB`,
    ];
    if (peakMB !== undefined) fields.push(`Max Memory Used: ${peakMB} MB`);
    if (initMs !== undefined) fields.push(`Init Duration: ${initMs.toFixed(2)} ms`);
    return [`END RequestId: ${requestId}`, `${fields.join('\t')}\t`];
  }
  const rounded = (ms: number) => Number(ms.toFixed(3));
  const status = statusOf(error?.errorType);
  const outcome = {status, ...(error && {errorType: error.errorType})};
  const metrics = {
    durationMs: rounded(durationMs),
    billedDurationMs: billedMs,
    memorySizeMB: memoryMB,
    ...(peakMB !== undefined && {maxMemoryUsedMB: peakMB}),
    ...(initMs !== undefined && {initDurationMs: rounded(initMs)}),
  };
  const succeeded = status === 'success';
  return [
    ...jsonEvent(logging, succeeded ? 'DEBUG' : 'WARN', 'runtimeDone', {requestId, ...outcome}),
    ...jsonEvent(logging, succeeded ? 'INFO' : 'WARN', 'report', {requestId, metrics, ...outcome}),
  ];
}

/** An `error` is the function's own. A `failure` is that of a runtime that has ended. */
function statusOf(errorType: string | undefined): Status {
  if (errorType === undefined) return 'success';
  if (errorType === 'Sandbox.Timedout') return 'timeout';
  return errorType === 'Runtime.ExitError' ? 'failure' : 'error';
}
