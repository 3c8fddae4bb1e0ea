// CloudWatch Logs as a service of the endpoint: the operations that read, by name, in AWS JSON 1.1. What they read
// comes from the functions themselves.

import {AwsError} from '../aws-error.ts';
import type {AwsService} from '../endpoint/aws-service.ts';
import type {CloudWatchLogs} from './cloudwatch-logs.ts';
import {describeOperations} from './describe-operations.ts';
import {eventOperations} from './event-operations.ts';
import {queryOperations} from './query-operations.ts';

const operations = new Map(Object.entries({...describeOperations, ...eventOperations, ...queryOperations}));

export const logsService = (logs: CloudWatchLogs): AwsService => ({
  name: 'logs',
  target: 'Logs_20140328',
  async call({operation: name, input}) {
    const operation = operations.get(name);
    if (operation === undefined)
      throw new AwsError('UnknownOperationException', `The local CloudWatch Logs has no operation ${name}.`);
    return operation(logs, input);
  },
});
