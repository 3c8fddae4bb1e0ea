// Parameter Store as a service of the endpoint: its operations by name, in AWS JSON 1.1. Every call passes here,
// and is counted where its throughput has a limit.

import {AwsError} from '../aws-error.ts';
import type {AwsService} from '../http.ts';
import {listingOperations} from './listing-operations.ts';
import {parameterOperations} from './parameter-operations.ts';
import type {Ssm} from './ssm.ts';
import {tagOperations} from './tag-operations.ts';
import type {Throughput} from './throughput.ts';

const operations = new Map(Object.entries({...parameterOperations, ...listingOperations, ...tagOperations}));

/** @param throughput without, as many calls are taken as come */
export function ssmService(ssm: Ssm, throughput?: Throughput): AwsService {
  return async ({operation: name, input}) => {
    const operation = operations.get(name);
    if (operation === undefined)
      throw new AwsError('UnknownOperationException', `The local Parameter Store has no operation ${name}.`);
    throughput?.admit(name);
    return operation(ssm, input);
  };
}
