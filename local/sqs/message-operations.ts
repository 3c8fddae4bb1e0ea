// The operations on messages: their parameters, and the answers that AWS gives (API Reference, the action of the same
// name).

import type {AwsRequest} from '../endpoint/aws-service.ts';
import {type Input, optionalInteger, optionalString, strings} from '../endpoint/input.ts';
import {batchResult, parseBatch} from './batch.ts';
import {
  batchRequestTooLong,
  deduplicationIdMissing,
  invalidForQueueType,
  invalidParameter,
  invalidValue,
} from './errors.ts';
import {messageAttributes, requiredInteger, requiredString} from './input.ts';
import {type NewMessage, type ReceivedMessage, sequenceNumberOf} from './message.ts';
import {md5Of, md5OfAttributes, selectAttributes} from './message-attributes.ts';
import {octetsOf} from './message-rules.ts';
import type {Operation} from './operation.ts';
import type {Queue} from './queue.ts';
import {greatestMessageSize} from './queue-attributes.ts';
import {queueOf} from './queue-url.ts';
import type {Sqs} from './sqs.ts';

function parseMessage(sqs: Sqs, input: Input, request: AwsRequest): NewMessage {
  const delaySeconds = optionalInteger(input, 'DelaySeconds');
  const groupId = optionalString(input, 'MessageGroupId');
  const deduplicationId = optionalString(input, 'MessageDeduplicationId');
  // The attribute overrides the header ("Amazon SQS and AWS X-Ray").
  const traceHeader = parseTraceHeader(input) ?? (request.traceHeader || undefined);
  return {
    body: optionalString(input, 'MessageBody') ?? '',
    attributes: messageAttributes(input, 'MessageAttributes'),
    senderId: sqs.senderIdOf(request.accessKeyId || 'anonymous'),
    ...(delaySeconds === undefined ? {} : {delaySeconds}),
    ...(groupId === undefined ? {} : {groupId}),
    ...(deduplicationId === undefined ? {} : {deduplicationId}),
    ...(traceHeader === undefined ? {} : {traceHeader}),
  };
}

/** "The only supported message system attribute is AWSTraceHeader. Its type must be String" (SendMessage). */
function parseTraceHeader(input: Input): string | undefined {
  const {AWSTraceHeader: header, ...others} = messageAttributes(input, 'MessageSystemAttributes');
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    throw invalidParameter(`Message system attribute name '${unknown}' is invalid.`);
  }
  if (header === undefined) return undefined;
  if (header.DataType !== 'String' || !header.StringValue) {
    throw invalidParameter(
      "Message system attribute 'AWSTraceHeader' must be of type 'String' and non-empty.",
    );
  }
  return header.StringValue;
}

function send(queue: Queue, message: NewMessage): Record<string, unknown> {
  const {messageId, sequence} = queue.send(message);
  const md5OfUserAttributes = md5OfAttributes(message.attributes ?? {});
  const md5OfSystemAttributes =
    message.traceHeader &&
    md5OfAttributes({AWSTraceHeader: {DataType: 'String', StringValue: message.traceHeader}});
  return {
    MessageId: messageId,
    MD5OfMessageBody: md5Of(message.body),
    ...(md5OfUserAttributes && {MD5OfMessageAttributes: md5OfUserAttributes}),
    ...(md5OfSystemAttributes && {MD5OfMessageSystemAttributes: md5OfSystemAttributes}),
    ...(queue.fifo && {SequenceNumber: sequenceNumberOf(sequence)}),
  };
}

const sendMessage: Operation = (sqs, request) =>
  send(queueOf(sqs, request.input), parseMessage(sqs, request.input, request));

const sendMessageBatch: Operation = (sqs, request) => {
  const queue = queueOf(sqs, request.input);
  const entries = parseBatch(request.input, 'SendMessageBatch').map(({id, entry}) => ({
    id,
    entry: parseMessage(sqs, entry, request),
  }));
  // AWS refuses a FIFO batch as a whole when an ID is missing, and calls a missing group an invalid value.
  if (queue.fifo) for (const {entry} of entries) checkIds(queue, entry);
  const octets = entries.reduce((sum, {entry}) => sum + octetsOf(entry), 0);
  // "The maximum allowed individual message size and the maximum total payload size … are both 1 MiB."
  if (octets > greatestMessageSize) throw batchRequestTooLong(octets, greatestMessageSize);
  return batchResult(entries, message => send(queue, message));
};

function checkIds({settings}: Queue, {groupId, deduplicationId}: NewMessage): void {
  if (groupId === undefined) throw invalidParameter('The request must contain the parameter MessageGroupId.');
  if (deduplicationId === undefined && !settings.contentBasedDeduplication) throw deduplicationIdMissing();
}

const receiveMessage: Operation = async (sqs, {input, signal}) => {
  const queue = queueOf(sqs, input);
  const attemptId = optionalString(input, 'ReceiveRequestAttemptId');
  if (attemptId !== undefined && !queue.fifo) throw invalidForQueueType(attemptId, 'ReceiveRequestAttemptId');
  const maxNumberOfMessages = within(input, 'MaxNumberOfMessages', 1, 10);
  const waitTimeSeconds = within(input, 'WaitTimeSeconds', 0, 20);
  const visibilityTimeout = within(input, 'VisibilityTimeout', 0, 43_200);
  // AttributeNames is the older name of MessageSystemAttributeNames.
  const systemNames = [...strings(input, 'AttributeNames'), ...strings(input, 'MessageSystemAttributeNames')];
  const names = strings(input, 'MessageAttributeNames');
  const received = await queue.receive({
    outside: true,
    signal,
    ...(maxNumberOfMessages === undefined ? {} : {maxNumberOfMessages}),
    ...(waitTimeSeconds === undefined ? {} : {waitTimeSeconds}),
    ...(visibilityTimeout === undefined ? {} : {visibilityTimeout}),
  });
  return received.length === 0 ? {} : {Messages: received.map(each => messageOf(each, systemNames, names))};
};

function within(input: Input, name: string, least: number, most: number): number | undefined {
  const value = optionalInteger(input, name);
  if (value === undefined || (value >= least && value <= most)) return value;
  throw invalidValue(value, name, `Must be between ${least} and ${most}, if provided.`);
}

/** Answers with what was asked for. The checksum is that of the attributes that are returned. */
function messageOf(
  message: ReceivedMessage,
  systemNames: readonly string[],
  names: readonly string[],
): Record<string, unknown> {
  const system = Object.entries(message.attributes).filter(
    ([name]) => systemNames.includes('All') || systemNames.includes(name),
  );
  const attributes = selectAttributes(message.messageAttributes, names);
  const md5 = md5OfAttributes(attributes);
  return {
    MessageId: message.messageId,
    ReceiptHandle: message.receiptHandle,
    MD5OfBody: message.md5OfBody,
    Body: message.body,
    ...(system.length > 0 && {Attributes: Object.fromEntries(system)}),
    ...(md5 && {MessageAttributes: attributes, MD5OfMessageAttributes: md5}),
  };
}

const deleteMessage: Operation = (sqs, {input}) => {
  queueOf(sqs, input).delete(requiredString(input, 'ReceiptHandle'));
  return {};
};

const deleteMessageBatch: Operation = (sqs, {input}) => {
  const queue = queueOf(sqs, input);
  return batchResult(parseBatch(input, 'DeleteMessageBatch'), entry => {
    queue.delete(requiredString(entry, 'ReceiptHandle'));
    return {};
  });
};

/** "Values range: 0 to 43200. Maximum: 12 hours" (ChangeMessageVisibility). */
function changeVisibility(queue: Queue, input: Input): Record<string, never> {
  const handle = requiredString(input, 'ReceiptHandle');
  const seconds = requiredInteger(input, 'VisibilityTimeout');
  if (seconds < 0 || seconds > 43_200) {
    throw invalidValue(seconds, 'VisibilityTimeout', 'Must be between 0 and 43200, if provided.');
  }
  queue.changeVisibility(handle, seconds * 1000);
  return {};
}

const changeMessageVisibility: Operation = (sqs, {input}) => changeVisibility(queueOf(sqs, input), input);

const changeMessageVisibilityBatch: Operation = (sqs, {input}) => {
  const queue = queueOf(sqs, input);
  const entries = parseBatch(input, 'ChangeMessageVisibilityBatch');
  return batchResult(entries, entry => changeVisibility(queue, entry));
};

export const messageOperations: Readonly<Record<string, Operation>> = {
  SendMessage: sendMessage,
  SendMessageBatch: sendMessageBatch,
  ReceiveMessage: receiveMessage,
  DeleteMessage: deleteMessage,
  DeleteMessageBatch: deleteMessageBatch,
  ChangeMessageVisibility: changeMessageVisibility,
  ChangeMessageVisibilityBatch: changeMessageVisibilityBatch,
};
