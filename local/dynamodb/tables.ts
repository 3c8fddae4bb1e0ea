// The tables of the local DynamoDB: items by their partition key. Items expire.

import type {Store} from '../store/store.ts';
import {tableNotFound, unfit} from './errors.ts';
import type {TableResource} from './table-resource.ts';
import type {Item} from './value.ts';

const collection = 'dynamodb-item';

export interface TablesOptions {
  readonly now?: () => number;
  readonly store?: Store;
}

export class Tables {
  readonly #tables = new Map<string, TableResource>();
  readonly #items = new Map<string, Item>();
  readonly #now: () => number;
  readonly #store: Store | undefined;

  constructor({now = Date.now, store}: TablesOptions = {}) {
    this.#now = now;
    this.#store = store;
    for (const [key, item] of store?.entries(collection) ?? []) this.#items.set(key, item as Item);
  }

  create(table: TableResource): void {
    this.#tables.set(table.name, table);
  }

  /** @throws AwsError when there is no such table, or when the key is not of its schema */
  get(tableName: string, key: Item): Item | undefined {
    const id = this.#idOf(tableName, key);
    const item = this.#items.get(id);
    if (item === undefined || !this.#isExpired(tableName, item)) return item;
    this.#remove(id);
    return undefined;
  }

  put(tableName: string, key: Item, item: Item): void {
    const id = this.#idOf(tableName, key);
    this.#items.set(id, item);
    this.#store?.put(collection, id, item);
  }

  delete(tableName: string, key: Item): void {
    this.#remove(this.#idOf(tableName, key));
  }

  itemsOf(tableName: string): readonly Item[] {
    this.table(tableName);
    return [...this.#items]
      .filter(([id, item]) => id.startsWith(`${tableName}\n`) && !this.#isExpired(tableName, item))
      .map(([, item]) => item);
  }

  /** @throws AwsError when there is none */
  table(name: string): TableResource {
    const table = this.#tables.get(name);
    if (table === undefined) throw tableNotFound();
    return table;
  }

  #idOf(tableName: string, key: Item): string {
    const {key: name} = this.table(tableName);
    const value = key[name];
    if (Object.keys(key).length !== 1 || value === undefined || !('S' in value))
      throw unfit('The provided key element does not match the schema');
    if (value.S === '')
      throw unfit(
        `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: ${name}`,
      );
    return `${tableName}\n${value.S}`;
  }

  /** AWS deletes an expired item within a few days. Until then a client may still see it, but cannot rely on it. */
  #isExpired(tableName: string, item: Item): boolean {
    const {expiry} = this.table(tableName);
    const value = expiry === undefined ? undefined : item[expiry];
    return value !== undefined && 'N' in value && Number(value.N) * 1000 < this.#now();
  }

  #remove(id: string): void {
    this.#items.delete(id);
    this.#store?.remove(collection, id);
  }
}
