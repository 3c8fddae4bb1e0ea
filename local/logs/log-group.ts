// What a function printed, as CloudWatch Logs keeps it: a group for the function, a stream for each execution
// environment. Only the latest events are kept; who shows them, and how, is decided elsewhere.

export interface LogEvent {
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly message: string;
  readonly stream: string;
}

export class LogGroup {
  readonly name: string;
  readonly #capacity: number;
  readonly #onEvent: (event: LogEvent) => void;
  #events: LogEvent[] = [];

  constructor(name: string, {capacity = 10_000, onEvent = (_: LogEvent) => {}} = {}) {
    this.name = name;
    this.#capacity = capacity;
    this.#onEvent = onEvent;
  }

  /** Oldest first. */
  get events(): readonly LogEvent[] {
    return this.#events.slice(-this.#capacity);
  }

  append(event: LogEvent): void {
    this.#events.push(event);
    // Cut seldom, so that an event costs no copy of all others.
    if (this.#events.length >= 2 * this.#capacity) this.#events = this.#events.slice(-this.#capacity);
    this.#onEvent(event);
  }
}
