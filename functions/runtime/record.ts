// What an SQS record says beside its body.

import type {SQSRecord} from 'aws-lambda';

/**
 * How a record came, and a new message in it: SQS's message id, and its SentTimestamp in milliseconds.
 * @param ours whether only the functions send to its queue
 */
export const arrivalOf = (record: SQSRecord, ours: boolean) => ({
  id: record.messageId,
  arrivedMs: Number(record.attributes.SentTimestamp),
  ours,
});

/** The name of the queue that a record comes from. */
export const queueNameOf = ({eventSourceARN}: SQSRecord): string => eventSourceARN.split(':').at(-1)!;
