// What functions printed, as CloudWatch Logs keeps it: a group for each function, a stream for each execution environment.
// The latest events are kept, in memory and, where there is a store, there too.

import {eventOverheadOctets, type LogEvent, type LogStream, type NumberedEvent} from './log-event.ts';
import type {LogRecords} from './log-records.ts';

const dayMs = 86_400_000;
/** How long events are kept in a group that has no retention of its own, and at most in any. */
const keptDays = 14;

/** About what an event takes up in memory besides its text. */
const overheadOctets = 100;

export interface LogGroupOptions {
  readonly creationTime?: number;
  readonly retentionInDays?: number | undefined;
  /** About how much is kept. */
  readonly capacityOctets?: number;
  readonly onEvent?: (event: LogEvent) => void;
  /** What survives a restart. */
  readonly records?: LogRecords | undefined;
  readonly now?: () => number;
}

export class LogGroup {
  readonly name: string;
  readonly creationTime: number;
  readonly #records: LogRecords | undefined;
  readonly #now: () => number;
  readonly #capacityOctets: number;
  readonly #onEvent: (event: LogEvent) => void;
  readonly #streams = new Map<string, LogStream>();
  #retentionInDays: number | undefined;
  #events: NumberedEvent[] = [];
  #octets = 0;

  constructor(name: string, options: LogGroupOptions = {}) {
    this.name = name;
    this.#now = options.now ?? Date.now;
    this.creationTime = options.creationTime ?? this.#now();
    this.#retentionInDays = options.retentionInDays;
    this.#records = options.records;
    this.#capacityOctets = options.capacityOctets ?? 64 * 1024 * 1024;
    this.#onEvent = options.onEvent ?? (() => {});
    for (const event of this.#records?.events() ?? []) this.#add(event);
    this.#expire();
  }

  get retentionInDays(): number | undefined {
    return this.#retentionInDays;
  }

  /** @param days undefined for events that never expire in AWS */
  retain(days: number | undefined): void {
    this.#retentionInDays = days;
    this.#expire();
  }

  /** Oldest first, without a gap in their numbers. */
  get events(): readonly NumberedEvent[] {
    return this.#events;
  }

  get streams(): ReadonlyMap<string, LogStream> {
    return this.#streams;
  }

  get storedOctets(): number {
    return this.#octets + eventOverheadOctets * this.#events.length;
  }

  append({timestamp, message, stream}: LogEvent): LogEvent {
    const latest = this.#events.at(-1);
    const event = {
      // When the clock is set back, the time stands still: events are in the order of their times.
      timestamp: Math.max(timestamp, latest?.timestamp ?? 0),
      // "Minimum length of 1" (InputLogEvent). An empty line becomes a line feed.
      message: message === '' ? '\n' : message,
      stream,
      number: (latest?.number ?? -1) + 1,
    };
    this.#add(event);
    this.#records?.put(event);
    if (this.#sizeOf(this.#events.length) > this.#capacityOctets) this.#dropOldest();
    if (this.#events[0]!.timestamp < this.#oldest - dayMs / 24) this.#expire();
    this.#onEvent(event);
    return event;
  }

  /** The events from a time on. */
  since(timestamp: number): readonly NumberedEvent[] {
    return this.#events.slice(this.#placeOf(timestamp));
  }

  /** The events from a time on, and before another. */
  between(from: number, to: number): readonly NumberedEvent[] {
    return this.#events.slice(this.#placeOf(from), this.#placeOf(to));
  }

  /** Some of the events from a time on, behind the one of a number. */
  some(timestamp: number, {after, count}: {readonly after: number; readonly count: number}) {
    // Numbers have no gaps.
    const behind = after + 1 - (this.#events[0]?.number ?? 0);
    const start = Math.max(this.#placeOf(timestamp), behind);
    return this.#events.slice(start, start + count);
  }

  /** Of the first event that is not before a time. */
  #placeOf(timestamp: number): number {
    let [low, high] = [0, this.#events.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#events[middle]!.timestamp < timestamp) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #add(event: NumberedEvent): void {
    this.#events.push(event);
    this.#octets += Buffer.byteLength(event.message);
    this.#count(event);
  }

  /** What is older is not kept. */
  get #oldest(): number {
    return this.#now() - Math.min(this.#retentionInDays ?? keptDays, keptDays) * dayMs;
  }

  #count({stream: name, timestamp}: LogEvent): void {
    const stream = this.#streams.get(name);
    if (stream === undefined) {
      this.#streams.set(name, {
        name,
        firstEventTimestamp: timestamp,
        lastEventTimestamp: timestamp,
        events: 1,
      });
    } else {
      stream.lastEventTimestamp = timestamp;
      stream.events += 1;
    }
  }

  #sizeOf(events: number): number {
    return this.#octets + overheadOctets * events;
  }

  #expire(): void {
    this.#drop(this.#placeOf(this.#oldest));
  }

  /** Drops an eighth at once, so that not every event copies all others. It never drops the last one. */
  #dropOldest(): void {
    const wanted = (this.#capacityOctets * 7) / 8;
    let size = this.#sizeOf(this.#events.length);
    let count = 0;
    while (count < this.#events.length - 1 && size > wanted)
      size -= Buffer.byteLength(this.#events[count++]!.message) + overheadOctets;
    this.#drop(count);
  }

  #drop(count: number): void {
    if (count === 0) return;
    const dropped = this.#events.slice(0, count);
    for (const {message, stream} of dropped) {
      this.#octets -= Buffer.byteLength(message);
      const known = this.#streams.get(stream)!;
      known.events -= 1;
      if (known.events === 0) this.#streams.delete(stream);
    }
    this.#events = this.#events.slice(count);
    this.#records?.dropThrough(dropped.at(-1)!);
  }
}
