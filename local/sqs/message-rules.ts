// Which messages are taken: their size, their characters, and the parameters for the queue's type (API Reference,
// SendMessage; "Amazon SQS message quotas").

import {
  deduplicationIdMissing,
  invalidForQueueType,
  invalidMessageContents,
  invalidParameter,
  invalidValue,
  missingParameter,
} from './errors.ts';
import type {NewMessage} from './message.ts';
import {attributesOctets, checkMessageAttributes, hasForbiddenCharacter} from './message-attributes.ts';

interface Limits {
  readonly fifo: boolean;
  readonly contentBasedDeduplication: boolean;
  readonly maximumMessageSize: number;
}

export const octetsOf = ({body, attributes = {}}: NewMessage): number =>
  Buffer.byteLength(body) + attributesOctets(attributes);

export function checkMessage(message: NewMessage, limits: Limits): void {
  const {body, attributes = {}} = message;
  if (body === '') throw missingParameter('MessageBody');
  checkMessageAttributes(attributes);
  if (octetsOf(message) > limits.maximumMessageSize) {
    throw invalidParameter(
      `One or more parameters are invalid. Reason: Message must be shorter than ${limits.maximumMessageSize} bytes.`,
    );
  }
  if (hasForbiddenCharacter(body)) {
    throw invalidMessageContents(
      'Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF',
    );
  }
  checkDelay(message, limits);
  checkGroup(message, limits);
  checkDeduplication(message, limits);
}

function checkDelay({delaySeconds}: NewMessage, {fifo}: Limits): void {
  if (delaySeconds === undefined) return;
  // "When you set FifoQueue, you can't set DelaySeconds per message." Zero counts as not set.
  if (fifo && delaySeconds !== 0) throw invalidForQueueType(delaySeconds, 'DelaySeconds');
  if (delaySeconds < 0 || delaySeconds > 900) {
    throw invalidValue(delaySeconds, 'DelaySeconds', 'DelaySeconds must be >= 0 and <= 900.');
  }
}

/** "Up to 128 alphanumeric characters and punctuation" for both IDs: that is what ASCII prints but for the space. */
const isId = (id: string): boolean => /^[!-~]{1,128}$/.test(id);

function checkId(id: string | undefined, parameter: string): void {
  if (id === undefined || isId(id)) return;
  throw invalidValue(
    id,
    parameter,
    `${parameter} can only include alphanumeric and punctuation characters. 1 to 128 in length.`,
  );
}

function checkGroup({groupId}: NewMessage, {fifo}: Limits): void {
  // A standard queue takes a group too: it is then a fair queue ("Amazon SQS fair queues").
  if (fifo && groupId === undefined) throw missingParameter('MessageGroupId');
  checkId(groupId, 'MessageGroupId');
}

function checkDeduplication({deduplicationId}: NewMessage, limits: Limits): void {
  if (deduplicationId !== undefined && !limits.fifo) {
    throw invalidForQueueType(deduplicationId, 'MessageDeduplicationId');
  }
  checkId(deduplicationId, 'MessageDeduplicationId');
  if (limits.fifo && deduplicationId === undefined && !limits.contentBasedDeduplication) {
    throw deduplicationIdMissing();
  }
}
