// What each request needs to be allowed: an action on a resource, sometimes several (Service Authorization
// Reference, "Actions, resources, and condition keys for Amazon SQS" and "… AWS Systems Manager" and "… Amazon DynamoDB").

import type {AwsRequest} from '../http.ts';
import {strings} from '../input.ts';
import {parseReference, trimmed} from '../ssm/parameter-name.ts';

export interface Permission {
  readonly action: string;
  readonly resource: string;
}

export interface Account {
  readonly region: string;
  readonly accountId: string;
}

type Request = Pick<AwsRequest, 'service' | 'operation' | 'input'>;

/** A request that names no resource, or one that the service will refuse to understand, is one on all of them. */
export function permissionsFor(request: Request, account: Account): readonly Permission[] {
  const {service, operation} = request;
  const needed = requirements[service]?.(request, account);
  return needed ?? [{action: `${service}:${operation}`, resource: '*'}];
}

const requirements: Readonly<Record<string, (request: Request, account: Account) => readonly Permission[]>> =
  {
    sqs: sqsPermissions,
    ssm: ssmPermissions,
    dynamodb: dynamoDbPermissions,
  };

function sqsPermissions({operation, input}: Request, account: Account): readonly Permission[] {
  // There are no permissions for batches of their own ("Amazon SQS API permissions: Actions and resource
  // reference").
  const action = `sqs:${operation.replace(/Batch$/, '')}`;
  const resource = queueArnOf(operation, input, account);
  if (operation !== 'StartMessageMoveTask') return [{action, resource}];
  // "Configuring a dead-letter queue redrive": it takes from the one queue and puts into the other.
  const taking = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];
  const target = input.DestinationArn;
  return [
    ...[action, ...taking].map(each => ({action: each, resource})),
    ...(target === undefined ? [] : [{action: 'sqs:SendMessage', resource: String(target)}]),
  ];
}

function queueArnOf(operation: string, input: Request['input'], {region, accountId}: Account): string {
  const arnOf = (name: unknown, owner: unknown = accountId) => `arn:aws:sqs:${region}:${owner}:${name ?? ''}`;
  switch (operation) {
    case 'CreateQueue':
      return arnOf(input.QueueName);
    case 'GetQueueUrl':
      return arnOf(input.QueueName, input.QueueOwnerAWSAccountId ?? accountId);
    case 'ListQueues':
      return arnOf('');
    case 'StartMessageMoveTask':
    case 'ListMessageMoveTasks':
      return String(input.SourceArn);
    case 'CancelMessageMoveTask':
      return sourceOfTask(String(input.TaskHandle)) ?? arnOf('');
    default: {
      const [, owner, name] = /\/(\d{12})\/([^/]+)$/.exec(String(input.QueueUrl)) ?? [];
      return arnOf(name, owner);
    }
  }
}

/** A task's handle is the JSON of what it names, in base64. */
function sourceOfTask(handle: string): string | undefined {
  const [, arn] = /"sourceArn":"(arn:[^"]+)"/.exec(Buffer.from(handle, 'base64').toString()) ?? [];
  return arn;
}

function dynamoDbPermissions(
  {operation, input}: Request,
  {region, accountId}: Account,
): readonly Permission[] {
  const table = input.TableName;
  const resource = typeof table === 'string' ? `arn:aws:dynamodb:${region}:${accountId}:table/${table}` : '*';
  return [{action: `dynamodb:${operation}`, resource}];
}

function ssmPermissions({operation, input}: Request, {region, accountId}: Account): readonly Permission[] {
  const arnOf = (name: string) => `arn:aws:ssm:${region}:${accountId}:parameter/${name.replace(/^\//, '')}`;
  const on = (resource: string) => ({action: `ssm:${operation}`, resource});
  const named = (reference: unknown) =>
    on(typeof reference === 'string' ? arnOf(parseReference(reference, arnOf).name) : arnOf(''));
  switch (operation) {
    // "If a user has access to a path, then the user can access all levels of that path" (GetParametersByPath).
    case 'GetParametersByPath':
      return [on(arnOf(trimmed(String(input.Path ?? ''))))];
    case 'GetParameters':
    case 'DeleteParameters':
      return strings(input, 'Names').map(named);
    case 'DescribeParameters':
      return [on(`arn:aws:ssm:${region}:${accountId}:*`)];
    case 'AddTagsToResource':
    case 'RemoveTagsFromResource':
    case 'ListTagsForResource':
      return [named(input.ResourceId)];
    default:
      return [named(input.Name)];
  }
}
