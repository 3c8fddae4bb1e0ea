// What functions did for each receiver of late, gathered from the lines of their batches. Counts are kept by the minute, so
// that whoever watches can add new lines and forget old ones.

import type {ReadBatch, ReceiverActivity} from '../delivery/batch-line.ts';

const minuteMs = 60_000;

const flows = ['accepted', 'deferred', 'bounced', 'expired', 'held'] as const;
type Flow = (typeof flows)[number];
export type Counts = Readonly<Record<Flow, number>>;

interface Minute {
  readonly minute: number;
  readonly counts: Record<Flow, number>;
  /** How many went into the receiver's queue, less those that left it. */
  inside: number;
}

interface Known {
  minutes: Minute[];
  /** How many come back from outside, by the second. */
  readonly waits: Map<number, number>;
  nextS?: number;
  last?: {readonly timeMs: number; readonly what: 'error' | 'cause'; readonly text: string};
  lastError?: string;
}

export interface ReceiverSummary {
  readonly counts: Counts;
  /** About how many are in its queue: those that went in, less those that went out, as far as the lines reach back. */
  readonly inside: number;
  /** How many wait outside of it. */
  readonly outside: number;
  /** When the next one of them is tried. */
  readonly nextMs?: number;
  readonly lastError?: string;
  /** Why mail is held, where that was the last that was heard. */
  readonly cause?: string;
}

const noCounts = (): Record<Flow, number> => ({accepted: 0, deferred: 0, bounced: 0, expired: 0, held: 0});

export class Activity {
  readonly #receivers = new Map<string, Known>();

  add(batch: ReadBatch, timeMs: number): void {
    for (const [receiver, activity] of batch.receivers)
      this.#add(this.#of(receiver), batch, activity, timeMs);
  }

  /** Forgets what was before a time. */
  forgetBefore(timeMs: number): void {
    const minute = Math.floor(timeMs / minuteMs);
    for (const [receiver, known] of this.#receivers) {
      known.minutes = known.minutes.filter(each => each.minute >= minute);
      for (const second of known.waits.keys()) if (second * 1000 < timeMs) known.waits.delete(second);
      if (known.minutes.length === 0 && known.waits.size === 0) this.#receivers.delete(receiver);
    }
  }

  summaries(nowMs: number): ReadonlyMap<string, ReceiverSummary> {
    return new Map(
      Array.from(this.#receivers, ([receiver, known]) => [receiver, summaryOf(known, nowMs)] as const),
    );
  }

  #of(receiver: string): Known {
    const known = this.#receivers.get(receiver) ?? {minutes: [], waits: new Map()};
    this.#receivers.set(receiver, known);
    return known;
  }

  #add(known: Known, batch: ReadBatch, activity: Readonly<ReceiverActivity>, timeMs: number): void {
    const minute = minuteOf(known, Math.floor(timeMs / minuteMs));
    let left = 0;
    for (const flow of flows) {
      const count = activity[flow] ?? 0;
      minute.counts[flow] += count;
      left += count;
    }
    minute.inside += batch.function === 'deliver' ? -left : (activity.routed ?? 0);
    for (const [second, count] of Object.entries(activity.waits ?? {}))
      known.waits.set(Number(second), (known.waits.get(Number(second)) ?? 0) + count);
    if (activity.next !== undefined && (known.nextS ?? 0) * 1000 <= timeMs) known.nextS = activity.next;
    if (activity.next !== undefined) known.nextS = Math.min(known.nextS ?? activity.next, activity.next);
    if (activity.error !== undefined) known.lastError = activity.error;
    const text = activity.cause ?? activity.error;
    if (text !== undefined && timeMs >= (known.last?.timeMs ?? 0))
      known.last = {timeMs, what: activity.cause === undefined ? 'error' : 'cause', text};
  }
}

function minuteOf(known: Known, minute: number): Minute {
  const last = known.minutes.find(each => each.minute === minute);
  if (last) return last;
  const fresh = {minute, counts: noCounts(), inside: 0};
  known.minutes.push(fresh);
  return fresh;
}

function summaryOf({minutes, waits, nextS, last, lastError}: Known, nowMs: number): ReceiverSummary {
  const counts = noCounts();
  let inside = 0;
  for (const minute of minutes) {
    for (const flow of flows) counts[flow] += minute.counts[flow];
    inside += minute.inside;
  }
  let outside = 0;
  for (const [second, count] of waits) if (second * 1000 > nowMs) outside += count;
  return {
    counts,
    inside: Math.max(inside, 0),
    outside,
    ...(nextS !== undefined && outside > 0 && nextS * 1000 > nowMs && {nextMs: nextS * 1000}),
    ...(lastError !== undefined && {lastError}),
    ...(last?.what === 'cause' && outside > 0 && {cause: last.text}),
  };
}
