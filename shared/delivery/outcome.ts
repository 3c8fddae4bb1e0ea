// The outcome: what became of a message in one round of the pipeline, as a value. Whatever is told of it (results, log
// lines, the body that comes back) is rendered from this value, and as late as possible.

import type {JsonObject} from '../json.ts';
import type {Message, Refusal, ResultQueues} from '../message/message.ts';
import {type Arrival, oneMore, withoutSlot} from '../message/tracking.ts';
import {resultKinds} from '../names.ts';
import type {Settings} from '../settings/settings.ts';
import type {Failure, Tried} from '../smtp/failure.ts';
import {judge} from '../smtp/verdict.ts';
import type {Candidate, Stop} from './gate.ts';
import {entryOf, type ResultEntry, withEntry} from './result-entry.ts';
import {expiredBecause, expiryEntry, nextAttemptOf, retryHintOf} from './schedule.ts';

export type Outcome = Ended | Deferred | Held | Invalid | Unreadable;

interface OfMessage extends Candidate {
  /** When it became known, in milliseconds since the epoch. */
  readonly timeMs: number;
}

interface Told extends OfMessage {
  /** All entries of the results, that of this round included. */
  readonly entries: readonly JsonObject[];
  readonly queues: ResultQueues;
  /** Absent where the message was not tried in this round. */
  readonly attempt?: Attempt;
}

/** The message's last round. */
export interface Ended extends Told {
  readonly fate: 'accepted' | 'bounced' | 'expired';
  /** Why, where that was decided by the pipeline. */
  readonly reason?: string;
}

/** To be tried again. */
export interface Deferred extends Told {
  readonly fate: 'deferred';
  readonly nextMs: number;
}

/** A message that waits without having been tried: its attempt is not counted, and nobody is told. */
export interface Held extends OfMessage {
  readonly fate: 'held';
  readonly stop: Extract<Stop, {kind: 'hold'}>;
}

/** No message: its problems are told. */
export interface Invalid {
  readonly fate: 'invalid';
  readonly record: RecordText;
  readonly refusal: Refusal;
  readonly queues: ResultQueues;
  readonly timeMs: number;
}

/** Something in the delivery queue that route has not put there: it goes to route, which answers or mends it. */
interface Unreadable {
  readonly fate: 'unreadable';
  readonly id: string;
  readonly lane: string;
  readonly body: string;
  readonly reason: string;
}

/** An SQS record with its text. */
export interface RecordText extends Arrival {
  readonly body: string;
  /** The queue for texts that are too large to be quoted in their results. */
  readonly oversizeQueue: string;
}

/** An attempt as whoever made it reports it. */
export type AttemptReport = Tried & {
  readonly startMs: number;
  readonly facts: Partial<ResultEntry>;
  /** How many addresses were tried. */
  readonly tried: number;
  /** Addresses that were better ones, and why they were passed over. */
  readonly passed?: readonly string[];
  /** What somebody has to do something about, whatever became of the message. */
  readonly complaint?: Failure;
};

interface Attempt extends Pick<AttemptReport, 'tried' | 'passed' | 'complaint'> {
  readonly entry: ResultEntry;
  /** From 1. */
  readonly number: number;
  readonly durationMs: number;
}

export function attempted(
  candidate: Candidate,
  report: AttemptReport,
  settings: Settings,
  timeMs: number,
): Ended | Deferred {
  const {startMs, facts, tried, passed, complaint} = report;
  const entry = entryOf(report, facts, timeMs);
  const attempts = oneMore(candidate.message.tracking.attempts);
  // The slot was for this attempt.
  const message = withTracking(candidate.message, {slotMs: null, attempts});
  const told = {
    ...candidate,
    message,
    timeMs,
    entries: withEntry(message.results, entry),
    queues: queuesOf(message.queues, settings),
    attempt: {
      entry,
      number: attempts,
      durationMs: timeMs - startMs,
      tried,
      ...(passed && {passed}),
      ...(complaint && {complaint}),
    },
  };
  if (report.ok) return {fate: 'accepted', ...told};
  if (judge(report.failure).fate === 'bounced') return {fate: 'bounced', ...told};
  const {reply} = report.failure;
  const nextMs = nextAttemptOf(message, settings, attempts, timeMs, reply && retryHintOf(reply));
  const reason = expiredBecause(message, settings, attempts, nextMs);
  if (reason === undefined) return {fate: 'deferred', ...told, nextMs};
  const entries = withEntry(told.entries, {...expiryEntry(reason), timeMs});
  return {fate: 'expired', ...told, entries, reason};
}

/** What becomes of a message that a gate has stopped. */
export function stopped(candidate: Candidate, stop: Stop, settings: Settings, timeMs: number): Ended | Held {
  const {message, lane} = candidate;
  if (stop.kind === 'end') {
    const entries = withEntry(message.results, {...stop.entry, timeMs});
    const queues = queuesOf(message.queues, settings);
    return {fate: stop.fate, ...candidate, timeMs, entries, queues, reason: stop.entry.description};
  }
  const {slotMs} = stop;
  // It goes back to the delivery queue, where the same deduplication ID would be dropped.
  const holds = lane === undefined ? message.tracking.holds : oneMore(message.tracking.holds);
  return {fate: 'held', ...candidate, message: withTracking(message, {slotMs, holds}), timeMs, stop};
}

export const refused = (
  record: RecordText,
  refusal: Refusal,
  settings: Pick<Settings, 'resultsKinds'>,
  timeMs: number,
): Invalid => ({fate: 'invalid', record, refusal, queues: queuesOf(refusal.queues, settings), timeMs});

/** Where results go: a kind that the stage does without goes only to a queue that the message itself names. */
const queuesOf = (named: ResultQueues, {resultsKinds}: Pick<Settings, 'resultsKinds'>): ResultQueues => ({
  ...Object.fromEntries(resultKinds.filter(kind => !resultsKinds.has(kind)).map(kind => [kind, null])),
  ...named,
});

interface Changes {
  /** Null takes it away, undefined leaves it. */
  readonly slotMs?: number | null | undefined;
  readonly attempts?: number;
  readonly holds?: number;
}

function withTracking(message: Message, {slotMs, ...changes}: Changes): Message {
  const kept = slotMs === undefined ? message.tracking : withoutSlot(message.tracking);
  return {...message, tracking: {...kept, ...changes, ...(typeof slotMs === 'number' && {slotMs})}};
}
