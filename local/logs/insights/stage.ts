// What a query's commands become: stages that rows pass through, and the columns that are shown in the end.

import type {Row} from './row.ts';

export type Stage =
  /** Sees one row at a time, may change it, and says whether it stays. */
  | {readonly each: (row: Row) => boolean}
  /** Needs all rows. */
  | {readonly all: (rows: readonly Row[]) => readonly Row[]};

/** What the commands so far have settled. A command of the query adds to it. */
export class Plan {
  readonly stages: Stage[] = [];
  /** Of `fields`, one command after the other. */
  readonly fields: string[] = [];
  /** Of `parse`. */
  readonly parsed: string[] = [];
  /** Of the last `display`. */
  displayed: readonly string[] | undefined;
  /** Of the last `stats`. From it on, rows are no events. */
  statistics: readonly string[] | undefined;
  /** How many `stats` there are. */
  aggregations = 0;

  get columns(): readonly string[] {
    const own = this.fields.length === 0 ? ['@timestamp', '@message'] : this.fields;
    return [...new Set(this.displayed ?? this.statistics ?? [...own, ...this.parsed])];
  }
}
