// The clock of a cloud: that of the machine, or one that a test puts forward, so that days pass in seconds. Queues, parameters,
// tables, schedules and functions all go by it. What takes its time, such as a timeout of a function, takes it all the same.

export interface Clock {
  readonly now: () => number;
  /** How far it is ahead of the machine's clock, in milliseconds; undefined where nobody puts it forward. */
  readonly aheadMs: number | undefined;
  /** Runs a task at a time, once. @returns what takes it back */
  at(timeMs: number, task: () => Promise<void>): () => void;
}

/** What setTimeout can hold. */
const longestMs = 2 ** 31 - 1;

export const machineClock: Clock = {
  now: Date.now,
  aheadMs: undefined,
  at(timeMs, task) {
    const timer = setTimeout(() => void task(), Math.min(Math.max(timeMs - Date.now(), 0), longestMs));
    return () => clearTimeout(timer);
  },
};

interface Appointment {
  readonly timeMs: number;
  readonly task: () => Promise<void>;
}

export class TestClock implements Clock {
  #aheadMs = 0;
  readonly #appointments = new Set<Appointment>();
  readonly #listeners: (() => void)[] = [];

  readonly now = (): number => Date.now() + this.#aheadMs;

  get aheadMs(): number {
    return this.#aheadMs;
  }

  /** Its tasks run when it is put forward to their time, and never by themselves. */
  at(timeMs: number, task: () => Promise<void>): () => void {
    const appointment = {timeMs, task};
    this.#appointments.add(appointment);
    return () => this.#appointments.delete(appointment);
  }

  /** Is told whenever the clock has been put forward. */
  onForward(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Puts it forward. It stops at each task on the way, one after the other, until that is over. */
  async forward(ms: number): Promise<void> {
    const untilMs = this.now() + ms;
    for (;;) {
      const [next] = [...this.#appointments].sort((a, b) => a.timeMs - b.timeMs);
      if (next === undefined || next.timeMs > untilMs) break;
      this.#appointments.delete(next);
      this.#to(next.timeMs);
      await next.task();
    }
    this.#to(untilMs);
  }

  /** Never back: tasks take their time too. */
  #to(timeMs: number): void {
    this.#aheadMs = Math.max(this.#aheadMs, timeMs - Date.now());
    for (const listener of this.#listeners) listener();
  }
}
