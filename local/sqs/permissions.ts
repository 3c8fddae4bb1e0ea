// What a request to SQS has to be allowed (Service Authorization Reference, "Actions, resources, and condition keys for
// Amazon SQS"). A request that names no queue, or a wrong one, is one on a queue without a name.

import type {Account} from '../account.ts';
import type {Permission} from '../iam/permission.ts';
import type {AskedRequest} from '../service-definition.ts';

export function sqsPermissionsFor({operation, input}: AskedRequest, account: Account): readonly Permission[] {
  // Batches have no permissions of their own ("Amazon SQS API permissions: Actions and resource reference").
  const action = `sqs:${operation.replace(/Batch$/, '')}`;
  const resource = queueArnOf({operation, input}, account);
  if (operation !== 'StartMessageMoveTask') return [{action, resource}];
  // "Configuring a dead-letter queue redrive": it takes from one queue and puts into another.
  const taking = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];
  const target = input.DestinationArn;
  return [
    ...[action, ...taking].map(each => ({action: each, resource})),
    ...(target === undefined ? [] : [{action: 'sqs:SendMessage', resource: String(target)}]),
  ];
}

function queueArnOf({operation, input}: AskedRequest, {region, accountId}: Account): string {
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
