// What becomes of a message on the outbox: into its queue, held until it is due, or answered at once.

import {bodyOf, type JsonObject, octetsOf} from './json.ts';
import {type Message, type ParsedMessage, problemsText, type Queues, type Refusal} from './message.ts';
import {invalidResultOf, maxMessageOctets, resultOf, withEntry} from './result.ts';
import {deduplicationIdOf, messageGroupOf, waitsFor} from './routing.ts';
import {delaySecondsOf, expiredBecause} from './schedule.ts';
import type {Settings} from './settings.ts';
import {type Tracking, trackingProperty} from './tracking.ts';

export type Decision =
  | {
      readonly kind: 'deliver';
      readonly body: string;
      readonly groupId: string;
      readonly deduplicationId: string;
    }
  | {
      readonly kind: 'hold';
      readonly body: string;
      readonly delaySeconds: number;
      /** What it waits for, where that is not its own time. */
      readonly reason?: string;
    }
  | {
      readonly kind: 'answer';
      readonly fate: 'invalid' | 'expired';
      readonly body: string;
      readonly queues: Queues;
      readonly reason: string;
    };

/** The outbox record that a message arrived in. */
export interface Arrival {
  readonly id: string;
  readonly arrivedMs: number;
  readonly body: string;
}

export function decideRoute(
  parsed: ParsedMessage,
  arrival: Arrival,
  settings: Settings,
  nowMs: number,
): Decision {
  if (!parsed.ok) return refuse(arrival, parsed, nowMs);
  const {message} = parsed;
  const dueMs = Math.max(message.nextAttemptMs ?? nowMs, nowMs);
  const reason = expiredBecause(message, settings, message.tracking.attempts, dueMs);
  if (reason !== undefined) return expire(message, reason, nowMs);
  const delaySeconds = delaySecondsOf(dueMs, nowMs);
  const body = messageBody(message, message.tracking);
  // Later rounds have grown by their attempts, which the limit leaves room for.
  const octets = message.tracking.hops + message.tracking.attempts === 0 ? octetsOf(body) : 0;
  if (octets > maxMessageOctets) {
    const problem = `takes up ${octets} octets; at most ${maxMessageOctets} fit through the queues`;
    const {properties, queues} = message;
    return refuse(arrival, {problems: [{path: '', problem}], properties, queues}, nowMs);
  }
  if (delaySeconds > 0) return {kind: 'hold', body, delaySeconds};
  const wait = waitsFor(message, settings, nowMs);
  if (wait !== undefined)
    return {kind: 'hold', body, delaySeconds: delaySecondsOf(wait.untilMs, nowMs), reason: wait.reason};
  return {
    kind: 'deliver',
    body,
    groupId: messageGroupOf(message, settings),
    deduplicationId: deduplicationIdOf(message),
  };
}

/** The body of a message on its way between our own queues. */
export const messageBody = (message: Message, tracking: Tracking, changes: JsonObject = {}): string =>
  bodyOf({...message.properties, ...changes, relayq: trackingProperty(tracking)});

function refuse(arrival: Arrival, {problems, properties, queues}: Refusal, nowMs: number): Decision {
  return {
    kind: 'answer',
    fate: 'invalid',
    body: invalidResultOf(arrival, problems, arrival.body, properties, nowMs),
    queues,
    reason: problemsText(problems),
  };
}

/** A message given up for its time or its attempts: one more entry says why. */
export function expire(message: Message, reason: string, nowMs: number, entries = message.results) {
  const entry = {
    state: 'process',
    result: 'timeout',
    timeMs: nowMs,
    status: '5.4.7',
    description: reason,
  } as const;
  return {
    kind: 'answer',
    fate: 'expired',
    body: resultOf(message, 'expired', withEntry(entries, entry)),
    queues: message.queues,
    reason,
  } as const;
}
