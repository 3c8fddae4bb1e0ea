// A query that runs, or has run. It takes turns with the rest of the cloud: however much it reads, others are answered.

import {setImmediate as turn} from 'node:timers/promises';
import {eventOctets} from '../log-event.ts';
import type {Query} from './query.ts';
import {type Origin, Row} from './row.ts';
import type {Stage} from './stage.ts';
import {textOf} from './value.ts';

export type QueryStatus = 'Scheduled' | 'Running' | 'Complete' | 'Failed' | 'Cancelled';
export type ResultRow = readonly {readonly field: string; readonly value: string}[];

/** How many rows it looks at before others have their turn. */
const rowsATurn = 500;

class Cancelled extends Error {}

export class QueryRun {
  readonly #query: Query;
  readonly #limit: number;
  #status: QueryStatus = 'Scheduled';
  #results: readonly ResultRow[] = [];
  readonly statistics = {recordsMatched: 0, recordsScanned: 0, bytesScanned: 0};

  constructor(query: Query, {limit}: {readonly limit: number}) {
    this.#query = query;
    this.#limit = limit;
  }

  get status(): QueryStatus {
    return this.#status;
  }

  get isEnded(): boolean {
    return this.#status !== 'Scheduled' && this.#status !== 'Running';
  }

  /** Empty until it is complete. */
  get results(): readonly ResultRow[] {
    return this.#results;
  }

  /** Whether it ran until now. */
  cancel(): boolean {
    if (this.isEnded) return false;
    this.#status = 'Cancelled';
    return true;
  }

  /** @param origins the events, in the order in which they are shown where the query sorts nothing */
  async run(origins: readonly Origin[]): Promise<void> {
    try {
      await this.#turn();
      this.#status = 'Running';
      this.#results = await this.#resultsOf(origins);
      this.#status = 'Complete';
    } catch (error) {
      if (!(error instanceof Cancelled)) this.#status = 'Failed';
    }
  }

  async #resultsOf(origins: readonly Origin[]): Promise<readonly ResultRow[]> {
    const {stages, columns, isOfEvents} = this.#query;
    const gathering = stages.findIndex(stage => 'all' in stage);
    const first = gathering < 0 ? stages : stages.slice(0, gathering);
    let rows: readonly Row[] = await this.#scan(origins, first);
    this.statistics.recordsMatched = rows.length;
    for (const stage of stages.slice(first.length))
      rows = 'all' in stage ? stage.all(rows) : await this.#pass(rows, [stage]);
    const shown = isOfEvents ? [...columns, '@ptr'] : columns;
    return rows.slice(0, this.#limit).map(row =>
      shown.flatMap(field => {
        const value = row.get(field);
        return value === undefined ? [] : [{field, value: textOf(value)}];
      }),
    );
  }

  async #scan(origins: readonly Origin[], stages: readonly Stage[]): Promise<readonly Row[]> {
    const kept: Row[] = [];
    for (let at = 0; at < origins.length; at += rowsATurn) {
      const piece = origins.slice(at, at + rowsATurn);
      this.statistics.recordsScanned += piece.length;
      this.statistics.bytesScanned += piece.reduce((sum, {event}) => sum + eventOctets(event), 0);
      const rows = piece.map(origin => new Row(origin));
      for (const row of await this.#pass(rows, stages)) kept.push(row);
    }
    return kept;
  }

  async #pass(rows: readonly Row[], stages: readonly Stage[]): Promise<readonly Row[]> {
    const kept: Row[] = [];
    for (let at = 0; at < rows.length; at += rowsATurn) {
      await this.#turn();
      const passes = (row: Row) => stages.every(stage => !('each' in stage) || stage.each(row));
      for (const row of rows.slice(at, at + rowsATurn)) if (passes(row)) kept.push(row);
    }
    return kept;
  }

  async #turn(): Promise<void> {
    await turn();
    if (this.#status === 'Cancelled') throw new Cancelled();
  }
}
