// SQS for a function that is fed directly: it takes results and deletions, and keeps nothing. A real queue would use as
// much of this machine as the function does, while on AWS it runs elsewhere.

import {createHash, randomUUID} from 'node:crypto';
import {setTimeout as delay} from 'node:timers/promises';
import {AwsError} from '../local/aws-error.ts';
import type {AwsService} from '../local/endpoint/aws-service.ts';
import {sqsProtocol} from '../local/sqs/service.ts';
import {entriesOf, queueNameOf, type SqsMeter} from './sqs-meter.ts';

export interface Sent {
  readonly queue: string;
  readonly body: string;
  readonly groupId: string | undefined;
}

export interface DeskOptions {
  readonly meter: SqsMeter;
  /** How long SQS takes to answer. */
  readonly latencyMs: number;
  readonly onSent?: (message: Sent) => void;
}

interface Entry {
  readonly Id?: string;
  readonly MessageBody?: string;
  readonly MessageGroupId?: string;
}

/** The SDK compares this with what it sent (SendMessage, MD5OfMessageBody). */
const receiptOf = ({MessageBody: body = ''}: Entry) => ({
  MessageId: randomUUID(),
  MD5OfMessageBody: createHash('md5').update(body).digest('hex'),
});

export function settlingDesk({meter, latencyMs, onSent}: DeskOptions): AwsService {
  const call: AwsService['call'] = async ({operation, input}) => {
    meter.count(operation, input);
    if (latencyMs > 0) await delay(latencyMs);
    const entries = entriesOf(input) as readonly Entry[];
    const [verb, isBatch] = operation.endsWith('Batch') ? [operation.slice(0, -5), true] : [operation, false];
    switch (verb) {
      case 'SendMessage': {
        const queue = queueNameOf(input);
        for (const {MessageBody: body = '', MessageGroupId: groupId} of entries)
          onSent?.({queue, body, groupId});
        if (!isBatch) return receiptOf(input);
        return {Successful: entries.map(entry => ({Id: entry.Id, ...receiptOf(entry)})), Failed: []};
      }
      case 'DeleteMessage':
      case 'ChangeMessageVisibility':
        return isBatch ? {Successful: entries.map(({Id}) => ({Id})), Failed: []} : {};
      default:
        throw new AwsError('UnknownOperationException', `not expected of a function: ${operation}`);
    }
  };
  return {...sqsProtocol, call};
}
