// Parameter Store as a service of the endpoint: its operations by name, in AWS JSON 1.1. Every call passes here,
// so this is also where a throughput limit would be.

import {AwsError} from '../aws-error.ts';
import type {AwsService} from '../http.ts';
import {listingOperations} from './listing-operations.ts';
import {parameterOperations} from './parameter-operations.ts';
import type {Ssm} from './ssm.ts';
import {tagOperations} from './tag-operations.ts';

const operations = new Map(Object.entries({...parameterOperations, ...listingOperations, ...tagOperations}));

export function ssmService(ssm: Ssm): AwsService {
  return async ({operation: name, input}) => {
    const operation = operations.get(name);
    if (operation === undefined)
      throw new AwsError('UnknownOperationException', `The local Parameter Store has no operation ${name}.`);
    return operation(ssm, input);
  };
}
