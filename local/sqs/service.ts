// SQS as a service of the endpoint: its operations by name, in both of its protocols.

import {AwsError} from '../aws-error.ts';
import type {AwsService} from '../http.ts';
import {messageOperations} from './message-operations.ts';
import {sqsQuery} from './query-protocol.ts';
import {queueOperations} from './queue-operations.ts';
import type {Sqs} from './sqs.ts';

const operations = new Map(Object.entries({...queueOperations, ...messageOperations}));

export function sqsService(sqs: Sqs): AwsService {
  const service: AwsService = async request => {
    const operation = operations.get(request.operation);
    if (operation === undefined) {
      throw new AwsError(
        'UnknownOperationException',
        `The action ${request.operation} is not valid for this endpoint.`,
        400,
        {queryCode: 'InvalidAction'},
      );
    }
    return operation(sqs, request);
  };
  return Object.assign(service, {namespace: 'com.amazonaws.sqs', query: sqsQuery});
}
