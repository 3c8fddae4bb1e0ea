// The tables of the local DynamoDB, by name.

import type {Store} from '../store/store.ts';
import {tableNotFound} from './errors.ts';
import {Table} from './table.ts';
import type {TableResource} from './table-resource.ts';
import type {Item} from './value.ts';

export interface TablesOptions {
  readonly now?: () => number;
  readonly store?: Store;
}

export class Tables {
  readonly #tables = new Map<string, Table>();
  readonly #now: () => number;
  readonly #store: Store | undefined;

  constructor({now = Date.now, store}: TablesOptions = {}) {
    this.#now = now;
    this.#store = store;
  }

  create(definition: TableResource): void {
    this.#tables.set(definition.name, new Table(definition, {now: this.#now, store: this.#store}));
  }

  /** @throws AwsError when there is none */
  table(name: string): Table {
    const table = this.#tables.get(name);
    if (table === undefined) throw tableNotFound();
    return table;
  }

  itemsOf(tableName: string): readonly Item[] {
    return this.table(tableName).items();
  }
}
