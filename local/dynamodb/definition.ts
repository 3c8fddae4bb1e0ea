// DynamoDB as a part of the local cloud.

import {AwsError} from '../aws-error.ts';
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
  permissionsFor({operation, input: {TableName: table}}, {region, accountId}) {
    const resource =
      typeof table === 'string' ? `arn:aws:dynamodb:${region}:${accountId}:table/${table}` : '*';
    return [{action: `dynamodb:${operation}`, resource}];
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
