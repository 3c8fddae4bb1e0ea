// The outcome: what became of a message in one round of the pipeline, as a value. Whatever is told of it (results, log
// lines, the body that comes back) is rendered from this value, and as late as possible.

import type {JsonObject} from '../json.ts';
import type {Refusal, ResultQueues} from '../message/message.ts';
import {type Arrival, oneMore, withoutSlot} from '../message/tracking.ts';
import {resultKinds} from '../names.ts';
import type {ResultDetail} from '../settings/groups/results-detail.ts';
import type {Settings} from '../settings/settings.ts';
import type {Failure, Tried} from '../smtp/failure.ts';
import {judge} from '../smtp/verdict.ts';
import {withEntry} from './entries.ts';
import type {Candidate, Stop} from './gate.ts';
import type {DeliveryQueue} from './receivers/placement.ts';
import type {ResultEntry} from './result-entry.ts';
import {expiredBecause, expiryEntry, nextAttemptOf, retryHintOf} from './schedule.ts';
import {type HardBounce, hardBounceOf} from './suppression/hard-bounce.ts';

export type Outcome = Told | Held | Moved | Invalid | Unreadable;

interface Round extends Candidate {
  /** When the outcome became known, in milliseconds since the epoch. */
  readonly timeMs: number;
}

export interface Told extends Round {
  readonly fate: 'accepted' | 'bounced' | 'expired' | 'deferred';
  /** All entries of the results, those of this round included. */
  readonly entries: readonly JsonObject[];
  readonly queues: ResultQueues;
  /** What its result tells beyond what all results do; absent is nothing. */
  readonly details?: ReadonlySet<ResultDetail>;
  /** When a deferred message is tried again. */
  readonly nextMs?: number;
  /** Absent where the message was not tried in this round. */
  readonly attempt?: Attempt;
  /** What the suppression list is to count of it. */
  readonly hardBounce?: HardBounce;
}

/** A message that waits without having been tried: its attempt is not counted, and nobody is told. */
interface Held extends Round {
  readonly fate: 'held';
  readonly stop: Extract<Stop, {kind: 'hold'}>;
}

/** A message that goes on in the other delivery queue. */
interface Moved extends Round {
  readonly fate: 'moved';
  readonly queue: DeliveryQueue;
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

export type Attempt = Tried & {
  readonly entry: ResultEntry;
  readonly durationMs: number;
  /** How many addresses were tried. */
  readonly tried: number;
  /** Addresses that were better ones, and why they were passed over. */
  readonly passed?: readonly string[];
  /** What somebody has to put right in our set-up, whatever became of the message. */
  readonly complaint?: Failure;
};

export function attempted(candidate: Candidate, attempt: Attempt, settings: Settings, timeMs: number): Told {
  const told = {...roundOf(candidate, attempt.entry, settings, timeMs), attempt};
  if (attempt.ok) return {...told, fate: 'accepted'};
  const {failure} = attempt;
  if (judge(failure).fate === 'bounced') {
    const hardBounce = hardBounceOf(candidate.message, failure, attempt.entry, settings.suppression);
    return {...told, fate: 'bounced', ...(hardBounce && {hardBounce})};
  }
  return deferred(told, settings, failure.reply && retryHintOf(failure.reply));
}

/** A round that counts as an attempt, and what is told of it. */
function roundOf(candidate: Candidate, entry: ResultEntry, settings: Settings, timeMs: number) {
  const {tracking, results, queues} = candidate.message;
  const attempts = oneMore(tracking.attempts);
  // The slot was for this attempt.
  const message = {...candidate.message, tracking: {...withoutSlot(tracking), attempts}};
  const entries = withEntry(results, entry);
  return {...candidate, message, timeMs, entries, ...toldBy(queues, settings)};
}

/** Unless it has had all its attempts, or all its time. */
function deferred(told: Omit<Told, 'fate'>, settings: Settings, hintSeconds?: number): Told {
  const {message, entries, timeMs} = told;
  const nextMs = nextAttemptOf(message, settings, timeMs, hintSeconds);
  const reason = expiredBecause(message, settings, nextMs);
  if (reason === undefined) return {...told, fate: 'deferred', nextMs};
  return {...told, fate: 'expired', entries: withEntry(entries, {...expiryEntry(reason), timeMs})};
}

/** What becomes of a message that a gate has stopped, unless it is hidden and stays where it is. */
export function stopped(
  candidate: Candidate,
  stop: Exclude<Stop, {kind: 'hide'}>,
  settings: Settings,
  timeMs: number,
): Told | Held | Moved {
  const {message, lane} = candidate;
  if (stop.kind === 'defer')
    return deferred(roundOf(candidate, {class: 'other', ...stop.entry, timeMs}, settings, timeMs), settings);
  if (stop.kind === 'end') {
    const byFate = stop.fate === 'expired' ? 'expired' : 'other';
    const entries = withEntry(message.results, {class: byFate, ...stop.entry, timeMs});
    return {...candidate, fate: stop.fate, timeMs, entries, ...toldBy(message.queues, settings)};
  }
  const {tracking} = message;
  // SQS would drop the same deduplication ID.
  const holds = {...(lane !== undefined && {holds: oneMore(tracking.holds)})};
  if (stop.kind === 'move') {
    const moved = {...message, tracking: {...tracking, ...holds}};
    return {...candidate, fate: 'moved', message: moved, timeMs, queue: stop.queue};
  }
  const changes = {
    ...holds,
    ...(typeof stop.slotMs === 'number' && {slotMs: stop.slotMs}),
  };
  const kept = stop.slotMs === undefined ? tracking : withoutSlot(tracking);
  return {...candidate, fate: 'held', message: {...message, tracking: {...kept, ...changes}}, timeMs, stop};
}

export const refused = (
  record: RecordText,
  refusal: Refusal,
  settings: Pick<Settings, 'resultsKinds'>,
  timeMs: number,
): Invalid => ({fate: 'invalid', record, refusal, queues: queuesOf(refusal.queues, settings), timeMs});

/** To whom it is told, and how much. */
const toldBy = (named: ResultQueues, settings: Settings) => ({
  queues: queuesOf(named, settings),
  details: settings.resultsDetail,
});

/** Where results go: a kind that the stage does without goes only to a queue that the message itself names. */
const queuesOf = (named: ResultQueues, {resultsKinds}: Pick<Settings, 'resultsKinds'>): ResultQueues => ({
  ...Object.fromEntries(resultKinds.filter(kind => !resultsKinds.has(kind)).map(kind => [kind, null])),
  ...named,
});
