// Lambda's API as a part of the local cloud: what the account may run at the same time, and Invoke. What runs the functions
// is lambda.ts.

import {AwsError} from '../aws-error.ts';
import type {ServiceDefinition} from '../service-definition.ts';
import {type Concurrency, LambdaApi} from './lambda-api.ts';
import {restDoor} from './rest-door.ts';

type NoResources = Record<never, never>;

/** "Lambda provides your account with a total concurrency limit of 1,000" (Understanding Lambda function scaling). */
const usual: Concurrency = {all: 1000, unreserved: 1000};

export const lambda: ServiceDefinition<'lambda', LambdaApi, NoResources> = {
  name: 'lambda',
  open() {
    const state = new LambdaApi(usual);
    return {
      state,
      service: {name: 'lambda', call: request => state.call(request)},
      doors: call => [restDoor(call)],
    };
  },
  /** Service Authorization Reference, "Actions, resources, and condition keys for AWS Lambda". */
  permissionsFor({operation, input: {FunctionName: name}}, {region, accountId}) {
    if (operation !== 'Invoke') return [{action: `lambda:${operation}`, resource: '*'}];
    const resource = `arn:aws:lambda:${region}:${accountId}:function:${String(name)}`;
    return [{action: 'lambda:InvokeFunction', resource}];
  },
  denial: {
    actionOf: action => action,
    errorOf: message => new AwsError('AccessDeniedException', message, 403),
  },
  /** The common errors of Invoke and GetAccountSettings (Lambda API Reference). */
  troubles: {
    fail: () =>
      new AwsError('ServiceException', 'An error occurred and the request cannot be processed.', 500),
    unavailable: () => new AwsError('ServiceUnavailableException', 'Service is unavailable.', 503),
    throttle: () => new AwsError('TooManyRequestsException', 'Rate exceeded', 429),
  },
};
