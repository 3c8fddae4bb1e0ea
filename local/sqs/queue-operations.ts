// The operations on queues: their parameters, and the answers that AWS gives (API Reference, the action of the same
// name).

import {type Input, optionalInteger, optionalString, stringMap, strings} from '../endpoint/input.ts';
import {invalidValue, queueDoesNotExist, unknownAttribute} from './errors.ts';
import {requiredString} from './input.ts';
import {taskHandleOf} from './move-tasks.ts';
import type {Operation} from './operation.ts';
import type {Queue} from './queue.ts';
import {type computedAttributes, effectiveAttributes, isAttributeName} from './queue-attributes.ts';
import {queueOf} from './queue-url.ts';
import type {Sqs} from './sqs.ts';
import {checkTags} from './tags.ts';

const createQueue: Operation = (sqs, {input}) => {
  const name = requiredString(input, 'QueueName');
  const {url} = sqs.createQueue(name, stringMap(input, 'Attributes'), stringMap(input, 'tags'));
  return {QueueUrl: url};
};

const deleteQueue: Operation = (sqs, {input}) => {
  sqs.deleteQueue(queueOf(sqs, input).name);
  return {};
};

const getQueueUrl: Operation = (sqs, {input}) => {
  const owner = optionalString(input, 'QueueOwnerAWSAccountId') ?? sqs.accountId;
  if (owner !== sqs.accountId) throw queueDoesNotExist();
  return {QueueUrl: sqs.urlOf(sqs.queue(requiredString(input, 'QueueName')).name)};
};

const listQueues: Operation = (sqs, {input}) => {
  const prefix = optionalString(input, 'QueueNamePrefix') ?? '';
  const found = sqs.queues.filter(({name}) => name.startsWith(prefix));
  return pageOf(sqs, found, input, 'QueueUrls');
};

const listDeadLetterSourceQueues: Operation = (sqs, {input}) => {
  const {arn} = queueOf(sqs, input);
  const sources = sqs.queues.filter(({settings}) => settings.redrivePolicy?.deadLetterTargetArn === arn);
  // Only in this answer the member begins with a lower-case letter.
  return pageOf(sqs, sources, input, 'queueUrls');
};

const mostListed = 1000;

/** "You must set MaxResults to receive a value for NextToken in the response" (ListQueues). */
function pageOf(sqs: Sqs, queues: readonly Queue[], input: Input, member: string): Record<string, unknown> {
  const given = optionalInteger(input, 'MaxResults');
  if (given !== undefined && (given < 1 || given > mostListed)) {
    throw invalidValue(given, 'MaxResults', `Must be between 1 and ${mostListed}, if provided.`);
  }
  const token = optionalString(input, 'NextToken');
  const after = token === undefined ? '' : Buffer.from(token, 'base64').toString();
  const rest = queues.filter(({name}) => name > after);
  const page = rest.slice(0, given ?? mostListed);
  const last = page.at(-1);
  return {
    ...(page.length > 0 && {[member]: page.map(({name}) => sqs.urlOf(name))}),
    ...(given !== undefined &&
      last !== undefined &&
      rest.length > page.length && {NextToken: Buffer.from(last.name).toString('base64')}),
  };
}

const getQueueAttributes: Operation = (sqs, {input}) => {
  const queue = queueOf(sqs, input);
  const names = strings(input, 'AttributeNames');
  for (const name of names) {
    if (name !== 'All' && !isAttributeName(name, queue)) throw unknownAttribute(name);
  }
  const wanted = Object.entries(attributesOf(queue)).filter(
    ([name]) => names.includes('All') || names.includes(name),
  );
  return wanted.length === 0 ? {} : {Attributes: Object.fromEntries(wanted)};
};

function attributesOf(queue: Queue): Readonly<Record<string, string>> {
  const {visible, delayed, inFlight} = queue.counts;
  const {attributes, createdAt, modifiedAt} = queue.definition;
  const seconds = (ms: number) => String(Math.floor(ms / 1000));
  const computed: Record<(typeof computedAttributes)[number], string> = {
    QueueArn: queue.arn,
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    CreatedTimestamp: seconds(createdAt),
    LastModifiedTimestamp: seconds(modifiedAt),
  };
  return {...computed, ...effectiveAttributes(attributes, queue)};
}

const setQueueAttributes: Operation = (sqs, {input}) => {
  sqs.setQueueAttributes(queueOf(sqs, input).name, stringMap(input, 'Attributes'));
  return {};
};

const purgeQueue: Operation = (sqs, {input}) => {
  queueOf(sqs, input).purge();
  return {};
};

const tagQueue: Operation = (sqs, {input}) => {
  const queue = queueOf(sqs, input);
  const tags = {...queue.definition.tags, ...stringMap(input, 'Tags')};
  checkTags(tags);
  queue.define({...queue.definition, tags});
  return {};
};

const untagQueue: Operation = (sqs, {input}) => {
  const queue = queueOf(sqs, input);
  const tags = {...queue.definition.tags};
  for (const key of strings(input, 'TagKeys')) delete tags[key];
  queue.define({...queue.definition, tags});
  return {};
};

const listQueueTags: Operation = (sqs, {input}) => ({Tags: queueOf(sqs, input).definition.tags});

const startMessageMoveTask: Operation = (sqs, {input}) => {
  const destinationArn = optionalString(input, 'DestinationArn');
  const maxPerSecond = optionalInteger(input, 'MaxNumberOfMessagesPerSecond');
  const task = sqs.moveTasks.start(requiredString(input, 'SourceArn'), {
    ...(destinationArn === undefined ? {} : {destinationArn}),
    ...(maxPerSecond === undefined ? {} : {maxPerSecond}),
  });
  return {TaskHandle: taskHandleOf(task)};
};

const listMessageMoveTasks: Operation = (sqs, {input}) => {
  const tasks = sqs.moveTasks.list(
    requiredString(input, 'SourceArn'),
    optionalInteger(input, 'MaxResults') ?? 1,
  );
  const results = tasks.map(task => ({
    // "This field is only shown if the status of the task is RUNNING."
    ...(task.status === 'RUNNING' && {TaskHandle: taskHandleOf(task)}),
    Status: task.status,
    SourceArn: task.sourceArn,
    ...(task.destinationArn !== undefined && {DestinationArn: task.destinationArn}),
    ...(task.maxPerSecond !== undefined && {MaxNumberOfMessagesPerSecond: task.maxPerSecond}),
    ApproximateNumberOfMessagesMoved: task.moved,
    ApproximateNumberOfMessagesToMove: task.toMove,
    ...(task.failureReason !== undefined && {FailureReason: task.failureReason}),
    StartedTimestamp: task.startedAt,
  }));
  return results.length === 0 ? {} : {Results: results};
};

const cancelMessageMoveTask: Operation = (sqs, {input}) => {
  const {moved} = sqs.moveTasks.cancel(requiredString(input, 'TaskHandle'));
  return {ApproximateNumberOfMessagesMoved: moved};
};

export const queueOperations: Readonly<Record<string, Operation>> = {
  CreateQueue: createQueue,
  DeleteQueue: deleteQueue,
  GetQueueUrl: getQueueUrl,
  ListQueues: listQueues,
  ListDeadLetterSourceQueues: listDeadLetterSourceQueues,
  GetQueueAttributes: getQueueAttributes,
  SetQueueAttributes: setQueueAttributes,
  PurgeQueue: purgeQueue,
  TagQueue: tagQueue,
  UntagQueue: untagQueue,
  ListQueueTags: listQueueTags,
  StartMessageMoveTask: startMessageMoveTask,
  ListMessageMoveTasks: listMessageMoveTasks,
  CancelMessageMoveTask: cancelMessageMoveTask,
};
