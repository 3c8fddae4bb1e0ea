// What becomes of a message on the outbox, or of one that has waited: into its queue, held until it is due, or
// answered at once.

import {bodyOf, type JsonObject, octetsOf} from '../json.ts';
import type {Message, ParsedMessage, Refusal, ResultQueues} from '../message/message.ts';
import {type Arrival, type Tracking, trackingProperty} from '../message/tracking.ts';
import type {Problem} from '../problem.ts';
import type {Settings} from '../settings/settings.ts';
import {deduplicationIdOf, resolveDestination} from './destination.ts';
import {
  invalidResultOf,
  maxBodyOctets,
  maxEntriesOctets,
  maxMessageOctets,
  queuesOf,
  resultOf,
  withEntry,
} from './result.ts';
import {delaySecondsOf, expiredBecause} from './schedule.ts';
import {waitsFor} from './settings-wait.ts';

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
      readonly queues: ResultQueues;
      readonly reason: string;
      /** The text that the answer is about does not fit into it, and goes to a queue of its own. */
      readonly isOversize?: boolean;
    };

/** The record that a message is read from. */
export interface Incoming extends Arrival {
  readonly body: string;
  /** The queue for texts that are too large to be quoted in their results. */
  readonly oversizeQueue: string;
}

export function decideRoute(
  parsed: ParsedMessage,
  incoming: Incoming,
  settings: Settings,
  nowMs: number,
): Decision {
  if (!parsed.ok) return refuse(incoming, parsed, settings, nowMs);
  const {message} = parsed;
  const dueMs = Math.max(message.nextAttemptMs ?? nowMs, nowMs);
  const reason = expiredBecause(message, settings, message.tracking.attempts, dueMs);
  if (reason !== undefined) return expire(message, reason, settings, nowMs);
  const body = messageBody(message, message.tracking);
  const problems = sizeProblems(message, body, incoming);
  if (problems.length > 0) return refuse(incoming, {...message, problems}, settings, nowMs);
  const delaySeconds = delaySecondsOf(dueMs, nowMs);
  if (delaySeconds > 0) return {kind: 'hold', body, delaySeconds};
  const wait = waitsFor(message, settings, nowMs);
  if (wait !== undefined)
    return {kind: 'hold', body, delaySeconds: delaySecondsOf(wait.untilMs, nowMs), reason: wait.reason};
  return {
    kind: 'deliver',
    body,
    groupId: resolveDestination(message, settings).group,
    deduplicationId: deduplicationIdOf(message),
  };
}

/** What the version before had added to mail that waits on the outbox, beside its entries. */
const addedBefore = 1_024;

/** What comes from the outbox leaves room for all that is added on its way; what has waited has some of that. */
function sizeProblems({results, tracking}: Message, body: string, {ours}: Incoming): readonly Problem[] {
  const entries = ours || results.length === 0 ? 0 : octetsOf(bodyOf(results));
  const octets = octetsOf(body) - entries;
  const most = ours ? maxBodyOctets : maxMessageOctets + (tracking.origin === undefined ? 0 : addedBefore);
  return [
    octets > most && {path: '', problem: `takes up ${octets} octets; at most ${most} fit through the queues`},
    entries > maxEntriesOctets && {
      path: 'results',
      problem: `takes up ${entries} octets of at most ${maxEntriesOctets}`,
    },
  ].filter(problem => problem !== false);
}

/** The body of a message on its way between our own queues. */
export const messageBody = (message: Message, tracking: Tracking, changes: JsonObject = {}): string =>
  bodyOf({...message.properties, ...changes, relayq: trackingProperty(tracking)});

function refuse(
  incoming: Incoming,
  refusal: Refusal,
  settings: Pick<Settings, 'resultsKinds'>,
  nowMs: number,
): Decision {
  const {body, reason, isQuoted} = invalidResultOf(incoming, refusal, nowMs);
  const queues = queuesOf(refusal.queues, settings);
  return {kind: 'answer', fate: 'invalid', body, queues, reason, ...(!isQuoted && {isOversize: true})};
}

/** A message given up for its time or its attempts: one more entry says why. */
export function expire(
  message: Message,
  reason: string,
  settings: Pick<Settings, 'resultsKinds'>,
  nowMs: number,
  entries = message.results,
) {
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
    queues: queuesOf(message.queues, settings),
    reason,
  } as const;
}
