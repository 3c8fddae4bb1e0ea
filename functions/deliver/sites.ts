// Sites that are down, as far as this environment has seen: while one is, its messages wait instead of trying
// it one after the other. When the time is over the next message is the probe.

/** A server drops a connection now and then; so many messages in a row that it fails are no chance. */
const failuresInARow = 3;
/** How long it is left alone at first; twice as long after each further failure. */
const firstBackOffMs = 10_000;
const maxBackOffMs = 300_000;

interface Trouble {
  readonly failures: number;
  readonly untilMs: number;
}

/**
 * A site is a server at one address as those see it who want the same TLS and have the same credentials, by its
 * key: a certificate that a policy refuses, or a wrong password, holds up nobody else.
 */
export class Sites {
  readonly #troubles = new Map<string, Trouble>();

  /** Until when a site is left alone, in milliseconds since the epoch; undefined while it is not down. */
  downUntil(site: string, nowMs: number): number | undefined {
    const untilMs = this.#troubles.get(site)?.untilMs ?? 0;
    return untilMs > nowMs ? untilMs : undefined;
  }

  /** The site could not be used, and not because of the message. */
  failed(site: string, nowMs: number): void {
    // Others that were on their way when it went down say nothing new.
    if (this.downUntil(site, nowMs) !== undefined) return;
    const failures = (this.#troubles.get(site)?.failures ?? 0) + 1;
    const backOffMs = Math.min(firstBackOffMs * 2 ** (failures - failuresInARow), maxBackOffMs);
    this.#troubles.set(site, {failures, untilMs: failures < failuresInARow ? 0 : nowMs + backOffMs});
  }

  answered(site: string): void {
    this.#troubles.delete(site);
  }
}
