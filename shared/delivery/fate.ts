// What an attempt makes of a message: its entry in the results, its fate, and its way back to those that wait.

import type {JsonObject} from '../json.ts';
import type {Message, ResultQueues} from '../message/message.ts';
import {oneMore, type Tracking, withoutSlot} from '../message/tracking.ts';
import type {Settings} from '../settings/settings.ts';
import type {Reply} from '../smtp/reply.ts';
import type {Failure, Verdict} from '../smtp/verdict.ts';
import {utcTimeOf} from '../utc-time.ts';
import type {Wait} from './rate.ts';
import {type Fate, queuesOf, type ResultEntry, resultOf, withEntry} from './result.ts';
import {expire, messageBody} from './route.ts';
import {delaySecondsOf, expiredBecause, nextAttemptOf, retryHintOf} from './schedule.ts';

/** How an attempt went, without the socket that it went over. */
export type AttemptOutcome =
  | {readonly accepted: true; readonly reply: Reply}
  | {readonly accepted: false; readonly failure: Failure; readonly verdict: Verdict};

/** What is to be done about it. */
export interface Settlement {
  readonly fate: Fate;
  /** The result, for the queues of its fate. */
  readonly body: string;
  readonly queues: ResultQueues;
  /** A deferred message's next round through the queue `waiting`. */
  readonly again?: {readonly body: string; readonly delaySeconds: number};
}

/** A message that waits without having been tried: its attempt is not counted, and nobody is told. */
export interface Held {
  readonly fate: 'held';
  readonly again: {readonly body: string; readonly delaySeconds: number};
}

export const holdUntil = (message: Message, dueMs: number, nowMs: number): Held =>
  held(message, message.tracking, dueMs, nowMs);

/** Over the rate of its queue: it comes back with its slot, or to ask for one. */
export const holdForRate = (message: Message, {untilMs, slotMs}: Wait, nowMs: number): Held => {
  const tracking = {...withoutSlot(message.tracking), ...(slotMs !== undefined && {slotMs})};
  return held(message, tracking, untilMs, nowMs);
};

const held = (message: Message, before: Tracking, dueMs: number, nowMs: number): Held => {
  const tracking = {...before, holds: oneMore(before.holds)};
  return {
    fate: 'held',
    again: {body: messageBody(message, tracking), delaySeconds: delaySecondsOf(dueMs, nowMs)},
  };
};

export const entryOf = (
  outcome: AttemptOutcome,
  facts: Partial<ResultEntry>,
  timeMs: number,
): ResultEntry => {
  if (outcome.accepted) {
    const {code, status, text} = outcome.reply;
    const given = status ?? '2.0.0';
    return {state: 'message', result: 'accepted', timeMs, ...facts, code, status: given, description: text};
  }
  const {failure, verdict} = outcome;
  return {
    state: failure.stage,
    result: failure.result,
    timeMs,
    ...facts,
    ...(failure.reply && {code: failure.reply.code}),
    // The server's own, where it gave one, even if its class is not that of the fate.
    status: failure.reply?.status ?? verdict.status,
    description: failure.description,
    ...(verdict.maybeSent && {maybeSent: true}),
  };
};

export function decideFate(
  message: Message,
  outcome: AttemptOutcome,
  entry: ResultEntry,
  settings: Settings,
  nowMs: number,
): Settlement {
  const entries = withEntry(message.results, entry);
  const attempts = oneMore(message.tracking.attempts);
  // The slot was for this attempt.
  const tracking = {...withoutSlot(message.tracking), attempts};
  const queues = queuesOf(message.queues, settings);
  const settled = (fate: Fate): Settlement => ({
    fate,
    body: resultOf(message, fate, entries, tracking),
    queues,
  });
  if (outcome.accepted) return settled('accepted');
  if (outcome.verdict.fate === 'bounced') return settled('bounced');
  const {reply} = outcome.failure;
  const nextMs = nextAttemptOf(message, settings, attempts, nowMs, reply && retryHintOf(reply));
  const reason = expiredBecause(message, settings, attempts, nextMs);
  if (reason !== undefined) return expire({...message, tracking}, reason, settings, nowMs, entries);
  const changes: JsonObject = {
    results: entries,
    nextattempt: {time: utcTimeOf(Math.ceil(nextMs / 1000) * 1000)},
  };
  return {
    ...settled('deferred'),
    again: {body: messageBody(message, tracking, changes), delaySeconds: delaySecondsOf(nextMs, nowMs)},
  };
}
