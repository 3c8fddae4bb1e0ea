// Events as the event source makes them of SQS messages, made fast: one message is written out, and all others are the
// same with another id and recipient. Pure.

import {randomUUID} from 'node:crypto';
import {type EventSource, sqsRecordOf} from '../local/lambda/sqs-event.ts';
import {domainOf, recipientOf} from './mail.ts';

/** The id and the recipient in the message that is written out. */
export const patternId = '5eed0000-0000-4000-8000-000000000000';
export const patternRecipient = recipientOf(0);
/** The same, where each recipient has a domain of its own. */
export const patternLoner = recipientOf(0, {isAlone: true});
const patternDomain = domainOf(patternLoner);
/** Stands for the time of receipt: a function asks SQS again about messages that seem to come late. */
const patternTime = 'time of receipt';

export interface RecordPattern {
  /** The text of a record, cut at each id, recipient, domain of a recipient's own, and time. */
  readonly pieces: readonly string[];
}

export interface PatternSource extends EventSource {
  /** FIFO queues only. */
  readonly groupId?: string;
}

/** @param body holds `patternRecipient` or `patternLoner`, and `patternId` where the pipeline put the message's id */
export function recordPatternOf(body: string, {groupId, ...source}: PatternSource): RecordPattern {
  const sentMs = String(Date.now());
  const record = sqsRecordOf(
    {
      messageId: patternId,
      receiptHandle: `receipt-${patternId}`,
      body,
      md5OfBody: '',
      messageAttributes: {},
      attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: sentMs,
        SenderId: 'AROABENCH',
        ApproximateFirstReceiveTimestamp: patternTime,
        ...(groupId !== undefined && {
          MessageGroupId: groupId,
          MessageDeduplicationId: `${patternId}.0.0`,
          SequenceNumber: '18850000000000000000',
        }),
      },
    },
    source,
  );
  const pieces = JSON.stringify(record).split(
    new RegExp(`(${[patternId, patternRecipient, patternLoner, patternDomain, patternTime].join('|')})`),
  );
  return {pieces};
}

export interface EventOptions {
  /** How many messages the event source hands over at a time. */
  readonly batchSize: number;
  /** Every recipient at this interval is one whose mail is deferred; undefined: none. */
  readonly deferEvery?: number;
}

/** No id comes twice, not even from different feeders: a function may remember what it has seen. */
export class EventMaker {
  #made = 0;

  /** The payload of an event whose records follow these patterns, one after the other. */
  event(patterns: readonly RecordPattern[], size: number, {deferEvery}: Partial<EventOptions> = {}): string {
    const records = Array.from({length: size}, (_, index) => {
      this.#made += 1;
      const deferred = deferEvery !== undefined && this.#made % deferEvery === 0;
      const loner = recipientOf(this.#made, {deferred, isAlone: true});
      return recordOf(
        patterns[index % patterns.length]!,
        new Map([
          [patternId, randomUUID()],
          [patternRecipient, recipientOf(this.#made, {deferred})],
          [patternLoner, loner],
          [patternDomain, domainOf(loner)],
          [patternTime, String(Date.now())],
        ]),
      );
    });
    return `{"Records":[${records.join(',')}]}`;
  }
}

const recordOf = ({pieces}: RecordPattern, values: ReadonlyMap<string, string>): string =>
  pieces.map(piece => values.get(piece) ?? piece).join('');
