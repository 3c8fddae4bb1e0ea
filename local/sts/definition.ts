// The Security Token Service as a part of the local cloud: it says who calls. Anybody but a function is the root user of the
// account, who may do everything.

import {AwsError} from '../aws-error.ts';
import type {AwsService} from '../endpoint/aws-service.ts';
import {memberListCodec} from '../endpoint/member-lists.ts';
import type {ServiceDefinition, Surroundings} from '../service-definition.ts';

type NoResources = Record<never, never>;
type Known = Pick<Surroundings, 'account'> & Partial<Pick<Surroundings, 'senderIdOf' | 'sessionArnOf'>>;

export const sts: ServiceDefinition<'sts', undefined, NoResources> = {
  name: 'sts',
  open: surroundings => ({state: undefined, service: stsService(surroundings)}),
  /** "No permissions are required to perform this operation" (GetCallerIdentity). */
  permissionsFor: () => [],
};

export const stsService = ({account: {accountId}, senderIdOf, sessionArnOf}: Known): AwsService => ({
  name: 'sts',
  query: memberListCodec({namespace: 'https://sts.amazonaws.com/doc/2011-06-15/'}),
  async call({operation, accessKeyId}) {
    if (operation !== 'GetCallerIdentity')
      throw new AwsError('InvalidAction', `The local STS has no operation ${operation}.`);
    return {
      Arn: sessionArnOf?.(accessKeyId) ?? `arn:aws:iam::${accountId}:root`,
      UserId: senderIdOf?.(accessKeyId) ?? accountId,
      Account: accountId,
    };
  },
});
