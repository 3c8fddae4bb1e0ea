// Receipt handles name a queue, a message, and one receive of the message. Clients do not look into them.

import {randomBytes} from 'node:crypto';
import {receiptHandleIsInvalid} from './errors.ts';

export interface Receipt {
  readonly messageId: string;
  /** Each receive has another one. */
  readonly secret: string;
}

export const newSecret = (): string => randomBytes(9).toString('base64url');

export const receiptHandleOf = (queueName: string, {messageId, secret}: Receipt): string =>
  Buffer.from(`${queueName} ${messageId} ${secret}`).toString('base64');

/** @throws AwsError for a handle that this queue has never given out, such as that of another queue */
export function parseReceiptHandle(queueName: string, handle: string): Receipt {
  const parts = Buffer.from(handle, 'base64').toString().split(' ');
  const [name, messageId = '', secret = ''] = parts;
  if (parts.length !== 3 || name !== queueName) throw receiptHandleIsInvalid(handle);
  return {messageId, secret};
}
