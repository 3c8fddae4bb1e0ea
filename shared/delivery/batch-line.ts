// What one batch did, in one line of the log: for each receiver, so that somebody can see who is busy and what is stuck; and
// as metrics (CloudWatch embedded metric format), without a receiver.

import {isJsonObject, type Json, type JsonObject} from '../json.ts';
import type {LogLine} from '../log-line.ts';
import {type MetricName, metricNamespace, metrics, stageDimension} from '../metrics.ts';
import type {Outcome, Told} from './outcome.ts';
import {stayOf} from './stay.ts';

/** What a batch did with the mail of one receiver. Counts that are zero are absent. */
export interface ReceiverActivity {
  /** How many went into the receiver's queue. */
  routed?: number;
  accepted?: number;
  deferred?: number;
  bounced?: number;
  expired?: number;
  held?: number;
  /** How many wait outside, by the time at which they are looked at again, in seconds since the epoch. */
  waits?: Record<string, number>;
  /** When the next one is tried again, in seconds since the epoch. */
  next?: number;
  /** Why one was held. */
  cause?: string;
  /** What went wrong last: the server's reply, or our words. */
  error?: string;
}

export type FunctionName = 'route' | 'deliver';

export interface Batch {
  readonly function: FunctionName;
  readonly stage: string;
  readonly outcomes: readonly Outcome[];
  /** The receivers of messages that went into their queues, one for each message. */
  readonly routed: readonly string[];
  readonly timeMs: number;
}

/** The `message` of the line. */
export const batchMessage = 'batch';

/** Undefined where nothing became of any message. */
export function batchLine({function: name, stage, outcomes, routed, timeMs}: Batch): LogLine | undefined {
  const receivers = new Map<string, ReceiverActivity>();
  const of = (receiver: string) => {
    const activity = receivers.get(receiver) ?? {};
    receivers.set(receiver, activity);
    return activity;
  };
  for (const receiver of routed) addTo(of(receiver), 'routed');
  for (const outcome of outcomes) addOutcome(outcome, of);
  const values = valuesOf(outcomes);
  if (receivers.size === 0 && Object.keys(values).length === 0) return undefined;
  return {
    level: 'info',
    message: batchMessage,
    fields: {function: name, receivers: byWhat(receivers), ...embedded(values, stage, timeMs)},
  };
}

/** By what happened, and then by receiver: that takes the fewest octets, which are paid for. */
function byWhat(receivers: ReadonlyMap<string, ReceiverActivity>): JsonObject {
  const facts = [...receivers].flatMap(([receiver, activity]) =>
    Object.entries(activity).map(([what, value]) => ({what, receiver, value: value as Json})),
  );
  const groups = Map.groupBy(facts, ({what}) => what);
  return Object.fromEntries(
    Array.from(groups, ([what, those]) => [
      what,
      Object.fromEntries(those.map(({receiver, value}) => [receiver, value])),
    ]),
  );
}

const counts = ['routed', 'accepted', 'deferred', 'bounced', 'expired', 'held'] as const;
type Count = (typeof counts)[number];

const addTo = (activity: ReceiverActivity, count: Count): void => {
  activity[count] = (activity[count] ?? 0) + 1;
};

function addOutcome(outcome: Outcome, of: (receiver: string) => ReceiverActivity): void {
  if (outcome.fate === 'moved' || outcome.fate === 'invalid' || outcome.fate === 'unreadable') return;
  const activity = of(outcome.destination.receiver);
  if (outcome.fate === 'held') {
    const {cause, untilMs} = outcome.stop;
    const {to, delaySeconds} = stayOf(outcome.stop, outcome.timeMs);
    // SQS counts what is held.
    if (to !== 'held') addWait(activity, outcome.timeMs, delaySeconds);
    // Without a cause the message only does what it was told to.
    if (cause === undefined) addNext(activity, untilMs);
    else {
      activity.cause = cause;
      addTo(activity, 'held');
    }
    return;
  }
  addTo(activity, outcome.fate);
  if (outcome.fate !== 'accepted' && !isSuppressed(outcome)) activity.error = errorOf(outcome);
  if (outcome.nextMs === undefined) return;
  addWait(activity, outcome.timeMs, stayOf({untilMs: outcome.nextMs}, outcome.timeMs).delaySeconds);
  addNext(activity, outcome.nextMs);
}

/** The list has ended it: that says nothing of its receiver. */
const isSuppressed = ({entries}: Told): boolean => entries.at(-1)?.state === 'suppression';

const secondsOf = (timeMs: number): number => Math.ceil(timeMs / 1000);

function addWait(activity: ReceiverActivity, timeMs: number, delaySeconds: number): void {
  activity.waits ??= {};
  const backAt = String(secondsOf(timeMs) + delaySeconds);
  activity.waits[backAt] = (activity.waits[backAt] ?? 0) + 1;
}

function addNext(activity: ReceiverActivity, nextMs: number): void {
  activity.next = Math.min(activity.next ?? Number.POSITIVE_INFINITY, secondsOf(nextMs));
}

const mostErrorCharacters = 160;

function errorOf({entries}: Told): string {
  const {code, status, description} = entries.at(-1) ?? {};
  const text = [code, status, description].filter(each => each !== undefined).join(' ');
  return text.slice(0, mostErrorCharacters);
}

type Values = Partial<Record<MetricName, number | readonly number[]>>;

function valuesOf(outcomes: readonly Outcome[]): Values {
  const count = (isCounted: (outcome: Outcome) => boolean) => outcomes.filter(isCounted).length;
  const fates = ['accepted', 'deferred', 'bounced', 'expired', 'invalid'] as const;
  const counts: Values = {
    attempts: count(outcome => 'attempt' in outcome && outcome.attempt !== undefined),
    ...Object.fromEntries(fates.map(fate => [fate, count(outcome => outcome.fate === fate)])),
    // Of those a server has refused: an alarm watches them.
    bounced: count(outcome => outcome.fate === 'bounced' && !isSuppressed(outcome)),
    held: count(outcome => outcome.fate === 'held' && outcome.stop.cause !== undefined),
  };
  const times = outcomes.flatMap(outcome =>
    outcome.fate === 'accepted' ? [Math.max(outcome.timeMs - outcome.message.tracking.arrivedMs, 0)] : [],
  );
  return {
    ...Object.fromEntries(Object.entries(counts).filter(([, value]) => value !== 0)),
    ...(times.length > 0 && {timeToAcceptance: times}),
  };
}

/** Metrics that have no value are left out, and units that say nothing: each costs octets. */
function embedded(values: Values, stage: string, timeMs: number): LogLine['fields'] {
  const names = Object.keys(values) as MetricName[];
  if (names.length === 0) return {};
  return {
    _aws: {
      Timestamp: timeMs,
      CloudWatchMetrics: [
        {
          Namespace: metricNamespace,
          Dimensions: [[stageDimension]],
          Metrics: names.map(name =>
            metrics[name].unit === 'Count' ? {Name: name} : {Name: name, Unit: metrics[name].unit},
          ),
        },
      ],
    },
    [stageDimension]: stage,
    ...values,
  };
}

/** What a line says, read back. Lines are believed as far as they have the right form. */
export interface ReadBatch {
  readonly function: FunctionName;
  readonly receivers: ReadonlyMap<string, Readonly<ReceiverActivity>>;
}

/** @param text a line of the log @returns undefined for any other line */
export function parseBatchLine(text: string): ReadBatch | undefined {
  const line = jsonOf(text);
  if (!isJsonObject(line)) return undefined;
  const {message, function: name, receivers} = line;
  if (message !== batchMessage || (name !== 'route' && name !== 'deliver')) return undefined;
  if (!isJsonObject(receivers)) return undefined;
  const read = new Map<string, ReceiverActivity>();
  for (const [what, values] of Object.entries(receivers)) {
    if (!isJsonObject(values)) continue;
    for (const [receiver, value] of Object.entries(values)) {
      const activity = read.get(receiver) ?? {};
      take(what, value, activity);
      read.set(receiver, activity);
    }
  }
  return {function: name, receivers: read};
}

function jsonOf(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function take(what: string, value: Json, activity: ReceiverActivity): void {
  if (typeof value === 'number') {
    if (isCount(what) || what === 'next') activity[what] = value;
  } else if (typeof value === 'string') {
    if (what === 'cause' || what === 'error') activity[what] = value;
  } else if (what === 'waits' && isJsonObject(value)) {
    const numbers = Object.entries(value).filter(([, each]) => typeof each === 'number');
    activity.waits = Object.fromEntries(numbers) as Record<string, number>;
  }
}

const isCount = (what: string): what is Count => (counts as readonly string[]).includes(what);
