// The operations on one item.

import type {Input} from '../endpoint/input.ts';
import {flag} from '../endpoint/input.ts';
import {type Condition, parseCondition} from './condition.ts';
import {ConditionalCheckFailed, unfit} from './errors.ts';
import {parseExpressions, substituteNames} from './expressions.ts';
import {choiceIn, refuseUnknown, tableIn} from './input.ts';
import {checkSize, parseItem} from './item.ts';
import type {Operation} from './operation.ts';
import {parseUpdate, updated} from './update-expression.ts';
import type {Item} from './value.ts';

/** The parameters of every write. */
const writeNames = [
  'TableName',
  'ConditionExpression',
  ...substituteNames,
  'ReturnValues',
  'ReturnValuesOnConditionCheckFailure',
] as const;

export const itemOperations: Readonly<Record<string, Operation>> = {
  GetItem(tables, input) {
    refuseUnknown(input, ['TableName', 'Key', 'ConsistentRead']);
    flag(input, 'ConsistentRead');
    const item = tableIn(tables, input).get(parseItem(input.Key));
    return item === undefined ? {} : {Item: item};
  },
  PutItem(tables, input) {
    refuseUnknown(input, [...writeNames, 'Item']);
    const returned = choiceIn(input, 'ReturnValues', ['NONE', 'ALL_OLD']);
    const {ConditionExpression: condition} = parseExpressions(input, {ConditionExpression: parseCondition});
    const table = tableIn(tables, input);
    const item = table.checkItem(parseItem(input.Item));
    checkSize(item, 'Item size');
    const before = table.get(table.keyOf(item));
    check(input, condition, before);
    table.put(item);
    return attributes(returned === 'ALL_OLD' ? before : undefined);
  },
  UpdateItem(tables, input) {
    refuseUnknown(input, [...writeNames, 'Key', 'UpdateExpression']);
    const returned = choiceIn(input, 'ReturnValues', ['NONE', 'ALL_OLD', 'ALL_NEW']);
    const {UpdateExpression: assignments = [], ConditionExpression: condition} = parseExpressions(input, {
      UpdateExpression: parseUpdate,
      ConditionExpression: parseCondition,
    });
    const table = tableIn(tables, input);
    const key = parseItem(input.Key);
    const before = table.get(key);
    const keyPart = assignments.find(({name}) => table.keyNames.includes(name));
    if (keyPart !== undefined)
      throw unfit(
        `One or more parameter values were invalid: Cannot update attribute ${keyPart.name}. This attribute is part of the key`,
      );
    check(input, condition, before);
    const after = updated(before ?? key, assignments);
    checkSize(after, 'Item size to update');
    table.put(after);
    return attributes(returned === 'ALL_NEW' ? after : returned === 'ALL_OLD' ? before : undefined);
  },
  DeleteItem(tables, input) {
    refuseUnknown(input, [...writeNames, 'Key']);
    const returned = choiceIn(input, 'ReturnValues', ['NONE', 'ALL_OLD']);
    const {ConditionExpression: condition} = parseExpressions(input, {ConditionExpression: parseCondition});
    const table = tableIn(tables, input);
    const key = parseItem(input.Key);
    const before = table.get(key);
    check(input, condition, before);
    table.delete(key);
    return attributes(returned === 'ALL_OLD' ? before : undefined);
  },
};

/** @throws AwsError when the condition does not hold */
function check(input: Input, condition: Condition | undefined, before: Item | undefined): void {
  const shown = choiceIn(input, 'ReturnValuesOnConditionCheckFailure', ['NONE', 'ALL_OLD']);
  if (condition === undefined || condition(before ?? {})) return;
  throw new ConditionalCheckFailed(shown === 'ALL_OLD' ? before : undefined);
}

const attributes = (item: Item | undefined) => (item === undefined ? {} : {Attributes: item});
