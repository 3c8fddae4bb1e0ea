// How a message goes on its way between our own queues: as the body of a record, perhaps after a delay.

import {bodyOf, isJsonObject, type JsonObject, parseJson} from '../json.ts';
import {bodyPropertiesOf, type Message} from '../message/message.ts';
import {oneMore, trackingProperty} from '../message/tracking.ts';
import {deduplicationIdOf} from './destination.ts';
import type {Outcome} from './outcome.ts';
import type {DeliveryQueue} from './receivers/placement.ts';
import {nextAttemptProperty} from './schedule.ts';
import {type Stay, stayOf} from './stay.ts';

/** The queues between the functions. */
export type OwnQueue = Stay['to'] | DeliveryQueue;

interface NextRound {
  readonly to: OwnQueue;
  readonly body: string;
  readonly delaySeconds?: number;
  readonly groupId?: string;
  readonly deduplicationId?: string;
}

/** The body of a message on its way. */
export const messageBody = (message: Message, changes: JsonObject = {}): string =>
  bodyOf({...bodyPropertiesOf(message), ...changes, relayq: trackingProperty(message.tracking)});

/**
 * The body of something that deliver could not read, perhaps as another version has put it there: what its tracking says is
 * one more hold, or SQS would drop it when route sends it again within five minutes.
 */
function heldBodyOf(body: string): string {
  try {
    const object = parseJson(body);
    if (!isJsonObject(object) || !isJsonObject(object.relayq)) return body;
    const {hops} = object.relayq;
    if (!Number.isSafeInteger(hops)) return body;
    return bodyOf({...object, relayq: {...object.relayq, hops: oneMore(hops as number)}});
  } catch {
    return body;
  }
}

/** Undefined where the message's way is over. */
export function nextRoundOf(outcome: Outcome): NextRound | undefined {
  if (outcome.fate === 'unreadable')
    return {to: 'waitingSoon', body: heldBodyOf(outcome.body), delaySeconds: 0};
  if (outcome.fate === 'moved') {
    const {message, destination, queue} = outcome;
    return {
      to: queue,
      body: messageBody(message),
      groupId: destination.group,
      deduplicationId: deduplicationIdOf(message),
    };
  }
  if (outcome.fate === 'held') {
    const {message, stop, timeMs} = outcome;
    return {...stayOf(stop, timeMs), body: messageBody(message)};
  }
  if (outcome.fate !== 'deferred') return undefined;
  const {message, entries: results, nextMs: untilMs = 0, timeMs} = outcome;
  const nextattempt = nextAttemptProperty(untilMs);
  return {...stayOf({untilMs}, timeMs), body: messageBody(message, {results, nextattempt})};
}
