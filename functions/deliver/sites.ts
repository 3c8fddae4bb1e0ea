// Sites that are down, as far as this environment has seen: while one is, its messages wait instead of trying
// it one after the other. When the time is over the next message is the probe.

import type {Security} from '../../shared/security.ts';

/** From the first failure on; twice as long after each further one. */
const firstBackOffMs = 10_000;
const maxBackOffMs = 300_000;

/**
 * A server at one address, as those see it who want this much TLS: a certificate that a policy refuses holds up
 * nobody who would do without.
 */
export interface Site {
  readonly address: string;
  readonly port: number;
  readonly security: Security;
}

interface Down {
  readonly failures: number;
  readonly untilMs: number;
}

export class Sites {
  readonly #down = new Map<string, Down>();

  /** Until when a site is left alone, in milliseconds since the epoch; undefined while it is not down. */
  downUntil(site: Site, nowMs: number): number | undefined {
    const untilMs = this.#down.get(keyOf(site))?.untilMs ?? 0;
    return untilMs > nowMs ? untilMs : undefined;
  }

  /** The site could not be used, and not because of the message. */
  failed(site: Site, nowMs: number): void {
    const failures = (this.#down.get(keyOf(site))?.failures ?? 0) + 1;
    const backOffMs = Math.min(firstBackOffMs * 2 ** (failures - 1), maxBackOffMs);
    this.#down.set(keyOf(site), {failures, untilMs: nowMs + backOffMs});
  }

  answered(site: Site): void {
    this.#down.delete(keyOf(site));
  }
}

const keyOf = ({address, port, security}: Site): string => `${address} ${port} ${security}`;
