// Parameter Store as a service of the endpoint: its operations by name, in AWS JSON 1.1. Every call passes here and
// counts against the throughput.

import {AwsError} from '../aws-error.ts';
import type {AwsService} from '../endpoint/aws-service.ts';
import {listingOperations} from './listing-operations.ts';
import {parameterOperations} from './parameter-operations.ts';
import {settingOperations} from './service-settings.ts';
import type {Ssm} from './ssm.ts';
import {tagOperations} from './tag-operations.ts';
import type {Throughput} from './throughput.ts';

const operations = new Map(
  Object.entries({...parameterOperations, ...listingOperations, ...tagOperations, ...settingOperations}),
);

export const ssmProtocol = {name: 'ssm', target: 'AmazonSSM'};

/** @param throughput without it, the number of calls is not limited */
export const ssmService = (ssm: Ssm, throughput?: Throughput): AwsService => ({
  ...ssmProtocol,
  async call({operation: name, input}) {
    const operation = operations.get(name);
    if (operation === undefined)
      throw new AwsError('UnknownOperationException', `The local Parameter Store has no operation ${name}.`);
    throughput?.admit(name);
    return operation(ssm, input);
  },
});
