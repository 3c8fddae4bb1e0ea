// A message as a receive gives it out, with all of its attributes.

import {type Message, type ReceivedMessage, sequenceNumberOf} from './message.ts';
import {md5Of, md5OfAttributes} from './message-attributes.ts';
import {receiptHandleOf} from './receipt-handle.ts';

export function receivedMessageOf(message: Message, queue: {name: string; fifo: boolean}): ReceivedMessage {
  const {content, delivery} = message;
  const md5OfMessageAttributes = md5OfAttributes(content.attributes);
  return {
    messageId: content.id,
    receiptHandle: receiptHandleOf(queue.name, {messageId: content.id, secret: delivery.receipt ?? ''}),
    body: content.body,
    md5OfBody: md5Of(content.body),
    attributes: systemAttributesOf(message, queue),
    messageAttributes: {...content.attributes},
    ...(md5OfMessageAttributes === undefined ? {} : {md5OfMessageAttributes}),
  };
}

/** API Reference, ReceiveMessage, MessageSystemAttributeNames. */
function systemAttributesOf(
  {content, delivery, sequence}: Message,
  {fifo}: {fifo: boolean},
): Record<string, string> {
  const {groupId, deduplicationId, traceHeader, sourceArn} = content;
  return {
    SenderId: content.senderId,
    SentTimestamp: String(content.sentAt),
    ApproximateReceiveCount: String(delivery.receiveCount),
    ApproximateFirstReceiveTimestamp: String(delivery.firstReceivedAt),
    ...(groupId === undefined ? {} : {MessageGroupId: groupId}),
    ...(deduplicationId === undefined ? {} : {MessageDeduplicationId: deduplicationId}),
    ...(fifo ? {SequenceNumber: sequenceNumberOf(sequence)} : {}),
    ...(traceHeader === undefined ? {} : {AWSTraceHeader: traceHeader}),
    ...(sourceArn === undefined ? {} : {DeadLetterQueueSourceArn: sourceArn}),
  };
}
