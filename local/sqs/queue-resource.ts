// The queues of a template, with their policies.

import type {References} from '../template/intrinsic-functions.ts';
import {type Properties, refuseUnknown, tagsOf} from '../template/properties.ts';
import type {TemplatePart, TemplateReader} from '../template/reader.ts';
import {queuePoliciesOf} from './queue-policies.ts';

/** Fields may be edited before the cloud starts: tests shorten timeouts. */
export interface QueueResource {
  logicalId: string;
  name: string;
  /** As CreateQueue takes them: strings, with RedrivePolicy as JSON. */
  attributes: Record<string, string>;
  tags: Record<string, string>;
}

export interface SqsResources {
  queues: QueueResource[];
}

export const sqsTemplate: TemplatePart<SqsResources> = {
  identities: {
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
  },
  nameless: ['AWS::SQS::QueuePolicy'],
  read(reader) {
    const {template, references, deployment} = reader;
    const queues = reader.each('AWS::SQS::Queue', queueOf);
    for (const [url, policy] of queuePoliciesOf(template, references)) {
      const queue = queues.find(({name}) => deployment.queueUrlOf(name) === url);
      if (queue === undefined) throw new Error(`a policy is for ${url}, which is no queue of the template`);
      queue.attributes.Policy = JSON.stringify(policy);
    }
    return {queues: deadLetterQueuesFirst(queues, reader)};
  },
  policiesIn: ({queues}) =>
    queues.flatMap(({logicalId, attributes: {Policy: json}}) =>
      json === undefined ? [] : [{logicalId, json}],
    ),
};

/** The properties that CloudFormation hands to CreateQueue under the same names. */
const queueAttributes = [
  'ContentBasedDeduplication',
  'DeduplicationScope',
  'DelaySeconds',
  'FifoQueue',
  'FifoThroughputLimit',
  'KmsDataKeyReusePeriodSeconds',
  'KmsMasterKeyId',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'ReceiveMessageWaitTimeSeconds',
  'RedriveAllowPolicy',
  'RedrivePolicy',
  'SqsManagedSseEnabled',
  'VisibilityTimeout',
];

function queueOf(logicalId: string, properties: Properties, references: References): QueueResource {
  refuseUnknown(properties, [...queueAttributes, 'QueueName', 'Tags']);
  const attributes = Object.entries(properties)
    .filter(([name]) => queueAttributes.includes(name))
    .map(([name, value]) => [name, typeof value === 'object' ? JSON.stringify(value) : String(value)]);
  return {
    logicalId,
    name: references.attribute(logicalId, 'QueueName') as string,
    attributes: Object.fromEntries(attributes),
    tags: tagsOf(properties.Tags),
  };
}

/** CreateQueue refuses a redrive policy whose target does not exist yet. */
function deadLetterQueuesFirst(
  queues: readonly QueueResource[],
  {deployment: {region, accountId}}: TemplateReader,
): QueueResource[] {
  const ordered: QueueResource[] = [];
  const byArn = new Map(queues.map(queue => [`arn:aws:sqs:${region}:${accountId}:${queue.name}`, queue]));
  const visit = (queue: QueueResource, ancestors: readonly QueueResource[]) => {
    if (ancestors.includes(queue)) throw new Error(`${queue.logicalId}: its dead letters come back to it`);
    if (ordered.includes(queue)) return;
    const policy = queue.attributes.RedrivePolicy;
    const target = policy && byArn.get(JSON.parse(policy).deadLetterTargetArn);
    if (target) visit(target, [...ancestors, queue]);
    ordered.push(queue);
  };
  for (const queue of queues) visit(queue, []);
  return ordered;
}
