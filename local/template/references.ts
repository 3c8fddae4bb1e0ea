// What Ref and Fn::GetAtt give for the resources of a template, once it is deployed to the local cloud.

import {ruleIdentity} from '../events/schedule-resource.ts';
import {roleIdentity} from '../iam/role-resource.ts';
import {functionIdentity} from '../lambda/function-resource.ts';
import {type AnyService, services} from '../services.ts';
import {type References, resolveIntrinsics} from './intrinsic-functions.ts';
import type {Deployment, IdentityKind, Template} from './reader.ts';

const identities: Readonly<Record<string, IdentityKind>> = Object.assign(
  {
    'AWS::Lambda::Function': functionIdentity,
    'AWS::IAM::Role': roleIdentity,
    'AWS::Events::Rule': ruleIdentity,
  },
  ...(services as readonly AnyService[]).map(({template}) => template?.identities),
);

export function referencesOf(template: Template, deployment: Deployment): References {
  const identityOf = (logicalId: string): ReturnType<IdentityKind['of']> => {
    const resource = template.Resources[logicalId];
    if (resource === undefined) throw new Error(`${logicalId} is not in the template`);
    const kind = identities[resource.Type];
    if (kind === undefined)
      throw new Error(`the local cloud has no ${resource.Type} to refer to as ${logicalId}`);
    const {[kind.nameProperty]: given, FifoQueue: fifo} = resource.Properties ?? {};
    // CloudFormation makes up a name from the stack's, the logical ID and random characters. Here it has no random ones.
    const name =
      given === undefined
        ? `${deployment.stackName}-${logicalId}${fifo === true ? '.fifo' : ''}`
        : resolveIntrinsics(given, references);
    if (typeof name !== 'string') throw new Error(`${logicalId}: ${kind.nameProperty} is not a string`);
    return kind.of(name, deployment);
  };

  const references: References = {
    ref(logicalId) {
      const pseudo = pseudoParameterOf(logicalId, deployment);
      if (pseudo !== undefined) return pseudo;
      const parameter = template.Parameters?.[logicalId];
      if (parameter === undefined) return identityOf(logicalId).ref;
      if (parameter.Default === undefined) throw new Error(`parameter ${logicalId} has no default value`);
      return parameter.Default;
    },
    attribute(logicalId, attribute) {
      const value = identityOf(logicalId).attributes[attribute];
      if (value === undefined)
        throw new Error(`${logicalId} has no attribute ${attribute} in the local cloud`);
      return value;
    },
  };
  return references;
}

function pseudoParameterOf(name: string, {accountId, region, stackName}: Deployment): string | undefined {
  const values: Readonly<Record<string, string>> = {
    'AWS::AccountId': accountId,
    'AWS::Region': region,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackName': stackName,
    'AWS::StackId': `arn:aws:cloudformation:${region}:${accountId}:stack/${stackName}/local`,
  };
  return values[name];
}
