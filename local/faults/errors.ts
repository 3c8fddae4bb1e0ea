// The errors of a service in trouble, as AWS writes them ("Common Errors" of the Amazon SQS API Reference; the
// errors of the Systems Manager API Reference, and what its clients report; DynamoDB Developer Guide, "Error handling").

import {AwsError} from '../aws-error.ts';
import type {AwsRequest} from '../http.ts';

type Wording = (request: AwsRequest) => AwsError;

const user = 'arn:aws:sts::000000000000:assumed-role/relayq';

const sqs = {
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
  // The actions of batches are those of their entries (Service Authorization Reference, Amazon SQS).
  refuse: ({operation}) => {
    const action = `sqs:${operation.replace(/Batch$/, '').toLowerCase()}`;
    return new AwsError(
      'AccessDenied',
      `User: ${user} is not authorized to perform: ${action} because no identity-based policy allows the ${action} action`,
      403,
    );
  },
} satisfies Record<string, Wording>;

const ssm = {
  fail: () => new AwsError('InternalServerError', 'An error occurred on the server side.', 500),
  unavailable: () => new AwsError('ServiceUnavailable', 'Service is unavailable, try again later.', 503),
  throttle: () => new AwsError('ThrottlingException', 'Rate exceeded'),
  refuse: ({operation}) =>
    new AwsError(
      'AccessDeniedException',
      `User: ${user} is not authorized to perform: ssm:${operation} because no identity-based policy allows the ssm:${operation} action`,
    ),
} satisfies Record<string, Wording>;

const dynamodb = {
  fail: () =>
    new AwsError(
      'InternalServerError',
      'The request could not be processed because of an internal error.',
      500,
    ),
  unavailable: () => new AwsError('ServiceUnavailable', 'DynamoDB is currently unavailable.', 503),
  throttle: () => new AwsError('ThrottlingException', 'Rate of requests exceeds the allowed throughput.'),
  refuse: ({operation}) =>
    new AwsError(
      'AccessDeniedException',
      `User: ${user} is not authorized to perform: dynamodb:${operation} because no identity-based policy allows the dynamodb:${operation} action`,
    ),
} satisfies Record<string, Wording>;

const wordings: Readonly<Record<string, Record<keyof typeof sqs, Wording>>> = {sqs, ssm, dynamodb};

export const errorOf = (trouble: keyof typeof sqs, request: AwsRequest): AwsError =>
  (wordings[request.service] ?? sqs)[trouble](request);
