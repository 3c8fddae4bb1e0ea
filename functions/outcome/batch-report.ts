// Collects what becomes of a batch's messages, and writes one line when the batch is over.

import {batchLine, type FunctionName} from '../../shared/delivery/batch-line.ts';
import type {Outcome} from '../../shared/delivery/outcome.ts';
import type {Log} from '../runtime/log.ts';
import type {OutcomeListener} from './outcome-writer.ts';

export interface BatchReportParts {
  readonly function: FunctionName;
  readonly stage: string;
  readonly log: Log;
  readonly now: () => number;
}

export class BatchReport {
  readonly #parts: BatchReportParts;
  #outcomes: Outcome[] = [];
  #routed: string[] = [];

  constructor(parts: BatchReportParts) {
    this.#parts = parts;
  }

  readonly listener: OutcomeListener = {known: outcome => void this.#outcomes.push(outcome)};

  /** @param receivers of messages that went into their queues, one for each message */
  routed(receivers: readonly string[]): void {
    this.#routed.push(...receivers);
  }

  /** To be called when the batch is over, also where it failed. */
  write(): void {
    const {log, now, ...who} = this.#parts;
    const line = batchLine({...who, outcomes: this.#outcomes, routed: this.#routed, timeMs: now()});
    this.#outcomes = [];
    this.#routed = [];
    if (line !== undefined) log(line.level, line.message, line.fields);
  }
}
