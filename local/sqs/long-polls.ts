// Receives that wait for messages, in the order in which they came ("Amazon SQS short and long polling"). The queue says
// when to look.

interface LongPoll<T> {
  readonly until: number;
  /** Takes what there is for this receive now. When it is empty, the receive goes on waiting. */
  readonly take: () => readonly T[];
  readonly settle: (taken: readonly T[]) => void;
}

export class LongPolls<T> {
  readonly #waiting = new Set<LongPoll<T>>();

  get size(): number {
    return this.#waiting.size;
  }

  /** When the first of them gives up. */
  get nextEnd(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const {until} of this.#waiting) next = Math.min(next, until);
    return next;
  }

  /** Settles with what was taken, or empty at its end. An aborted one never takes anything. */
  wait(until: number, take: () => readonly T[], signal: AbortSignal | undefined): Promise<readonly T[]> {
    return new Promise(resolve => {
      const onAbort = () => poll.settle([]);
      const poll: LongPoll<T> = {
        until,
        take,
        settle: taken => {
          this.#waiting.delete(poll);
          signal?.removeEventListener('abort', onAbort);
          resolve(taken);
        },
      };
      this.#waiting.add(poll);
      signal?.addEventListener('abort', onAbort);
    });
  }

  /** Hands out what can be received, until nothing is left or nobody waits. */
  serve(): void {
    for (const poll of this.#waiting) {
      const taken = poll.take();
      if (taken.length === 0) return;
      poll.settle(taken);
    }
  }

  /** Ends those whose time is over. */
  expire(now: number): void {
    for (const poll of this.#waiting) if (poll.until <= now) poll.settle([]);
  }

  endAll(): void {
    for (const poll of this.#waiting) poll.settle([]);
  }
}
