// The Security Token Service as a part of the local cloud: it says who calls. Anybody but a function is the root user of the
// account, who may do everything.

import {AwsError} from '../aws-error.ts';
import {memberListCodec} from '../endpoint/member-lists.ts';
import type {ServiceDefinition} from '../service-definition.ts';

type NoResources = Record<never, never>;

export const sts: ServiceDefinition<'sts', undefined, NoResources> = {
  name: 'sts',
  open({account: {accountId}, senderIdOf, sessionArnOf}) {
    return {
      state: undefined,
      service: {
        name: 'sts',
        query: memberListCodec({namespace: 'https://sts.amazonaws.com/doc/2011-06-15/'}),
        async call({operation, accessKeyId}) {
          if (operation !== 'GetCallerIdentity')
            throw new AwsError('InvalidAction', `The local STS has no operation ${operation}.`);
          return {
            Arn: sessionArnOf(accessKeyId) ?? `arn:aws:iam::${accountId}:root`,
            UserId: senderIdOf(accessKeyId) ?? accountId,
            Account: accountId,
          };
        },
      },
    };
  },
  /** "No permissions are required to perform this operation" (GetCallerIdentity). */
  permissionsFor: () => [],
};
