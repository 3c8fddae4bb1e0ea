// DynamoDB as a part of the local cloud.

import {AwsError} from '../aws-error.ts';
import {isJsonObject} from '../json.ts';
import type {ServiceDefinition} from '../service-definition.ts';
import {dynamoDbService} from './service.ts';
import {type DynamoDbResources, dynamoDbTemplate} from './table-resource.ts';
import {Tables} from './tables.ts';

export const dynamoDb: ServiceDefinition<'dynamodb', Tables, DynamoDbResources> = {
  name: 'dynamodb',
  open({now, store}) {
    const state = new Tables({now, ...(store && {store})});
    return {
      state,
      service: dynamoDbService(state),
      deploy({tables}) {
        for (const table of tables) state.create(table);
      },
    };
  },
  /** Service Authorization Reference, "Actions, resources, and condition keys for Amazon DynamoDB". */
  permissionsFor({operation, input: {TableName: table, RequestItems: batch}}, {region, accountId}) {
    const action = `dynamodb:${operation}`;
    const resourceOf = (name: string) => `arn:aws:dynamodb:${region}:${accountId}:table/${name}`;
    if (isJsonObject(batch)) return Object.keys(batch).map(name => ({action, resource: resourceOf(name)}));
    return [{action, resource: typeof table === 'string' ? resourceOf(table) : '*'}];
  },
  /** DynamoDB Developer Guide, "Error handling". */
  troubles: {
    fail: () =>
      new AwsError(
        'InternalServerError',
        'The request could not be processed because of an internal error.',
        500,
      ),
    unavailable: () => new AwsError('ServiceUnavailable', 'DynamoDB is currently unavailable.', 503),
    throttle: () => new AwsError('ThrottlingException', 'Rate of requests exceeds the allowed throughput.'),
  },
  template: dynamoDbTemplate,
};
