// An operation: it gets a request, and returns the members of the answer.

import type {AwsRequest} from '../endpoint/aws-service.ts';
import type {Sqs} from './sqs.ts';

export type Operation = (
  sqs: Sqs,
  request: AwsRequest,
) => Record<string, unknown> | Promise<Record<string, unknown>>;
