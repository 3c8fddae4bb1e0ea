// What SQS takes. Only the local cloud has these numbers a second time, as it is what the others are tested against.

import {octetsOf} from './json.ts';

/** The most that a message may be, and all messages of one request together (SendMessage, SendMessageBatch). */
export const maxBodyOctets = 1_048_576;

/** Entries of one request (SendMessageBatch). */
export const maxBatchEntries = 10;

/** The longest DelaySeconds (SendMessage). */
export const maxDelaySeconds = 900;

/** The name of a standard queue (CreateQueue, QueueName). */
export const standardQueueName = /^[\w-]{1,80}$/;

/** In their order, in batches that fit into one request each. */
export function* batchesOf<T extends {readonly body: string}>(messages: Iterable<T>): Generator<T[], void> {
  let batch: T[] = [];
  let octets = 0;
  for (const message of messages) {
    const size = octetsOf(message.body);
    if (batch.length === maxBatchEntries || (batch.length > 0 && octets + size > maxBodyOctets)) {
      yield batch;
      batch = [];
      octets = 0;
    }
    batch.push(message);
    octets += size;
  }
  if (batch.length > 0) yield batch;
}
