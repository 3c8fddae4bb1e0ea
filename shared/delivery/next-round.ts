// How a message goes on its way between our own queues: as the body of a record, perhaps after a delay.

import {bodyOf, type JsonObject} from '../json.ts';
import {bodyPropertiesOf, type Message} from '../message/message.ts';
import {trackingProperty} from '../message/tracking.ts';
import {utcTimeOf} from '../utc-time.ts';
import type {Outcome} from './outcome.ts';
import {delaySecondsOf} from './schedule.ts';

interface NextRound {
  readonly body: string;
  readonly delaySeconds: number;
}

/** The body of a message on its way. */
export const messageBody = (message: Message, changes: JsonObject = {}): string =>
  bodyOf({...bodyPropertiesOf(message), ...changes, relayq: trackingProperty(message.tracking)});

/** What goes to the queue `waiting`; undefined where the message's way is over. */
export function nextRoundOf(outcome: Outcome): NextRound | undefined {
  if (outcome.fate === 'unreadable') return {body: outcome.body, delaySeconds: 0};
  if (outcome.fate === 'held') {
    const {message, stop, timeMs} = outcome;
    return {body: messageBody(message), delaySeconds: delaySecondsOf(stop.untilMs, timeMs)};
  }
  if (outcome.fate !== 'deferred') return undefined;
  const {message, entries: results, nextMs = 0, timeMs} = outcome;
  const nextattempt = {time: utcTimeOf(Math.ceil(nextMs / 1000) * 1000)};
  return {body: messageBody(message, {results, nextattempt}), delaySeconds: delaySecondsOf(nextMs, timeMs)};
}
