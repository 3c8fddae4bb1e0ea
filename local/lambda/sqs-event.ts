// The event that Lambda makes of SQS messages, and what it reads from the function's response ("Using Lambda
// with Amazon SQS"; "Handling errors for an SQS event source"). Pure.

import type {SQSRecord} from 'aws-lambda';
import {isJsonObject} from '../json.ts';
import type {ReceivedMessage} from '../sqs/message.ts';
import {maximumPayloadOctets} from './function-error.ts';

export interface EventSource {
  readonly queueArn: string;
  readonly region: string;
}

export const sqsRecordOf = (message: ReceivedMessage, {queueArn, region}: EventSource): SQSRecord => ({
  messageId: message.messageId,
  receiptHandle: message.receiptHandle,
  body: message.body,
  attributes: message.attributes as unknown as SQSRecord['attributes'],
  messageAttributes: Object.fromEntries(
    Object.entries(message.messageAttributes).map(([name, {DataType, StringValue, BinaryValue}]) => [
      name,
      {
        ...(StringValue === undefined ? {} : {stringValue: StringValue}),
        ...(BinaryValue === undefined ? {} : {binaryValue: BinaryValue}),
        stringListValues: [] as never[],
        binaryListValues: [] as never[],
        dataType: DataType as 'String',
      },
    ]),
  ),
  ...(message.md5OfMessageAttributes === undefined
    ? {}
    : {md5OfMessageAttributes: message.md5OfMessageAttributes}),
  md5OfBody: message.md5OfBody,
  eventSource: 'aws:sqs',
  eventSourceARN: queueArn,
  awsRegion: region,
});

/** What a message takes up in an event, with the comma before or after it. */
export const recordOctetsOf = (message: ReceivedMessage, source: EventSource): number =>
  Buffer.byteLength(JSON.stringify(sqsRecordOf(message, source))) + 1;

export interface SqsEvent {
  readonly messages: readonly ReceivedMessage[];
  readonly payload: string;
}

/** Puts the messages, in their order, into as few events of at most 6 MB as possible: ten of 1 MiB need two. */
export function sqsEventsOf(messages: readonly ReceivedMessage[], source: EventSource): SqsEvent[] {
  const events: SqsEvent[] = [];
  let batch: {message: ReceivedMessage; json: string}[] = [];
  let octets = 0;
  const flush = () => {
    if (batch.length === 0) return;
    const records = batch.map(({json}) => json).join(',');
    events.push({messages: batch.map(({message}) => message), payload: `{"Records":[${records}]}`});
    batch = [];
    octets = 0;
  };
  for (const message of messages) {
    const json = JSON.stringify(sqsRecordOf(message, source));
    const size = Buffer.byteLength(json) + 1;
    if (octets + size + '{"Records":[]}'.length > maximumPayloadOctets) flush();
    batch.push({message, json});
    octets += size;
  }
  flush();
  return events;
}

/**
 * The ids of the messages that a response reports as failed ("Implementing partial batch responses", success and failure
 * conditions). A response that cannot be understood fails the whole batch.
 */
export function batchItemFailuresOf(payload: string, messageIds: readonly string[]): ReadonlySet<string> {
  const none = new Set<string>();
  const all = new Set(messageIds);
  const response = jsonOf(payload);
  // Success: a null or empty response, a null or empty list.
  if (response === null) return none;
  // Failure: an invalid JSON response.
  if (!isJsonObject(response)) return all;
  const {batchItemFailures: failures} = response;
  if (failures === undefined || failures === null) return none;
  if (!Array.isArray(failures)) return all;
  const reported = failures.map(failure => (isJsonObject(failure) ? failure.itemIdentifier : undefined));
  // Failure: an itemIdentifier that is empty, null, under a wrong name, or of no message in the batch.
  return reported.every(id => typeof id === 'string' && all.has(id)) ? new Set(reported as string[]) : all;
}

/** The JSON value; undefined when there is none. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
