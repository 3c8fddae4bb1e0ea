// What an operation is: a request's parameters in, the members of its answer out.

import type {AwsRequest} from '../endpoint/aws-service.ts';
import type {Sqs} from './sqs.ts';

export type Operation = (
  sqs: Sqs,
  request: AwsRequest,
) => Record<string, unknown> | Promise<Record<string, unknown>>;
