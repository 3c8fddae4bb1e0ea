// What Ref and Fn::GetAtt give for each kind of resource that our stack refers to, once it is deployed to the
// local cloud (CloudFormation user guide, "Return values" of each resource type).

import {roleIdOf} from './iam/role-id.ts';
import {type References, resolveIntrinsics} from './intrinsic-functions.ts';

export interface Template {
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Parameters?: Readonly<Record<string, {readonly Type: string; readonly Default?: unknown}>>;
}

interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** Where the template is deployed. */
export interface Deployment {
  readonly stackName: string;
  readonly region: string;
  readonly accountId: string;
  readonly queueUrlOf: (queueName: string) => string;
}

interface Identity {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

type IdentityOf = (name: string, deployment: Deployment) => Identity;

const identities: Readonly<Record<string, {readonly nameProperty: string; readonly of: IdentityOf}>> = {
  'AWS::SQS::Queue': {
    nameProperty: 'QueueName',
    of: (name, {region, accountId, queueUrlOf}) => ({
      ref: queueUrlOf(name),
      attributes: {
        Arn: `arn:aws:sqs:${region}:${accountId}:${name}`,
        QueueName: name,
        QueueUrl: queueUrlOf(name),
      },
    }),
  },
  'AWS::Lambda::Function': {
    nameProperty: 'FunctionName',
    of: (name, {region, accountId}) => ({
      ref: name,
      attributes: {Arn: `arn:aws:lambda:${region}:${accountId}:function:${name}`},
    }),
  },
  'AWS::IAM::Role': {
    nameProperty: 'RoleName',
    of: (name, {accountId}) => ({
      ref: name,
      attributes: {Arn: `arn:aws:iam::${accountId}:role/${name}`, RoleId: roleIdOf(name)},
    }),
  },
  'AWS::DynamoDB::Table': {
    nameProperty: 'TableName',
    of: (name, {region, accountId}) => ({
      ref: name,
      attributes: {Arn: `arn:aws:dynamodb:${region}:${accountId}:table/${name}`},
    }),
  },
  'AWS::Logs::LogGroup': {
    nameProperty: 'LogGroupName',
    of: (name, {region, accountId}) => ({
      ref: name,
      attributes: {Arn: `arn:aws:logs:${region}:${accountId}:log-group:${name}:*`},
    }),
  },
};

export function referencesOf(template: Template, deployment: Deployment): References {
  const identityOf = (logicalId: string): Identity => {
    const resource = template.Resources[logicalId];
    if (resource === undefined) throw new Error(`${logicalId} is not in the template`);
    const kind = identities[resource.Type];
    if (kind === undefined)
      throw new Error(`the local cloud has no ${resource.Type} to refer to as ${logicalId}`);
    const {[kind.nameProperty]: given, FifoQueue: fifo} = resource.Properties ?? {};
    // CloudFormation makes up a name from the stack's and the logical ID, and one of its own at the end.
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
