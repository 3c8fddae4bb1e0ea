// What an SQS record says beside its body.

import type {SQSRecord} from 'aws-lambda';

/** @param ours whether only the functions send to its queue */
export const arrivalOf = (record: SQSRecord, ours: boolean) => ({
  id: record.messageId,
  arrivedMs: Number(record.attributes.SentTimestamp),
  ours,
});

export const queueNameOf = ({eventSourceARN}: SQSRecord): string => eventSourceARN.split(':').at(-1)!;

export const receivesOf = ({attributes}: SQSRecord): number => Number(attributes.ApproximateReceiveCount);
