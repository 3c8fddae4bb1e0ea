// The operations that read many items.

import {flag, type Input} from '../endpoint/input.ts';
import {unfit} from './errors.ts';
import {parseExpressions, substituteNames} from './expressions.ts';
import {limitIn, refuseUnknown, tableIn} from './input.ts';
import {difference, octetsOf, parseItem} from './item.ts';
import {type KeyCondition, keyConditionOf, parseKeyCondition} from './key-condition.ts';
import type {Operation} from './operation.ts';
import type {Table} from './table.ts';
import type {Item, Value} from './value.ts';

/** "A single Query operation can retrieve a maximum of 1 MB of data." */
const maximumPageOctets = 1024 * 1024;

export const queryOperations: Readonly<Record<string, Operation>> = {
  Query(tables, input) {
    refuseUnknown(input, [
      'TableName',
      'KeyConditionExpression',
      ...substituteNames,
      'ConsistentRead',
      'Limit',
      'ExclusiveStartKey',
      'ScanIndexForward',
    ]);
    flag(input, 'ConsistentRead');
    const limit = limitIn(input);
    const {KeyConditionExpression: parts} = parseExpressions(input, {
      KeyConditionExpression: parseKeyCondition,
    });
    if (parts === undefined)
      throw unfit(
        'Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.',
      );
    const table = tableIn(tables, input);
    const condition = keyConditionOf(parts, table.definition);
    const start = startIn(input, table, condition);
    const direction = flag({ScanIndexForward: true, ...input}, 'ScanIndexForward') ? 1 : -1;
    const found = table.partition(condition.partition).filter(item => {
      const sortKey = sortKeyOf(table, item);
      return condition.holds(sortKey) && (start === undefined || difference(sortKey, start)! * direction > 0);
    });
    const page = pageOf(direction === 1 ? found : found.toReversed(), limit);
    const last = page.isCut && page.items.at(-1);
    return {...listed(page.items), ...(last && {LastEvaluatedKey: table.keyOf(last)})};
  },
  Scan(tables, input) {
    refuseUnknown(input, ['TableName', 'ConsistentRead', 'Limit', 'ExclusiveStartKey']);
    flag(input, 'ConsistentRead');
    const limit = limitIn(input);
    const table = tableIn(tables, input);
    const page = pageOf(table.itemsAfter(startKeyIn(input, table)), limit);
    const last = page.isCut && page.items.at(-1);
    return {...listed(page.items), ...(last && {LastEvaluatedKey: table.keyOf(last)})};
  },
};

const listed = (items: readonly Item[]) => ({Items: items, Count: items.length, ScannedCount: items.length});

/** A table without a sort key has one item in each partition. */
const sortKeyOf = ({definition: {sortKey}}: Table, item: Item): Value =>
  sortKey === undefined ? {S: ''} : item[sortKey]!;

function startKeyIn(input: Input, table: Table): Item | undefined {
  const {ExclusiveStartKey: given} = input;
  if (given === undefined || given === null) return undefined;
  try {
    return table.checkKey(parseItem(given));
  } catch (error) {
    throw unfit(`The provided starting key is invalid: ${(error as Error).message}`);
  }
}

/** The sort key after which the page begins. */
function startIn(input: Input, table: Table, {partition, holds}: KeyCondition): Value | undefined {
  const key = startKeyIn(input, table);
  if (key === undefined) return undefined;
  const sortKey = sortKeyOf(table, key);
  if (difference(key[table.definition.key]!, {S: partition}) !== 0)
    throw unfit('The provided starting key is outside query boundaries based on provided conditions');
  if (!holds(sortKey)) throw unfit('The provided starting key does not match the range key predicate');
  return sortKey;
}

/** A page ends with the item that fills it, even if no other follows. */
function pageOf(items: Iterable<Item>, limit: number): {items: readonly Item[]; isCut: boolean} {
  const page: Item[] = [];
  let octets = 0;
  for (const item of items) {
    page.push(item);
    octets += octetsOf(item);
    if (page.length >= limit || octets >= maximumPageOctets) return {items: page, isCut: true};
  }
  return {items: page, isCut: false};
}
