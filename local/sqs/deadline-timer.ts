// One timer for whatever comes next. It may fire before anything is due, never after.

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

  /** Fires at this time at the latest. A later deadline than the one set is left to the earlier one's firing. */
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
