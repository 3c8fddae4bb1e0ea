// CloudWatch Logs as a service of the endpoint: the operations that read, by name, in AWS JSON 1.1. What is kept
// comes from the functions themselves.

import {AwsError} from '../aws-error.ts';
import type {AwsService} from '../http.ts';
import type {CloudWatchLogs} from './cloudwatch-logs.ts';
import {describeOperations} from './describe-operations.ts';
import {eventOperations} from './event-operations.ts';

const operations = new Map(Object.entries({...describeOperations, ...eventOperations}));

export function logsService(logs: CloudWatchLogs): AwsService {
  return async ({operation: name, input}) => {
    const operation = operations.get(name);
    if (operation === undefined)
      throw new AwsError('UnknownOperationException', `The local CloudWatch Logs has no operation ${name}.`);
    return operation(logs, input);
  };
}
