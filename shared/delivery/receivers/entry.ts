// What all environments know of a receiver that is in trouble: an entry, and how events change it. A receiver without an
// entry is up. Times are milliseconds since the epoch.

import {lateMs} from '../../smtp/patience.ts';
import type {Treatment} from './treatment.ts';

export interface Entry {
  readonly receiver: string;
  /** Failures without a success between them. */
  readonly failures: number;
  /** Openings and replies that were late, without a success between them. */
  readonly lates: number;
  /** When the last of them was. */
  readonly signMs: number;
  /** Why, in words. */
  readonly reason: string;
  /** Whose MAIL was put off on fresh connections: hashes. */
  readonly senders?: readonly string[];
  readonly down?: {readonly sinceMs: number};
  readonly slow?: Slow;
  /** When somebody may try again: of a receiver that is down, or slow and unanswered. */
  readonly probe?: Probe;
  /** When the fast queue may begin after the receiver was slow. */
  readonly fastFromMs?: number;
  readonly pace?: Pace;
}

interface Probe {
  readonly dueMs: number;
  readonly claimedUntilMs?: number;
  /** How many there were since the receiver was last up. */
  readonly number?: number;
}

interface Slow {
  readonly sinceMs: number;
  /** When the slow queue may begin: no connection of the fast queue is left by then. */
  readonly fromMs: number;
  readonly lateMs: number;
  /** Whether it has shown since that it works: only then it has more than one message at a time. */
  readonly works: boolean;
}

/** How fast a receiver takes mail that piles up. */
export interface Pace {
  readonly perMinute: number;
  /** How old its mail was in the delivery queue. */
  readonly ageMs: number;
  readonly atMs: number;
  /** When it was last so old that its receiver has to be held back. */
  readonly oldMs: number;
}

/** So many failures in a row are no chance. */
const downAfter = 3;
const secondMs = 1000;
/** What an environment does not know of an entry yet: it reads the list every ten seconds. */
export const listAgeMs = 10 * secondMs;
/**
 * How long the queue that a receiver's mail leaves may still have connections to it. Its environments know of the
 * change within the age of the list. Then they end the transaction that is under way: an opening, the replies before
 * the text, and the one after it. If one of those is late, that is seen within ten seconds, and the time begins again.
 */
export const handOverMs = listAgeMs + 4.5 * lateMs;
/**
 * When the first probe of an unanswered receiver may begin: no opening of the fast queue is under way by then. Only where
 * a server works again meanwhile, and takes long for each reply, its connections are one more than its capacity.
 */
const firstProbeMs = listAgeMs + 1.5 * lateMs;
/** The same from a sighting on: before the text and after it the fast queue waits so long in all. */
const lastTransactionMs = 160 * secondMs;
/** A receiver is no longer slow when nothing was late for so long. No reply of before is waited for by then. */
const slowForMs = 15 * 60 * secondMs;
/** How long the probe of an unanswered receiver is one's own: it goes through the slow queue, and takes its time. */
const unansweredClaimMs = 5 * 60 * secondMs;
/** How long an entry means anything after the last event. */
const keptMs = 3600 * secondMs;

/** A server may lock out who comes with a wrong password again and again. New settings are known within a minute. */
const setUpBackOff = {firstBackOffMs: 10 * secondMs, mostBackOffMs: 60 * secondMs};

export interface Event {
  readonly nowMs: number;
  /** The last success that this environment has seen at the receiver. */
  readonly successMs?: number | undefined;
  readonly treatment: Treatment;
}

const fresh = (receiver: string, nowMs: number): Entry => ({
  receiver,
  failures: 0,
  lates: 0,
  signMs: nowMs,
  reason: '',
});

/** A success between two signs ends the series. Only an entry that others see is told of successes by a write. */
function seriesOf(receiver: string, entry: Entry | undefined, {nowMs, successMs = 0}: Event): Entry {
  if (entry === undefined) return fresh(receiver, nowMs);
  if (entry.down || successMs <= entry.signMs) return entry;
  const {senders: _, ...rest} = entry;
  return {...rest, failures: 0, lates: 0};
}

export interface FailedEvent extends Event {
  readonly reason: string;
  /** Whether our settings are at fault: the server wants other credentials. */
  readonly isSetUp?: boolean;
  /** Whose first MAIL on a connection was put off: of several senders it is the receiver's. */
  readonly sender?: string | undefined;
}

/** An attempt failed at every server, for reasons that are not the message's. */
export function failed(receiver: string, before: Entry | undefined, event: FailedEvent): Entry {
  const entry = seriesOf(receiver, before, event);
  const {nowMs, reason, isSetUp, sender, treatment} = event;
  // Attempts that were on their way when it began say nothing new.
  if (entry.down && entry.probe!.dueMs > nowMs) return entry;
  const {senders = []} = entry;
  if (sender !== undefined && treatment.needsSeveralSenders && senders.includes(sender)) return entry;
  const failures = entry.failures + 1;
  const next = {
    ...entry,
    failures,
    signMs: nowMs,
    reason,
    ...(sender !== undefined && {senders: [...senders, sender].slice(-downAfter)}),
  };
  const unanswered = isUnanswered(entry);
  if (failures < downAfter && !unanswered) return next;
  const rounds = Math.max(unanswered ? failures - 1 : failures - downAfter, 0);
  const {firstBackOffMs, mostBackOffMs} = isSetUp ? setUpBackOff : treatment;
  const backOffMs = Math.min(firstBackOffMs * 2 ** Math.min(rounds, 20), mostBackOffMs);
  const down = entry.down ?? {sinceMs: nowMs};
  const dueMs = nowMs + Math.max(backOffMs, unanswered ? treatment.crowdMs : 0);
  const slow = next.slow && {...next.slow, works: treatment.staysFast};
  return {...next, down, ...(slow && {slow}), probe: {dueMs, number: entry.probe?.number ?? 0}};
}

export interface LateEvent extends Event {
  /** Whether a connection was had: it may last. */
  readonly where: 'opening' | 'session';
  readonly reason: string;
}

/** An opening was late, or a reply. */
export function late(receiver: string, before: Entry | undefined, event: LateEvent): Entry {
  const {nowMs, where, reason, treatment} = event;
  const entry = seriesOf(receiver, before, event);
  const works = where === 'session';
  if (entry.slow) {
    const {slow} = entry;
    const isFast = nowMs < slow.sinceMs + handOverMs && works && !treatment.staysFast;
    const fromMs = isFast ? nowMs + lastTransactionMs : slow.fromMs;
    if (nowMs < slow.lateMs + lateMs && fromMs - slow.fromMs < lateMs) return entry;
    if (!works || slow.works || entry.down) return {...entry, slow: {...slow, lateMs: nowMs, fromMs}};
    const {probe: _, ...rest} = entry;
    return {...rest, slow: {...slow, lateMs: nowMs, fromMs, works}};
  }
  const lates = entry.lates + 1;
  const next = {...entry, lates, signMs: nowMs, reason};
  if (lates < treatment.slowAfter && entry.fastFromMs === undefined) return next;
  const {fastFromMs: _, ...rest} = next;
  const beginMs = treatment.staysFast ? 0 : works ? lastTransactionMs : handOverMs;
  const slow = {sinceMs: nowMs, fromMs: nowMs + beginMs, lateMs: nowMs, works: works || treatment.staysFast};
  return {...rest, slow, ...(!slow.works && {probe: {dueMs: nowMs + firstProbeMs}})};
}

/** The receiver took a message, or refused it. @returns undefined when nothing is left to be known */
export function answered(before: Entry | undefined, {nowMs, treatment}: Event): Entry | undefined {
  if (before === undefined) return undefined;
  const {down, probe, senders, fastFromMs, slow, ...entry} = before;
  const isTold = down || probe || senders || entry.failures > 0 || (entry.lates > 0 && !slow);
  const isOver = slow !== undefined && nowMs >= slow.lateMs + slowForMs;
  const isFast = fastFromMs !== undefined && nowMs >= fastFromMs;
  if (!isTold && !isOver && !isFast && (!slow || slow.works)) return before;
  const rest = {...entry, failures: 0, lates: 0};
  if (slow && !isOver) return {...rest, slow: {...slow, works: true}};
  if (isOver && !treatment.staysFast) return {...rest, fastFromMs: nowMs + handOverMs};
  if (fastFromMs !== undefined && !isFast) return {...rest, fastFromMs};
  return rest.pace ? rest : undefined;
}

/** Takes the probe for one message. @returns undefined where it is not due, or somebody has it */
export function claimed(entry: Entry, {nowMs, treatment}: Event): Entry | undefined {
  const {probe} = entry;
  if (probe === undefined || probe.dueMs > nowMs || (probe.claimedUntilMs ?? 0) > nowMs) return undefined;
  const claimMs = isUnanswered(entry) ? unansweredClaimMs : treatment.claimMs;
  return {...entry, probe: {...probe, claimedUntilMs: nowMs + claimMs, number: (probe.number ?? 0) + 1}};
}

export interface PacedEvent {
  readonly nowMs: number;
  readonly perMinute: number;
  /** How old the mail is that is being sent. */
  readonly ageMs: number;
  /** From which age on its pace is of interest. */
  readonly agedMs: number;
}

const paceEveryMs = 10 * secondMs;
/** How long a pace holds after mail was last old. Meanwhile the rest of it may wait outside. */
export const paceKeptMs = 5 * 60 * secondMs;

/** Mail of the receiver piles up, or does so no longer. */
export function paced(receiver: string, before: Entry | undefined, event: PacedEvent): Entry | undefined {
  const {nowMs, perMinute, ageMs, agedMs} = event;
  const {pace} = before ?? {};
  const isOld = ageMs >= agedMs;
  if (pace === undefined) {
    if (!isOld) return before;
    return {...(before ?? fresh(receiver, nowMs)), pace: {perMinute, ageMs, atMs: nowMs, oldMs: nowMs}};
  }
  if (nowMs < pace.atMs + paceEveryMs) return before;
  if (isOld || nowMs < pace.oldMs + paceKeptMs) {
    const oldMs = isOld ? nowMs : pace.oldMs;
    return {...before!, pace: {perMinute: (pace.perMinute + perMinute) / 2, ageMs, atMs: nowMs, oldMs}};
  }
  const {pace: _, ...rest} = before!;
  return isEmpty(rest) ? undefined : rest;
}

const isEmpty = ({failures, lates, down, slow, probe, fastFromMs, pace}: Entry): boolean =>
  failures === 0 && lates === 0 && !(down || slow || probe || fastFromMs || pace);

/** Slow, and not shown to work since: one message at a time tries it. */
export const isUnanswered = ({slow}: Entry): boolean => slow !== undefined && !slow.works;

/** When an entry means nothing any more. */
export const expiresMs = ({signMs, probe, slow, fastFromMs = 0, pace}: Entry): number =>
  Math.max(signMs, probe?.dueMs ?? 0, slow?.lateMs ?? 0, fastFromMs, pace?.atMs ?? 0) + keptMs;
