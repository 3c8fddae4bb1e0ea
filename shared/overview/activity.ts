// What functions did for each receiver of late, gathered from the lines of their batches. Counts are kept by the minute, so
// that whoever watches can add new lines and forget old ones. Lines may be added in any order.

import type {ReadBatch, ReceiverActivity} from '../delivery/batch-line.ts';

const minuteMs = 60_000;

const flows = ['accepted', 'deferred', 'bounced', 'expired', 'held'] as const;
export type Counts = Readonly<Record<(typeof flows)[number], number>>;

interface Minute {
  readonly counts: Record<keyof Counts, number>;
  /** How many went into the receiver's queue, less those that left it. */
  inside: number;
}

/** Words, and when they were said. */
interface Said {
  readonly text: string;
  readonly timeMs: number;
}

interface Known {
  readonly minutes: Map<number, Minute>;
  /** How many come back from outside, by the second. */
  readonly waits: Map<number, number>;
  /** When messages are tried again, in seconds. */
  readonly nexts: Set<number>;
  error?: Said;
  cause?: Said;
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

const noCounts = () => ({accepted: 0, deferred: 0, bounced: 0, expired: 0, held: 0});

export class Activity {
  readonly #receivers = new Map<string, Known>();

  add(batch: ReadBatch, timeMs: number): void {
    for (const [receiver, activity] of batch.receivers) add(this.#of(receiver), batch, activity, timeMs);
  }

  /** Forgets what was before a time. */
  forgetBefore(timeMs: number): void {
    for (const [receiver, {minutes, waits, nexts}] of this.#receivers) {
      for (const minute of minutes.keys()) if ((minute + 1) * minuteMs <= timeMs) minutes.delete(minute);
      for (const second of waits.keys()) if (second * 1000 < timeMs) waits.delete(second);
      for (const second of nexts) if (second * 1000 < timeMs) nexts.delete(second);
      if (minutes.size === 0 && waits.size === 0) this.#receivers.delete(receiver);
    }
  }

  summaries(nowMs: number): ReadonlyMap<string, ReceiverSummary> {
    return new Map(
      Array.from(this.#receivers, ([receiver, known]) => [receiver, summaryOf(known, nowMs)] as const),
    );
  }

  #of(receiver: string): Known {
    const known = this.#receivers.get(receiver) ?? {minutes: new Map(), waits: new Map(), nexts: new Set()};
    this.#receivers.set(receiver, known);
    return known;
  }
}

function add(known: Known, batch: ReadBatch, activity: Readonly<ReceiverActivity>, timeMs: number): void {
  const at = Math.floor(timeMs / minuteMs);
  const minute = known.minutes.get(at) ?? {counts: noCounts(), inside: 0};
  known.minutes.set(at, minute);
  for (const flow of flows) {
    const count = activity[flow] ?? 0;
    minute.counts[flow] += count;
    if (batch.function === 'deliver') minute.inside -= count;
  }
  minute.inside += activity.routed ?? 0;
  for (const [key, count] of Object.entries(activity.waits ?? {})) {
    const second = Number(key);
    known.waits.set(second, (known.waits.get(second) ?? 0) + count);
  }
  if (activity.next !== undefined) known.nexts.add(activity.next);
  for (const what of ['error', 'cause'] as const) {
    const text = activity[what];
    if (text !== undefined && timeMs >= (known[what]?.timeMs ?? 0)) known[what] = {text, timeMs};
  }
}

function summaryOf({minutes, waits, nexts, error, cause}: Known, nowMs: number): ReceiverSummary {
  const counts = noCounts();
  let inside = 0;
  for (const minute of minutes.values()) {
    for (const flow of flows) counts[flow] += minute.counts[flow];
    inside += minute.inside;
  }
  let outside = 0;
  for (const [second, count] of waits) if (second * 1000 > nowMs) outside += count;
  const nextMs = Math.min(...[...nexts].map(second => second * 1000).filter(ms => ms > nowMs));
  const isHeld = cause !== undefined && outside > 0 && cause.timeMs >= (error?.timeMs ?? 0);
  return {
    counts,
    inside: Math.max(inside, 0),
    outside,
    ...(outside > 0 && Number.isFinite(nextMs) && {nextMs}),
    ...(error && {lastError: error.text}),
    ...(isHeld && {cause: cause.text}),
  };
}
