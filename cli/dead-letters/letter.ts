// A message of a dead-letter queue: what SQS says of it, and what its body tells at a glance. Who sent it is not told.

import type {Message} from '@aws-sdk/client-sqs';
import {parsePostponed} from '../../shared/delivery/postponed-result.ts';
import {isJsonObject, type Json, type JsonObject, octetsOf, parseJson, surveyOf} from '../../shared/json.ts';
import {parseMailbox} from '../../shared/smtp/address.ts';
import {shortened} from '../terminal/printable.ts';
import {subjectOf} from '../terminal/subject.ts';
import {timeText} from '../terminal/time.ts';
import type {LetterQueue} from './letter-queues.ts';

export interface Letter {
  /** SQS's message id. */
  readonly id: string;
  readonly queue: LetterQueue;
  /** When it came into the queue in which it died; where a function has buried it, when it did so. */
  readonly sentMs: number;
  readonly receives: number;
  /** The queue that it came from, by its name; undefined where SQS does not know. */
  readonly source: string | undefined;
  readonly body: string;
  readonly message: Message;
}

export function letterOf(message: Message, queue: LetterQueue): Letter {
  const {SentTimestamp, ApproximateReceiveCount, DeadLetterQueueSourceArn} = message.Attributes ?? {};
  return {
    id: message.MessageId!,
    queue,
    sentMs: Number(SentTimestamp),
    receives: Number(ApproximateReceiveCount),
    source: DeadLetterQueueSourceArn?.split(':').at(-1),
    body: message.Body ?? '',
    message,
  };
}

interface LetterSummary {
  /** Results that no queue took are dead letters, too. */
  readonly kind: 'message' | 'result' | 'text';
  /** The message's id in the log and in results; on the outbox that of SQS. */
  readonly messageId?: string;
  readonly recipient?: string;
  readonly domain?: string;
  readonly subject?: string;
  readonly octets: number;
  readonly why: string;
}

/** For programs. */
export const factsOf = (letter: Letter) => ({
  id: letter.id,
  queue: letter.queue.short,
  sent: timeText(letter.sentMs, false),
  receives: letter.receives,
  ...(letter.source !== undefined && {source: letter.source}),
  ...summaryOf(letter),
});

/** `show` has all of it. */
const longestText = 1000;
/** A subject stands near the beginning. */
const headerLength = 65_536;

function summaryOf(letter: Letter): LetterSummary {
  const {body, queue} = letter;
  const common = {octets: octetsOf(body), why: whyOf(letter)};
  const result = queue.culprit === undefined ? undefined : parsePostponed(body)?.body;
  const object = jsonObjectOf(result ?? body);
  if (object === undefined) return {kind: 'text', ...common};
  const {recipient, mime, relayq} = object;
  const subject = subjectIn(mime);
  const mailbox = typeof recipient === 'string' ? parseMailbox(recipient) : undefined;
  return {
    kind: result === undefined ? 'message' : 'result',
    ...(isTrusted(queue) && isJsonObject(relayq) && typeof relayq.id === 'string' && {messageId: relayq.id}),
    ...(typeof recipient === 'string' && {recipient: shortened(recipient, longestText)}),
    ...(mailbox?.ok && {domain: mailbox.value.domain}),
    ...(subject !== undefined && {subject: shortened(subject, longestText)}),
    ...common,
  };
}

/** What producers send may say anything of itself: `relayq` is true only where the functions have written it. */
const isTrusted = ({culprit, sources: [source = '']}: LetterQueue): boolean =>
  culprit !== undefined && !source.endsWith('-outbox');

/** Whether a person means this letter: by SQS's id, or by that of the message in the log and in results. */
export function isNamed(letter: Letter, id: string): boolean {
  return letter.id === id || (isTrusted(letter.queue) && summaryOf(letter).messageId === id);
}

function whyOf({queue, source, receives}: Letter): string {
  if (queue.culprit === undefined) return 'invalid, and too large to be quoted in its result';
  if (source !== undefined)
    return `${queue.culprit} failed at it each time, in ${source} (${receives.toLocaleString('en')} receives, looks here included)`;
  return queue.culprit === 'deliver'
    ? 'functions died of it, and deliver put it here'
    : 'somebody put it here';
}

function subjectIn(mime: Json | undefined): string | undefined {
  if (isJsonObject(mime)) return typeof mime.subject === 'string' ? mime.subject : undefined;
  return typeof mime === 'string' ? subjectOf(Buffer.from(mime.slice(0, headerLength))) : undefined;
}

/** Deeper than a message may be, and far from where recursion fails. */
const mostDepth = 1000;

export function jsonObjectOf(body: string): JsonObject | undefined {
  if (surveyOf(body).depth > mostDepth) return undefined;
  try {
    const value = parseJson(body);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
