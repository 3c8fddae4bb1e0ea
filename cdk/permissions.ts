// What the functions' roles may do, beside taking from their own queue: send on, publish results, read settings.

import {ArnFormat, Stack} from 'aws-cdk-lib';
import type {Table} from 'aws-cdk-lib/aws-dynamodb';
import {Effect, PolicyStatement, type Role} from 'aws-cdk-lib/aws-iam';
import type {IKey} from 'aws-cdk-lib/aws-kms';
import type {Queue} from 'aws-cdk-lib/aws-sqs';
import type {Construct} from 'constructs';
import {namesOf} from '../shared/names.ts';
import {acknowledgeWildcard} from './acknowledgements.ts';
import type {Options} from './options.ts';
import type {StateTables} from './state-tables.ts';

type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

function allow(role: Role, actions: string[], resources: string[], conditions: Conditions = {}): void {
  role.addToPrincipalPolicy(new PolicyStatement({actions, resources, conditions}));
}

export function grantSend(role: Role, queues: readonly Queue[]): void {
  for (const queue of queues) allow(role, ['sqs:SendMessage'], [queue.queueArn]);
}

/** Lets a function use the key of the queues: SQS asks for it in the name of whoever sends and receives. */
export function grantKey(role: Role, {keyArn}: IKey): void {
  allow(role, ['kms:GenerateDataKey', 'kms:Decrypt'], [keyArn]);
}

/** Lets a function move the next slot of a receiver that has a rate, and know of receivers in trouble. */
export function grantState(role: Role, {slots, receivers}: StateTables): void {
  allow(role, ['dynamodb:UpdateItem'], [slots.tableArn]);
  const onEntries = ['dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:DeleteItem'];
  allow(role, onEntries, [receivers.tableArn]);
}

/** Lets a function look recipients up in the suppression list, and change nothing. */
export function grantSuppressionLook(role: Role, table: Table): void {
  allow(role, ['dynamodb:BatchGetItem'], [table.tableArn]);
}

/** Lets a function count bounces in the suppression list, and read nothing. */
export function grantBounceCount(role: Role, table: Table): void {
  allow(role, ['dynamodb:UpdateItem'], [table.tableArn]);
}

/** Lets a function ask how full queues are. */
export function grantDepth(role: Role, queues: readonly Queue[]): void {
  for (const queue of queues) allow(role, ['sqs:GetQueueAttributes'], [queue.queueArn]);
}

/** Lets a function take mail of a queue on its own account, and write down what it knows of it. */
export function grantKeeping(role: Role, held: Queue, {slots}: StateTables): void {
  const actions = ['ReceiveMessage', 'DeleteMessage', 'ChangeMessageVisibility', 'GetQueueAttributes'];
  allow(
    role,
    actions.map(action => `sqs:${action}`),
    [held.queueArn],
  );
  allow(role, ['dynamodb:UpdateItem'], [slots.tableArn]);
}

/** Lets a function send to the stage's result queues, and to those that messages may name: relayq-<stage>-results-… */
export function grantResults(role: Role, {stage, resultQueues}: Options): void {
  const arnOf = (name: string) => arnFor(role, 'sqs', name);
  const own = Object.values(namesOf(stage).results);
  const named = own.map(name => `${name}-*`);
  allow(role, ['sqs:SendMessage', 'sqs:GetQueueUrl'], [...own, ...named, ...resultQueues].map(arnOf));
  const reason = 'Messages may name result queues of their own, by these prefixes alone.';
  for (const name of named) acknowledgeWildcard(role, arnOf(name), reason);
}

/** Lets a function read the stage's settings, and decrypt those that are SecureString. */
export function grantSettings(role: Role, options: Options): void {
  const path = parameterArn(role, namesOf(options.stage).parameterPath);
  allow(role, ['ssm:GetParametersByPath'], [path.slice(0, -1), `${path}*`]);
  acknowledgeWildcard(role, `${path}*`, 'The settings are all parameters below the stage’s path.');
  grantDecryption(role, path, options);
}

/** Lets a function read the DKIM keys of domains. */
export function grantDkimKeys(role: Role, options: Options): void {
  const path = parameterArn(role, namesOf(options.stage).dkimPath);
  allow(role, ['ssm:GetParametersByPath'], [`${path}*`]);
  acknowledgeWildcard(role, `${path}*`, 'Each domain has its keys below the stage’s path for keys.');
  grantDecryption(role, path, options);
}

const parameterArn = (role: Role, path: string): string => arnFor(role, 'ssm', `parameter${path}`);

/** Of what lies below a path, and through SSM alone. */
function grantDecryption(role: Role, path: string, {parameterKeyArn}: Options): void {
  const anyKey = arnFor(role, 'kms', 'key/*');
  const {region, urlSuffix} = Stack.of(role);
  // SSM names the parameter to KMS (AWS KMS encryption for Parameter Store SecureString parameters). In China services have
  // another suffix, and it is not documented whether KMS says so.
  allow(role, ['kms:Decrypt'], [parameterKeyArn ?? anyKey], {
    StringEquals: {'kms:ViaService': [`ssm.${region}.amazonaws.com`, `ssm.${region}.${urlSuffix}`]},
    StringLike: {'kms:EncryptionContext:PARAMETER_ARN': `${path}*`},
  });
  if (parameterKeyArn === undefined) {
    const reason = 'alias/aws/ssm has no ARN before deployment; the conditions allow nothing else.';
    acknowledgeWildcard(role, anyKey, reason);
  }
}

/** What Lambda needs to put a function into a VPC (Giving Lambda functions access to resources in a VPC). */
const networkInterfaceActions = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

/** Lambda makes the network interfaces in the role's name. The function's own code may not do so: same page. */
export function grantNetworkInterfaces(role: Role, functionName: string): void {
  allow(role, networkInterfaceActions, ['*']);
  acknowledgeWildcard(
    role,
    '*',
    'Lambda makes the interfaces of the VPC; nobody knows their names beforehand.',
  );
  const functionArn = arnFor(role, 'lambda', `function:${functionName}`);
  role.addToPrincipalPolicy(
    new PolicyStatement({
      effect: Effect.DENY,
      actions: networkInterfaceActions,
      resources: ['*'],
      conditions: {ArnEquals: {'lambda:SourceFunctionArn': functionArn}},
    }),
  );
}

export const arnFor = (scope: Construct, service: string, resource: string): string =>
  Stack.of(scope).formatArn({service, resource, arnFormat: ArnFormat.NO_RESOURCE_NAME});
