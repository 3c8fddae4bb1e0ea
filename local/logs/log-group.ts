// What functions printed, as CloudWatch Logs keeps it: a group for each function, a stream for each execution environment.
// The latest events are kept, in memory.

export interface LogEvent {
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly message: string;
  readonly stream: string;
}

export interface NumberedEvent extends LogEvent {
  /** Its place among all events that the group has ever had. */
  readonly number: number;
}

export interface LogStream {
  readonly name: string;
  readonly firstEventTimestamp: number;
  lastEventTimestamp: number;
  /** How many events are still kept. Without any, the stream is gone. */
  events: number;
}

/** "…the sum of all event messages in UTF-8, plus 26 bytes for each log event" (PutLogEvents). */
export const eventOctets = ({message}: LogEvent): number => Buffer.byteLength(message) + 26;

/** About what an event takes up in memory besides its text. */
const overheadOctets = 100;

export interface LogGroupOptions {
  readonly creationTime?: number;
  readonly retentionInDays?: number | undefined;
  /** About how much is kept. */
  readonly capacityOctets?: number;
  readonly onEvent?: (event: LogEvent) => void;
}

export class LogGroup {
  readonly name: string;
  readonly creationTime: number;
  /** Only shown: nothing here lives that long. */
  readonly retentionInDays: number | undefined;
  readonly #capacityOctets: number;
  readonly #onEvent: (event: LogEvent) => void;
  readonly #streams = new Map<string, LogStream>();
  #events: NumberedEvent[] = [];
  #octets = 0;

  constructor(name: string, options: LogGroupOptions = {}) {
    this.name = name;
    this.creationTime = options.creationTime ?? Date.now();
    this.retentionInDays = options.retentionInDays;
    this.#capacityOctets = options.capacityOctets ?? 64 * 1024 * 1024;
    this.#onEvent = options.onEvent ?? (() => {});
  }

  /** Oldest first, without a gap in their numbers. */
  get events(): readonly NumberedEvent[] {
    return this.#events;
  }

  get streams(): ReadonlyMap<string, LogStream> {
    return this.#streams;
  }

  get storedOctets(): number {
    return this.#octets + 26 * this.#events.length;
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
    this.#events.push(event);
    this.#octets += Buffer.byteLength(event.message);
    this.#count(event);
    if (this.#sizeOf(this.#events.length) > this.#capacityOctets) this.#dropOldest();
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

  /** Drops an eighth at once, so that not every event copies all others. It never drops the last one. */
  #dropOldest(): void {
    const wanted = (this.#capacityOctets * 7) / 8;
    let dropped = 0;
    while (dropped < this.#events.length - 1 && this.#sizeOf(this.#events.length - dropped) > wanted) {
      const {message, stream} = this.#events[dropped++]!;
      this.#octets -= Buffer.byteLength(message);
      const known = this.#streams.get(stream)!;
      known.events -= 1;
      if (known.events === 0) this.#streams.delete(stream);
    }
    this.#events = this.#events.slice(dropped);
  }
}
