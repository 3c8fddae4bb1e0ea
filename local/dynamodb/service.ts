// DynamoDB as a service of the endpoint: its operations by name.

import {AwsError} from '../aws-error.ts';
import type {AwsService} from '../endpoint/aws-service.ts';
import {batchOperations} from './batch-operations.ts';
import {itemOperations} from './item-operations.ts';
import {queryOperations} from './query-operations.ts';
import {tableOperations} from './table-operations.ts';
import type {Tables} from './tables.ts';

const operations = new Map(
  Object.entries({...itemOperations, ...batchOperations, ...queryOperations, ...tableOperations}),
);

export const dynamoDbService = (tables: Tables): AwsService => ({
  name: 'dynamodb',
  target: 'DynamoDB_20120810',
  namespace: 'com.amazonaws.dynamodb.v20120810',
  async call({operation: name, input}) {
    const operation = operations.get(name);
    if (operation === undefined)
      throw new AwsError('UnknownOperationException', `The local DynamoDB has no operation ${name}.`);
    return operation(tables, input);
  },
});
