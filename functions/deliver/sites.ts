// Sites that are down, as far as this environment has seen: while one is, its messages wait instead of trying
// it one after the other. When the time is over the next message is the probe.

/** From the first failure on; twice as long after each further one. */
const firstBackOffMs = 10_000;
const maxBackOffMs = 300_000;

interface Down {
  readonly failures: number;
  readonly untilMs: number;
}

export class Sites {
  readonly #down = new Map<string, Down>();

  /** Until when a next hop is left alone, in milliseconds since the epoch; undefined while it is not down. */
  downUntil(nextHop: string, nowMs: number): number | undefined {
    const untilMs = this.#down.get(nextHop)?.untilMs ?? 0;
    return untilMs > nowMs ? untilMs : undefined;
  }

  /** No host of the next hop could be used, and not because of the message. */
  failed(nextHop: string, nowMs: number): void {
    const failures = (this.#down.get(nextHop)?.failures ?? 0) + 1;
    const backOffMs = Math.min(firstBackOffMs * 2 ** (failures - 1), maxBackOffMs);
    this.#down.set(nextHop, {failures, untilMs: nowMs + backOffMs});
  }

  answered(nextHop: string): void {
    this.#down.delete(nextHop);
  }
}
