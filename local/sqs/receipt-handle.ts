// Receipt handles: which message of which queue, and which receive of it. Opaque to clients.

import {randomBytes} from 'node:crypto';
import {receiptHandleIsInvalid} from './errors.ts';

export interface Receipt {
  readonly messageId: string;
  /** Of one receive only. */
  readonly secret: string;
}

export const newSecret = (): string => randomBytes(9).toString('base64url');

export const receiptHandleOf = (queueName: string, {messageId, secret}: Receipt): string =>
  Buffer.from(`${queueName} ${messageId} ${secret}`).toString('base64');

/** Refuses what this queue never gave out: another queue's handle is none of it. */
export function parseReceiptHandle(queueName: string, handle: string): Receipt {
  const parts = Buffer.from(handle, 'base64').toString().split(' ');
  const [name, messageId = '', secret = ''] = parts;
  if (parts.length !== 3 || name !== queueName) throw receiptHandleIsInvalid(handle);
  return {messageId, secret};
}
