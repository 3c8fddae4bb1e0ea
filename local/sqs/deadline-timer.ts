// One timer for what is due next. It may fire too early, but never too late.

/** What setTimeout can hold. */
const longestMs = 2 ** 31 - 1;

export class DeadlineTimer {
  readonly #now: () => number;
  readonly #onDue: () => void;
  #timer: NodeJS.Timeout | undefined;
  #deadline = Number.POSITIVE_INFINITY;

  constructor(now: () => number, onDue: () => void) {
    this.#now = now;
    this.#onDue = onDue;
  }

  /** Fires at this time at the latest. If an earlier deadline is set, that one stays. */
  set(deadline: number): void {
    if (deadline >= this.#deadline) return;
    clearTimeout(this.#timer);
    this.#deadline = deadline;
    const ms = Math.min(Math.max(0, Math.ceil(deadline - this.#now())), longestMs);
    this.#timer = setTimeout(() => {
      this.#deadline = Number.POSITIVE_INFINITY;
      this.#onDue();
    }, ms);
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#deadline = Number.POSITIVE_INFINITY;
  }
}
