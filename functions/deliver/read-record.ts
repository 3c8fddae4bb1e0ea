// One record of the delivery queue, read: a message that wants to be delivered, or an outcome that is known already.

import type {SQSRecord} from 'aws-lambda';
import {resolveDestination} from '../../shared/delivery/destination.ts';
import type {Candidate} from '../../shared/delivery/gate.ts';
import type {Outcome} from '../../shared/delivery/outcome.ts';
import type {DeliveryQueue} from '../../shared/delivery/receivers/placement.ts';
import {parseMessage} from '../../shared/message/message-body.ts';
import {problemsText} from '../../shared/parsed.ts';
import type {Settings} from '../../shared/settings/settings.ts';
import type {Settler} from '../outcome/settler.ts';
import type {Log} from '../runtime/log.ts';
import {arrivalOf, receivesOf} from '../runtime/record.ts';

export interface Deliverable extends Candidate {
  readonly lane: string;
  readonly deliveryQueue: DeliveryQueue;
  /** When it came into the delivery queue. */
  readonly sentMs: number;
  /** How often it was received, this time included. */
  readonly receives: number;
}

/** A record of a batch. */
export interface Item {
  readonly record: SQSRecord;
  /** An error where the record could not be read: the other records go on. */
  readonly content: Deliverable | Outcome | Error;
}

export const isDeliverable = (content: Item['content']): content is Deliverable =>
  !(content instanceof Error) && !('fate' in content);

interface ReadParts {
  readonly settler: Settler;
  readonly log: Log;
  readonly deliveryQueue: DeliveryQueue;
}

/** The id that the log and the results know a message by. SQS gives each record another one. */
export function messageIdOf({messageId, body}: Pick<SQSRecord, 'messageId' | 'body'>): string {
  try {
    const {relayq} = JSON.parse(body);
    return typeof relayq?.id === 'string' && relayq.id.length <= 80 ? relayq.id : messageId;
  } catch {
    return messageId;
  }
}

export const groupOf = (record: SQSRecord): string => record.attributes.MessageGroupId ?? '';

export function readRecord(
  record: SQSRecord,
  settings: Settings,
  {settler, log, deliveryQueue}: ReadParts,
): Deliverable | Outcome {
  const {messageId: id, body} = record;
  const lane = groupOf(record);
  const known = settler.remembered(record);
  if (known !== undefined) {
    log('warn', 'a message was redelivered that was dealt with; its outcome stays', {id, lane});
    return known;
  }
  const arrival = arrivalOf(record, true);
  const {arrivedMs: sentMs} = arrival;
  const parsed = parseMessage(body, arrival);
  // Route has checked it. What somebody else has put here, or another version, has to go through route first.
  if (!parsed.ok) return {fate: 'unreadable', id, lane, body, reason: problemsText(parsed.problems)};
  const {message} = parsed;
  if (!('text' in message)) return {fate: 'unreadable', id, lane, body, reason: 'its mime is not text yet'};
  if (message.headers !== undefined)
    return {fate: 'unreadable', id, lane, body, reason: 'its headers are still to be changed'};
  return {
    message,
    destination: resolveDestination(message, settings),
    lane,
    deliveryQueue,
    sentMs,
    receives: receivesOf(record),
  };
}
