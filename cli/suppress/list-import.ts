// Puts rows into the list, a hundred at a time, some hundreds at the same time: one BatchGetItem, and what is new. However many
// rows there are, no more are kept than are being written.

import {type SuppressionEntry, suppresses} from '../../shared/delivery/suppression/entry.ts';
import type {StageStanding} from './standing.ts';
import type {SuppressionList} from './suppression-list.ts';

const perRound = 100;
const roundsAtOnce = 8;

export interface ListImportParts {
  readonly list: Pick<SuppressionList, 'get' | 'put'>;
  readonly standing: StageStanding;
  /** Whether nothing is written. */
  readonly isDry: boolean;
}

export class ListImport {
  readonly #parts: ListImportParts;
  readonly #working = new Set<Promise<void>>();
  #round = new Map<string, SuppressionEntry>();
  #failure: Error | undefined;
  #added = 0;
  #there = 0;
  #repeated = 0;

  constructor(parts: ListImportParts) {
    this.#parts = parts;
  }

  /** Of what has been written; who was suppressed before is left as it was. */
  get counts() {
    return {added: this.#added, there: this.#there, repeated: this.#repeated};
  }

  /** @throws Error when something could not be written */
  async add(entry: SuppressionEntry): Promise<void> {
    if (this.#round.has(entry.who)) this.#repeated += 1;
    this.#round.set(entry.who, entry);
    if (this.#round.size >= perRound) await this.#begin();
  }

  /** @throws Error when something could not be written */
  async finish(): Promise<void> {
    if (this.#round.size > 0) await this.#begin();
    await this.settled();
    this.#throwFailure();
  }

  /** Until nothing is being written any more. */
  async settled(): Promise<void> {
    await Promise.all(this.#working);
  }

  async #begin(): Promise<void> {
    const entries = this.#round;
    this.#round = new Map();
    if (this.#working.size >= roundsAtOnce) await Promise.race(this.#working);
    this.#throwFailure();
    const round: Promise<void> = this.#write(entries)
      .catch(error => {
        this.#failure ??= error as Error;
      })
      .finally(() => this.#working.delete(round));
    this.#working.add(round);
  }

  async #write(entries: ReadonlyMap<string, SuppressionEntry>): Promise<void> {
    const {list, standing, isDry} = this.#parts;
    const before = await list.get([...entries.keys()]);
    const wanted = [...entries.values()].filter(({who}) => {
      const entry = before.get(who);
      return entry === undefined || !suppresses(entry, standing.after, standing.nowMs);
    });
    // Bounces that have been counted stay counted.
    const counted = wanted.map(entry => ({
      ...entry,
      count: Math.max(entry.count, before.get(entry.who)?.count ?? 0),
    }));
    if (!isDry) await list.put(counted);
    this.#added += wanted.length;
    this.#there += entries.size - wanted.length;
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }
}
