// CloudFormation as a part of the local cloud: it says which stacks there are. What deploys the template is the cloud
// itself.

import {AwsError} from '../aws-error.ts';
import {memberListCodec} from '../endpoint/member-lists.ts';
import type {ServiceDefinition} from '../service-definition.ts';

type NoResources = Record<never, never>;

/** The state of each stack, by its name: `CREATE_COMPLETE`. A test may set it. */
type Stacks = Map<string, string>;

export const cloudFormation: ServiceDefinition<'cloudformation', Stacks, NoResources> = {
  name: 'cloudformation',
  open({account: {region, accountId}, now}) {
    const state: Stacks = new Map();
    const createdMs = now();
    const arnOf = (name: string) => `arn:aws:cloudformation:${region}:${accountId}:stack/${name}/local`;
    const stackOf = ([name, status]: readonly [string, string]) => ({
      StackName: name,
      StackId: arnOf(name),
      CreationTime: new Date(createdMs),
      StackStatus: status,
    });
    return {
      state,
      service: {
        name: 'cloudformation',
        query: memberListCodec({namespace: 'http://cloudformation.amazonaws.com/doc/2010-05-15/'}),
        async call({operation, input: {StackName: name}}) {
          if (operation !== 'DescribeStacks')
            throw new AwsError('InvalidAction', `The local CloudFormation has no operation ${operation}.`);
          if (name === undefined) return {Stacks: [...state].map(stackOf)};
          const found = [...state].filter(([each]) => each === name || arnOf(each) === name);
          if (found.length === 0)
            throw new AwsError('ValidationError', `Stack with id ${String(name)} does not exist`);
          return {Stacks: found.map(stackOf)};
        },
      },
    };
  },
  permissionsFor({input: {StackName: name}}, {region, accountId}) {
    const resource =
      name === undefined ? '*' : `arn:aws:cloudformation:${region}:${accountId}:stack/${String(name)}/*`;
    return [{action: 'cloudformation:DescribeStacks', resource}];
  },
  denial: {
    actionOf: action => action,
    errorOf: message => new AwsError('AccessDenied', message, 403),
  },
  /** The common errors of the CloudFormation API Reference. */
  troubles: {
    fail: () => new AwsError('InternalFailure', 'An internal failure has occurred.', 500),
    unavailable: () => new AwsError('ServiceUnavailable', 'Service is unavailable.', 503),
    throttle: () => new AwsError('Throttling', 'Rate exceeded'),
  },
};
