// One table: its items by partition key and sort key. Items expire.

import {createHash} from 'node:crypto';
import type {Store} from '../store/store.ts';
import {unfit} from './errors.ts';
import {checkKeyValue} from './key.ts';
import type {TableResource} from './table-resource.ts';
import type {Item} from './value.ts';

const collection = 'dynamodb-item';

interface TableOptions {
  readonly now: () => number;
  readonly store: Store | undefined;
}

export class Table {
  readonly definition: TableResource;
  /** The names of the key's attributes, the partition key first. */
  readonly keyNames: readonly string[];
  /** By partition key, then by sort key, which is empty where the table has none. */
  readonly #partitions = new Map<string, Map<string, Item>>();
  readonly #options: TableOptions;
  #order: readonly Hashed[] | undefined;

  constructor(definition: TableResource, options: TableOptions) {
    this.definition = definition;
    this.keyNames = [definition.key, ...(definition.sortKey === undefined ? [] : [definition.sortKey])];
    this.#options = options;
    for (const [id, item] of options.store?.entries(collection) ?? []) {
      if (id.startsWith(`${definition.name}\n`)) this.#keep(item as Item);
    }
  }

  /** @throws AwsError when the key is not of the schema. So do the following. */
  get(key: Item): Item | undefined {
    const [partition, sort] = this.#placeOf(this.checkKey(key));
    return this.#unlessExpired(this.#partitions.get(partition)?.get(sort));
  }

  put(item: Item): void {
    this.#keep(item);
    this.#options.store?.put(collection, this.#idOf(item), item);
  }

  delete(key: Item): void {
    const [partition, sort] = this.#placeOf(this.checkKey(key));
    const items = this.#partitions.get(partition);
    items?.delete(sort);
    if (items?.size === 0) {
      this.#partitions.delete(partition);
      this.#order = undefined;
    }
    this.#options.store?.remove(collection, this.#idOf(key));
  }

  /** The items of one partition, in the order of the sort key's octets. */
  partition(value: string): readonly Item[] {
    return [...(this.#partitions.get(value) ?? [])]
      .filter(([, item]) => this.#unlessExpired(item))
      .map(([sort, item]) => ({octets: Buffer.from(sort), item}))
      .sort((a, b) => Buffer.compare(a.octets, b.octets))
      .map(({item}) => item);
  }

  items(): readonly Item[] {
    return [...this.#partitions.keys()].flatMap(value => this.partition(value));
  }

  /**
   * The items behind a key, in the order of a scan: that of the partition keys' hashes, which has nothing to do with their
   * order or with when they came. The key's own item may be gone.
   */
  *itemsAfter(start: Item | undefined): Generator<Item> {
    const order = this.#scanOrder();
    const [partition, sort] = start === undefined ? [undefined, undefined] : this.#placeOf(start);
    const hash = partition === undefined ? undefined : hashOf(partition);
    let at = hash === undefined ? 0 : firstFrom(order, hash);
    for (; at < order.length; at++) {
      const {value} = order[at]!;
      for (const item of this.partition(value)) {
        const isBehind =
          value !== partition || Buffer.compare(Buffer.from(this.#placeOf(item)[1]), Buffer.from(sort!)) > 0;
        if (isBehind) yield item;
      }
    }
  }

  /** Kept until a partition comes or goes. */
  #scanOrder(): readonly Hashed[] {
    this.#order ??= [...this.#partitions.keys()]
      .map(value => ({hash: hashOf(value), value}))
      .sort((a, b) => (a.hash < b.hash ? -1 : 1));
    return this.#order;
  }

  /** The part of an item that is its key. */
  keyOf(item: Item): Item {
    return Object.fromEntries(this.keyNames.map(name => [name, item[name]!]));
  }

  checkKey(key: Item): Item {
    const isOfSchema =
      Object.keys(key).length === this.keyNames.length &&
      this.keyNames.every(name => key[name] !== undefined && 'S' in key[name]);
    if (!isOfSchema) throw unfit('The provided key element does not match the schema');
    this.#checkValues(key);
    return key;
  }

  /** Checks the key of a whole item. */
  checkItem(item: Item): Item {
    for (const name of this.keyNames) {
      const value = item[name];
      const problem =
        value === undefined
          ? `Missing the key ${name} in the item`
          : !('S' in value) && `Type mismatch for key ${name} expected: S actual: ${Object.keys(value)[0]}`;
      if (problem) throw unfit(`One or more parameter values were invalid: ${problem}`);
    }
    this.#checkValues(item);
    return item;
  }

  #checkValues(item: Item): void {
    const {key, sortKey} = this.definition;
    checkKeyValue(key, stringOf(item, key), 'partition');
    if (sortKey !== undefined) checkKeyValue(sortKey, stringOf(item, sortKey), 'sort');
  }

  #keep(item: Item): void {
    const [partition, sort] = this.#placeOf(item);
    const items = this.#partitions.get(partition);
    if (items !== undefined) items.set(sort, item);
    else {
      this.#partitions.set(partition, new Map([[sort, item]]));
      this.#order = undefined;
    }
  }

  #placeOf(item: Item): [partition: string, sort: string] {
    const {key, sortKey} = this.definition;
    return [stringOf(item, key), sortKey === undefined ? '' : stringOf(item, sortKey)];
  }

  /** Where the store keeps it. No name of a table has a line feed, but a key may. */
  #idOf(item: Item): string {
    const {name, sortKey} = this.definition;
    const place = this.#placeOf(item);
    return `${name}\n${sortKey === undefined ? place[0] : JSON.stringify(place)}`;
  }

  /** AWS deletes an expired item within a few days. Until then a client may still see it, but cannot rely on it. */
  #unlessExpired(item: Item | undefined): Item | undefined {
    const {expiry} = this.definition;
    const value = expiry === undefined ? undefined : item?.[expiry];
    if (value === undefined || !('N' in value) || Number(value.N) * 1000 >= this.#options.now()) return item;
    return undefined;
  }
}

/** The place of a partition in a scan. */
interface Hashed {
  readonly hash: string;
  readonly value: string;
}

const hashOf = (value: string): string => createHash('md5').update(value).digest('hex');

/** Where the first partition is whose hash is not below this one. */
function firstFrom(order: readonly Hashed[], hash: string): number {
  let [low, high] = [0, order.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (order[middle]!.hash < hash) low = middle + 1;
    else high = middle;
  }
  return low;
}

const stringOf = (item: Item, name: string): string => (item[name] as {readonly S: string}).S;
