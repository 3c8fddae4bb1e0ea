// The queries of the account by their IDs. The latest ones that have ended are kept with their results.

import {randomUUID} from 'node:crypto';
import type {QueryRun} from './query-run.ts';

const keptRuns = 30;

export class QueryRuns {
  readonly #runs = new Map<string, QueryRun>();

  get running(): number {
    return [...this.#runs.values()].filter(run => !run.isEnded).length;
  }

  get(id: string): QueryRun | undefined {
    return this.#runs.get(id);
  }

  add(run: QueryRun): string {
    const ended = [...this.#runs].filter(([, each]) => each.isEnded);
    for (const [id] of ended.slice(0, Math.max(ended.length - keptRuns + 1, 0))) this.#runs.delete(id);
    const id = randomUUID();
    this.#runs.set(id, run);
    return id;
  }

  /** Ends those that run. */
  close(): void {
    for (const run of this.#runs.values()) run.cancel();
  }
}
