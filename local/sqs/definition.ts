// SQS as a part of the local cloud.

import {AwsError} from '../aws-error.ts';
import type {ServiceDefinition} from '../service-definition.ts';
import {sqsPermissionsFor} from './permissions.ts';
import {type QueueResource, type SqsResources, sqsTemplate} from './queue-resource.ts';
import {sqsService} from './service.ts';
import {Sqs} from './sqs.ts';

export const sqs: ServiceDefinition<'sqs', Sqs, SqsResources> = {
  name: 'sqs',
  open({account, endpointUrl, now, store, fifoWindow, senderIdOf}) {
    const urlOf = (queueName: string) => `${endpointUrl()}/${account.accountId}/${queueName}`;
    const state = new Sqs({...account, urlOf, now, senderIdOf, fifoWindow, ...(store && {store})});
    return {
      state,
      service: sqsService(state),
      deploy({queues}) {
        for (const queue of queues) deployQueue(state, queue);
      },
      policyOf: arn => state.queueOfArn(arn)?.definition.attributes.Policy,
      close: () => state.close(),
    };
  },
  permissionsFor: sqsPermissionsFor,
  denial: {
    actionOf: action => action.toLowerCase(),
    errorOf: message => new AwsError('AccessDenied', message, 403),
  },
  /** "Common Errors" of the Amazon SQS API Reference. */
  troubles: {
    fail: () =>
      new AwsError(
        'InternalFailure',
        'The request processing has failed because of an unknown error, exception or failure.',
        500,
      ),
    unavailable: () =>
      new AwsError(
        'ServiceUnavailable',
        'The request has failed due to a temporary failure of the server.',
        503,
      ),
    throttle: () => new AwsError('RequestThrottled', 'Request is throttled.', 403),
  },
  template: sqsTemplate,
};

/** Creates the queue, or updates the one that an earlier start has left. */
function deployQueue(state: Sqs, {name, attributes, tags}: QueueResource): void {
  try {
    state.createQueue(name, attributes, tags);
  } catch (error) {
    if (!(error instanceof AwsError && error.code === 'QueueNameExists')) throw error;
    const {FifoQueue: _, ...changeable} = attributes;
    state.setQueueAttributes(name, changeable);
  }
}
