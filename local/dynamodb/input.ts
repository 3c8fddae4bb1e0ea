// Reads the parameters that the operations have in common. An unknown parameter is refused rather than ignored.

import {type Input, optionalInteger, optionalString} from '../endpoint/input.ts';
import {unfit} from './errors.ts';
import type {Table} from './table.ts';
import type {Tables} from './tables.ts';

export function tableIn(tables: Tables, input: Input): Table {
  const name = optionalString(input, 'TableName');
  if (name !== undefined) return tables.table(name);
  throw unfit(
    "1 validation error detected: Value null at 'tableName' failed to satisfy constraint: Member must not be null",
  );
}

/** The first of the values when it is absent. */
export function choiceIn<T extends string>(input: Input, name: string, values: readonly T[]): T {
  const value = optionalString(input, name) ?? values[0];
  const known = values.find(each => each === value);
  if (known !== undefined) return known;
  throw unfit(`The local DynamoDB knows ${name} ${values.join(', ')}, not ${value}`);
}

export function limitIn(input: Input): number {
  const limit = optionalInteger(input, 'Limit') ?? Number.POSITIVE_INFINITY;
  if (limit >= 1) return limit;
  throw unfit(
    `1 validation error detected: Value '${limit}' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1`,
  );
}

export function refuseUnknown(input: Input, known: readonly string[]): void {
  const unknown = Object.keys(input).filter(name => !known.includes(name));
  if (unknown.length > 0)
    throw unfit(`The local DynamoDB does not know ${unknown.join(', ')} of this operation`);
}
