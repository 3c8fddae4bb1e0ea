// When a message is a dead letter, what it then is, and which queue may be the dead-letter queue of another ("Using
// dead-letter queues in Amazon SQS").

import {invalidValue} from './errors.ts';
import type {Content, Delivery, Message} from './message.ts';
import type {Attributes} from './queue-attributes.ts';
import {allowsRedriveFrom, type RedrivePolicy, redrivePolicyOf} from './redrive-policy.ts';

/** "When the ReceiveCount for a message exceeds the maxReceiveCount": the receive that would exceed it moves it. */
export const isDeadLetter = ({delivery}: Message, policy: RedrivePolicy | undefined): boolean =>
  policy !== undefined && delivery.receiveCount >= policy.maxReceiveCount;

interface Source {
  readonly arn: string;
  readonly fifo: boolean;
}

/** A dead letter keeps its ID, its SentTimestamp and its receive count, and can be received at once. */
export function deadLetterOf(
  {content, delivery}: Message,
  {source, now}: {readonly source: Source; readonly now: number},
): [Content, Delivery] {
  // "For standard queues, the expiration of a message is always based on its original enqueue timestamp… For
  // FIFO queues, the enqueue timestamp resets when the message is moved."
  const enqueuedAt = source.fifo ? now : content.enqueuedAt;
  const {receiveCount, firstReceivedAt} = delivery;
  return [
    {...content, availableAt: now, enqueuedAt, sourceArn: source.arn},
    {dueAt: now, receiveCount, ...(firstReceivedAt === undefined ? {} : {firstReceivedAt})},
  ];
}

/**
 * "The dead-letter queue of a FIFO queue must also be a FIFO queue. Similarly, the dead-letter queue of a
 * standard queue must also be a standard queue" (API Reference, CreateQueue, RedrivePolicy).
 */
export function checkRedriveTarget(
  attributes: Attributes,
  source: Source,
  queueOfArn: (
    arn: string,
  ) => (Source & {readonly definition: {readonly attributes: Attributes}}) | undefined,
): void {
  const text = attributes.RedrivePolicy;
  const policy = redrivePolicyOf(text === '' ? undefined : text);
  if (policy === undefined) return;
  const invalid = (reason: string) => invalidValue(text, 'RedrivePolicy', reason);
  // A queue may name itself, even while it is being created.
  if (policy.deadLetterTargetArn === source.arn) return;
  const target = queueOfArn(policy.deadLetterTargetArn);
  if (target === undefined) throw invalid('Dead letter target does not exist.');
  if (target.fifo !== source.fifo) {
    throw invalid('Dead-letter queue must be same type of queue as the source.');
  }
  if (!allowsRedriveFrom(target.definition.attributes.RedriveAllowPolicy, source.arn)) {
    throw invalid('Queue does not have permission to use this dead-letter queue.');
  }
}
