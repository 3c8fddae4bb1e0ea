// A message in a queue: what was sent, which never changes, and how far its delivery has come, which does.

import {randomUUID} from 'node:crypto';

/** As the JSON protocol writes it: a binary value is base64. */
export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  readonly BinaryValue?: string;
}

/** What a producer gives. */
export interface NewMessage {
  readonly body: string;
  readonly attributes?: Readonly<Record<string, MessageAttribute>>;
  readonly delaySeconds?: number;
  readonly groupId?: string;
  readonly deduplicationId?: string;
  /** The X-Ray trace. It is the only system attribute that can be sent. */
  readonly traceHeader?: string;
  readonly senderId: string;
}

/** What does not change while the message is in one queue. */
export interface Content {
  readonly id: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
  readonly groupId?: string;
  readonly deduplicationId?: string;
  readonly traceHeader?: string;
  readonly senderId: string;
  /** SentTimestamp: it survives the move to a dead-letter queue. */
  readonly sentAt: number;
  /** From when the retention period counts. */
  readonly enqueuedAt: number;
  /** When it can first be received. */
  readonly availableAt: number;
  /** The queue that a dead letter came from. */
  readonly sourceArn?: string;
}

export function contentOf(
  {body, attributes = {}, groupId, traceHeader, senderId}: NewMessage,
  given: {readonly now: number; readonly delayMs: number; readonly deduplicationId: string | undefined},
): Content {
  const {now, delayMs, deduplicationId} = given;
  return {
    id: randomUUID(),
    body,
    attributes,
    senderId,
    sentAt: now,
    enqueuedAt: now,
    availableAt: now + delayMs,
    ...(groupId === undefined ? {} : {groupId}),
    ...(traceHeader === undefined ? {} : {traceHeader}),
    ...(deduplicationId === undefined ? {} : {deduplicationId}),
  };
}

/** What receiving changes. */
export interface Delivery {
  /** When the visibility timeout, or the delay, is over. */
  readonly dueAt: number;
  readonly receiveCount: number;
  readonly firstReceivedAt?: number;
  readonly receivedAt?: number;
  /** The secret of the latest receipt handle. */
  readonly receipt?: string;
  /** Received over the endpoint by somebody who may outlive the cloud, not by an event source. */
  readonly outside?: boolean;
}

export type Status = 'delayed' | 'visible' | 'inFlight';

export interface Message {
  readonly content: Content;
  /** Its place in the queue. */
  readonly sequence: number;
  status: Status;
  delivery: Delivery;
}

/** As AWS writes a SequenceNumber: 20 digits that keep their order as text (API Reference, SendMessage). */
export const sequenceNumberOf = (sequence: number): string => `188${String(sequence).padStart(17, '0')}`;

export interface ReceivedMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly md5OfBody: string;
  /** The system attributes. */
  readonly attributes: Record<string, string>;
  readonly messageAttributes: Record<string, MessageAttribute>;
  readonly md5OfMessageAttributes?: string;
}
