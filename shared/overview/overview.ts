// What is active on a stage, what is stuck, and why: the data of `relayq status`, for people and programs alike.

import {isWhole} from '../classes/wildcard.ts';
import {capacityOfReceiver, isOfSettingsSmarthost, smarthostQueue} from '../delivery/destination.ts';
import {stateOf} from '../delivery/receivers/change-line.ts';
import type {Entry} from '../delivery/receivers/entry.ts';
import type {Problem} from '../parsed.ts';
import type {Settings} from '../settings/settings.ts';
import {inForce} from '../settings/steering/in-force.ts';
import {utcTimeOf} from '../utc-time.ts';
import type {Counts, ReceiverSummary} from './activity.ts';
import {type Rule, rulesOf} from './rules.ts';

/** A queue of SQS. */
export interface QueueDepth {
  readonly name: string;
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
}

/** What is known, and from where. */
export interface OverviewSources {
  readonly stage: string;
  readonly nowMs: number;
  readonly settings: Settings;
  readonly settingsProblems: readonly Problem[];
  /** When a setting was last written, in milliseconds since the epoch. */
  readonly settingsSinceMs: number | undefined;
  readonly queues: readonly QueueDepth[];
  /** Of the oldest message of queues, in seconds. */
  readonly ages: ReadonlyMap<string, number>;
  readonly deadLetters: readonly QueueDepth[];
  /** Of receivers in trouble, or whose mail piles up. */
  readonly entries: readonly Entry[];
  readonly activity: ReadonlyMap<string, ReceiverSummary>;
  /** From when until when the log was read; undefined where it could not be. */
  readonly activityMs: {readonly since: number; readonly until: number} | undefined;
  /** Why the log could not be read just now. */
  readonly activityProblem: string | undefined;
}

type DomainState = 'working' | 'waiting' | 'over its rate' | 'slow' | 'down';

/** One active domain, or `(smarthost)`. */
export interface DomainRow {
  readonly queue: string;
  readonly receiver: string;
  readonly state: DomainState;
  /** Mail that has not been settled, in its queue and outside of it. Its own queue is not counted by SQS: so `isAbout`. */
  readonly waiting?: number;
  readonly isAbout: boolean;
  /** SQS counts them for a whole queue only. */
  readonly inFlight?: number;
  /** Absent, as `waiting` is, where the log could not be read. */
  readonly counts?: Counts;
  readonly lastError?: string;
  /** Of a receiver that is down: its next probe. */
  readonly nextAttempt?: string;
  /** What keeps its mail from going faster. */
  readonly limit?: string;
}

export interface Overview {
  readonly version: 1;
  readonly stage: string;
  readonly time: string;
  readonly smarthost: string | null;
  readonly sink: string | null;
  /** What decides where mail goes, and is wrong or just being written: that mail waits. */
  readonly unknownSettings: readonly string[];
  readonly settingsProblems: readonly Problem[];
  readonly settingsSince: string | null;
  /** What holds mail back or ends it now. */
  readonly rules: readonly Rule[];
  readonly domains: readonly DomainRow[];
  /** From when until when `counts` count. Null where the log could not be read. */
  readonly countsSince: string | null;
  readonly countsUntil: string | null;
  /** Why the log could not be read just now. */
  readonly countsProblem?: string;
  readonly queues: readonly QueueDepth[];
  readonly deadLetters: readonly QueueDepth[];
  /**
   * The oldest message of the outbox and of the delivery queues: mail that waits outside is sent to its queue again and
   * again. Null where all are empty, or nothing is known.
   */
  readonly oldest: {readonly queue: string; readonly seconds: number} | null;
  readonly totals: {readonly waiting: number; readonly inFlight: number; readonly deadLetters: number};
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, each) => all + each, 0);

export function overviewOf(sources: OverviewSources): Overview {
  const {stage, nowMs, settings, settingsProblems, settingsSinceMs, queues, deadLetters} = sources;
  const {activityMs, activityProblem} = sources;
  const timeOf = (ms: number | undefined) => (ms === undefined ? null : utcTimeOf(ms));
  const totals = {
    waiting: sum(queues.map(({visible, delayed}) => visible + delayed)),
    inFlight: sum(queues.map(({inFlight}) => inFlight)),
    deadLetters: sum(deadLetters.map(({visible, inFlight, delayed}) => visible + inFlight + delayed)),
  };
  return {
    version: 1,
    stage,
    time: utcTimeOf(nowMs),
    smarthost: settings.smarthost ? settings.smarthost.hosts.join(',') : null,
    sink: settings.sink ? settings.sink.hosts.join(',') : null,
    unknownSettings: [...settings.unknown],
    settingsProblems,
    settingsSince: timeOf(settingsSinceMs),
    rules: rulesOf(settings, nowMs).filter(
      ({isOver, kind, until}) => !isOver && (kind !== 'window' || until),
    ),
    domains: rowsOf(sources, totals),
    countsSince: timeOf(activityMs?.since),
    countsUntil: timeOf(activityMs?.until),
    ...(activityProblem !== undefined && {countsProblem: activityProblem}),
    queues,
    deadLetters,
    oldest: oldestOf(sources),
    totals,
  };
}

/** CloudWatch is some minutes behind SQS: an empty queue has no oldest message. */
function oldestOf({queues, ages}: OverviewSources): Overview['oldest'] {
  const waiting = queues.filter(({visible, inFlight, delayed}) => visible + inFlight + delayed > 0);
  const known = waiting.flatMap(({name: queue}) => {
    const seconds = ages.get(queue);
    return seconds === undefined ? [] : [{queue, seconds}];
  });
  return known.toSorted((a, b) => b.seconds - a.seconds)[0] ?? null;
}

/** With a smarthost there is one queue, whatever was active before. */
function rowsOf(sources: OverviewSources, totals: Overview['totals']): readonly DomainRow[] {
  const {settings, entries, activity} = sources;
  const entryOf = new Map(entries.map(entry => [entry.receiver, entry]));
  const always = settings.smarthost ? [smarthostQueue] : [];
  const names = new Set([...always, ...activity.keys(), ...entryOf.keys()]);
  const rows = [...names]
    .filter(name => settings.smarthost === undefined || name.startsWith(smarthostQueue))
    .map(name => rowOf(name, entryOf.get(name), activity.get(name), sources))
    .filter(row => isActive(row) || always.includes(row.receiver));
  const smarthost = settings.smarthost && rows.find(({receiver}) => isOfSettingsSmarthost(receiver));
  // All mail is its own: what SQS counts.
  if (smarthost && rows.length === 1)
    return [{...smarthost, waiting: totals.waiting, inFlight: totals.inFlight, isAbout: false}];
  return rows.toSorted((a, b) => (b.waiting ?? 0) - (a.waiting ?? 0) || (a.receiver < b.receiver ? -1 : 1));
}

const isActive = ({state, waiting, counts}: DomainRow): boolean =>
  state !== 'working' || (waiting ?? 0) > 0 || sum(Object.values(counts ?? {})) > 0;

const nothing: ReceiverSummary = {
  counts: {accepted: 0, deferred: 0, bounced: 0, expired: 0, held: 0},
  inside: 0,
  outside: 0,
};

function rowOf(
  receiver: string,
  entry: Entry | undefined,
  summary: ReceiverSummary = nothing,
  {settings, nowMs, activityMs}: OverviewSources,
): DomainRow {
  const {counts, inside, outside, lastError, nextMs, cause} = summary;
  const state = stateIn(entry, summary);
  const dueMs = state === 'down' ? entry?.probe?.dueMs : undefined;
  const error = entry && state !== 'working' && entry.reason !== '' ? entry.reason : lastError;
  const nextAttemptMs = dueMs ?? nextMs;
  return {
    queue: receiver.startsWith(smarthostQueue) ? smarthostQueue : receiver,
    receiver,
    state,
    isAbout: true,
    ...(activityMs && {waiting: inside + outside, counts}),
    ...(error !== undefined && {lastError: error}),
    ...(nextAttemptMs !== undefined && nextAttemptMs > nowMs && {nextAttempt: utcTimeOf(nextAttemptMs)}),
    ...(pausedBy(receiver, settings, nowMs) ?? limitOf(receiver, {cause, entry, inside}, settings)),
  };
}

const countedConnections = (count: number): string => `${count} connection${count === 1 ? '' : 's'}`;

const overRate = 'its queue is over its rate';

function stateIn(entry: Entry | undefined, {cause, inside, outside}: ReceiverSummary): DomainState {
  const state = stateOf(entry);
  if (state !== 'up') return state;
  if (cause === overRate) return 'over its rate';
  return inside === 0 && outside > 0 ? 'waiting' : 'working';
}

/** Where all of a receiver's mail is paused. Nobody knows how much of it has a tag. */
function pausedBy(receiver: string, {pauses}: Settings, nowMs: number): {readonly limit: string} | undefined {
  const found = inForce(pauses, nowMs).find(
    ([, {all, domain, nextHop, tag, recipient, id}]) =>
      all ||
      (domain !== undefined &&
        [nextHop, tag, recipient, id].every(each => each === undefined) &&
        isWhole(receiver, domain)),
  );
  if (found === undefined) return undefined;
  const [name, {reason}] = found;
  return {limit: `paused by pauses/${name}: ${reason}`};
}

function limitOf(
  receiver: string,
  {cause, entry, inside}: {cause: string | undefined; entry: Entry | undefined; inside: number},
  settings: Settings,
): {readonly limit?: string} {
  if (cause !== undefined) return {limit: cause};
  if (entry?.pace) return {limit: `it takes ${Math.round(entry.pace.perMinute)} a minute`};
  return inside > 0 ? {limit: countedConnections(capacityOfReceiver(receiver, settings).connections)} : {};
}
