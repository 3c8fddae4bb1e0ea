// The operation on tables themselves: DescribeTable (API Reference).

import {optionalString} from '../endpoint/input.ts';
import {unfit} from './errors.ts';
import type {Operation} from './operation.ts';

const describeTable: Operation = (tables, input) => {
  const name = optionalString(input, 'TableName');
  if (name === undefined) throw unfit('TableName must not be null');
  // It throws where there is none.
  tables.table(name);
  return {Table: {TableName: name, TableStatus: 'ACTIVE'}};
};

export const tableOperations: Readonly<Record<string, Operation>> = {DescribeTable: describeTable};
