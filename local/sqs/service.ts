// SQS as a service of the endpoint: its operations by name, in both of its protocols.

import type {AwsService} from '../endpoint/aws-service.ts';
import {unknownOperation} from '../endpoint/signed-request.ts';
import {messageOperations} from './message-operations.ts';
import {sqsQuery} from './query-protocol.ts';
import {queueOperations} from './queue-operations.ts';
import type {Sqs} from './sqs.ts';

const operations = new Map(Object.entries({...queueOperations, ...messageOperations}));

export const sqsProtocol = {
  name: 'sqs',
  target: 'AmazonSQS',
  namespace: 'com.amazonaws.sqs',
  query: sqsQuery,
} satisfies Partial<AwsService>;

export const sqsService = (sqs: Sqs): AwsService => ({
  ...sqsProtocol,
  async call(request) {
    const operation = operations.get(request.operation);
    if (operation === undefined) throw unknownOperation(request.operation);
    return operation(sqs, request);
  },
});
