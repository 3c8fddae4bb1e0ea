// DynamoDB as a service of the endpoint: UpdateItem, which the functions use, and what one needs to look at items and to
// remove them with the `aws` command line. An unknown parameter is refused rather than ignored.

import {AwsError} from '../aws-error.ts';
import type {AwsService} from '../endpoint/aws-service.ts';
import {type Input, optionalString} from '../endpoint/input.ts';
import {parseCondition} from './condition.ts';
import {ConditionalCheckFailed, unfit} from './errors.ts';
import {parseItem} from './item.ts';
import type {Tables} from './tables.ts';
import {Substitutes, Tokens} from './tokens.ts';
import {parseUpdate} from './update-expression.ts';
import type {Item} from './value.ts';

type Operation = (tables: Tables, input: Input) => Record<string, unknown>;

const operations: Readonly<Record<string, Operation>> = {
  UpdateItem: updateItem,
  GetItem(tables, input) {
    refuseUnknown(input, ['TableName', 'Key', 'ConsistentRead']);
    const item = tables.get(tableNameIn(input), parseItem(input.Key));
    return item === undefined ? {} : {Item: item};
  },
  DeleteItem(tables, input) {
    refuseUnknown(input, ['TableName', 'Key']);
    tables.delete(tableNameIn(input), parseItem(input.Key));
    return {};
  },
  Scan(tables, input) {
    refuseUnknown(input, ['TableName', 'ConsistentRead']);
    const items = tables.itemsOf(tableNameIn(input));
    return {Items: items, Count: items.length, ScannedCount: items.length};
  },
};

export const dynamoDbService = (tables: Tables): AwsService => ({
  name: 'dynamodb',
  target: 'DynamoDB_20120810',
  namespace: 'com.amazonaws.dynamodb.v20120810',
  async call({operation: name, input}) {
    if (!Object.hasOwn(operations, name))
      throw new AwsError('UnknownOperationException', `The local DynamoDB has no operation ${name}.`);
    return operations[name]!(tables, input);
  },
});

function updateItem(tables: Tables, input: Input): Record<string, unknown> {
  refuseUnknown(input, [
    'TableName',
    'Key',
    'UpdateExpression',
    'ConditionExpression',
    'ExpressionAttributeNames',
    'ExpressionAttributeValues',
    'ReturnValues',
    'ReturnValuesOnConditionCheckFailure',
  ]);
  const tableName = tableNameIn(input);
  const returned = choiceIn(input, 'ReturnValues', ['NONE', 'ALL_OLD', 'ALL_NEW']);
  const onFailure = choiceIn(input, 'ReturnValuesOnConditionCheckFailure', ['NONE', 'ALL_OLD']);
  const substitutes = new Substitutes(input);
  const tokensOf = (kind: string) => {
    const expression = optionalString(input, kind);
    return expression === undefined ? undefined : new Tokens(kind, expression, substitutes);
  };
  const conditionTokens = tokensOf('ConditionExpression');
  const condition = conditionTokens && parseCondition(conditionTokens);
  const updateTokens = tokensOf('UpdateExpression');
  const assignments = updateTokens ? parseUpdate(updateTokens) : [];
  substitutes.finish();

  const key = parseItem(input.Key);
  const before = tables.get(tableName, key);
  if (condition && !condition(before ?? {}))
    throw new ConditionalCheckFailed(onFailure === 'ALL_OLD' ? before : undefined);
  const {key: keyName} = tables.table(tableName);
  if (assignments.some(({name}) => name === keyName))
    throw unfit(
      `One or more parameter values were invalid: Cannot update attribute ${keyName}. This attribute is part of the key`,
    );
  const changes = assignments.map(each => [each.name, each.valueOf(before ?? {})] as const);
  const after: Item = {...before, ...key, ...Object.fromEntries(changes)};
  tables.put(tableName, key, after);
  const shown = returned === 'ALL_NEW' ? after : returned === 'ALL_OLD' ? before : undefined;
  return shown === undefined ? {} : {Attributes: shown};
}

function tableNameIn(input: Input): string {
  const name = optionalString(input, 'TableName');
  if (name !== undefined) return name;
  throw unfit(
    "1 validation error detected: Value null at 'tableName' failed to satisfy constraint: Member must not be null",
  );
}

function choiceIn(input: Input, name: string, values: readonly string[]): string {
  const value = optionalString(input, name) ?? 'NONE';
  if (values.includes(value)) return value;
  throw unfit(`The local DynamoDB knows ${name} ${values.join(', ')}, not ${value}`);
}

function refuseUnknown(input: Input, known: readonly string[]): void {
  const unknown = Object.keys(input).filter(name => !known.includes(name));
  if (unknown.length > 0)
    throw unfit(`The local DynamoDB does not know ${unknown.join(', ')} of this operation`);
}
