// The operations on many items of any tables (Amazon DynamoDB API Reference, BatchGetItem and BatchWriteItem): each item
// stands for itself, and what does not fit into one answer comes back as unprocessed.

import {flag, type Input} from '../endpoint/input.ts';
import {isJsonObject} from '../json.ts';
import {unfit} from './errors.ts';
import {refuseUnknown} from './input.ts';
import {checkSize, octetsOf, parseItem} from './item.ts';
import type {Operation} from './operation.ts';
import type {Table} from './table.ts';
import type {Tables} from './tables.ts';
import type {Item} from './value.ts';

/** "A single operation can retrieve up to 16 MB of data, which can contain as many as 100 items." */
const maximumKeys = 100;
const maximumOctets = 16 * 1024 * 1024;
/** "up to 16 MB of data over the network, consisting of up to 25 item put or delete operations" */
const maximumWrites = 25;

export const batchOperations: Readonly<Record<string, Operation>> = {
  BatchGetItem(tables, input) {
    refuseUnknown(input, ['RequestItems']);
    const asked = requestsIn(tables, input).map(([table, request]) => {
      if (!isJsonObject(request)) throw unfit('Expected a map with Keys');
      refuseUnknown(request, ['Keys', 'ConsistentRead']);
      flag(request, 'ConsistentRead');
      return {
        table,
        request,
        keys: listIn(request.Keys, 'keys', maximumKeys).map(key => table.checkKey(parseItem(key))),
      };
    });
    const count = asked.reduce((sum, {keys}) => sum + keys.length, 0);
    if (count > maximumKeys) throw unfit('Too many items requested for the BatchGetItem call');
    for (const {table, keys} of asked) refuseDuplicates(table, keys);
    let octets = 0;
    const responses: Record<string, Item[]> = {};
    const unprocessed: Record<string, Input> = {};
    for (const {table, request, keys} of asked) {
      const found: Item[] = [];
      const left: Item[] = [];
      for (const key of keys) {
        const item = octets > maximumOctets ? undefined : table.get(key);
        octets += item === undefined ? 0 : octetsOf(item);
        if (octets > maximumOctets) left.push(key);
        else if (item !== undefined) found.push(item);
      }
      responses[table.definition.name] = found;
      if (left.length > 0) unprocessed[table.definition.name] = {...request, Keys: left};
    }
    return {Responses: responses, UnprocessedKeys: unprocessed};
  },
  BatchWriteItem(tables, input) {
    refuseUnknown(input, ['RequestItems']);
    const asked = requestsIn(tables, input).map(([table, requests]) => ({
      table,
      writes: listIn(requests, 'requestItems', maximumWrites).map(request => writeIn(table, request)),
    }));
    const all = asked.flatMap(({writes}) => writes);
    if (all.length > maximumWrites) throw unfit('Too many items requested for the BatchWriteItem call');
    for (const {table, writes} of asked)
      refuseDuplicates(
        table,
        writes.map(({key}) => key),
      );
    const octets = all.reduce((sum, {key, item}) => sum + octetsOf(item ?? key), 0);
    if (octets > maximumOctets) throw unfit('The total size of the items in the request exceeds 16 MB');
    // "If any requested operations fail because …, the entire batch write operation is rejected": all is checked by now.
    for (const {table, writes} of asked)
      for (const {key, item} of writes) {
        if (item === undefined) table.delete(key);
        else table.put(item);
      }
    return {UnprocessedItems: {}};
  },
};

function requestsIn(tables: Tables, {RequestItems: requests}: Input): readonly (readonly [Table, unknown])[] {
  const entries = isJsonObject(requests) ? Object.entries(requests) : [];
  if (entries.length === 0)
    throw unfit(
      "1 validation error detected: Value at 'requestItems' failed to satisfy constraint: Member must have length greater than or equal to 1",
    );
  return entries.map(([name, request]) => [tables.table(name), request] as const);
}

function listIn(value: unknown, what: string, most: number): readonly unknown[] {
  if (Array.isArray(value) && value.length >= 1 && value.length <= most) return value;
  const bound =
    Array.isArray(value) && value.length > most
      ? `less than or equal to ${most}`
      : 'greater than or equal to 1';
  throw unfit(
    `1 validation error detected: Value at '${what}' failed to satisfy constraint: Member must have length ${bound}`,
  );
}

interface Write {
  readonly key: Item;
  /** Undefined for a deletion. */
  readonly item?: Item;
}

function writeIn(table: Table, request: unknown): Write {
  const [[kind, content] = [], ...others] = isJsonObject(request) ? Object.entries(request) : [];
  if (others.length > 0 || !isJsonObject(content))
    throw unfit('Supplied WriteRequest must contain exactly one of PutRequest or DeleteRequest');
  if (kind === 'DeleteRequest') return {key: table.checkKey(parseItem(content.Key))};
  if (kind !== 'PutRequest')
    throw unfit(`The local DynamoDB knows PutRequest and DeleteRequest, not ${kind}`);
  const item = table.checkItem(parseItem(content.Item));
  checkSize(item, 'Item size');
  return {key: table.keyOf(item), item};
}

function refuseDuplicates(table: Table, keys: readonly Item[]): void {
  const seen = new Set(keys.map(key => JSON.stringify(table.keyNames.map(name => key[name]))));
  if (seen.size < keys.length) throw unfit('Provided list of item keys contains duplicates');
}
