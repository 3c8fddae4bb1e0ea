// Sites that are down, as far as this environment has seen: while one is, its messages wait instead of trying
// it one after the other. When the time is over the next message is the probe.

/** A server drops a connection now and then; so many messages in a row that it fails are no chance. */
const failuresInARow = 3;
/** How long it is left alone at first; twice as long after each further failure. */
const firstBackOffMs = 10_000;
const maxBackOffMs = 300_000;

/** How long a site is left alone that is full, and how often in a row; then it counts as any other that fails. */
const fullBackOffMs = 5_000;
const fullInARow = 60;

interface Trouble {
  readonly failures: number;
  /** How often it was full, since it last answered. */
  readonly full?: number;
  readonly untilMs: number;
}

/**
 * A site is a server at one address as those see it who want the same TLS and have the same credentials, by its
 * key: a certificate that a policy refuses, or a wrong password, holds up nobody else.
 */
export class Sites {
  readonly #troubles = new Map<string, Trouble>();

  /**
   * Until when a site is left alone, in milliseconds since the epoch; undefined while it is not down.
   * @param hasPlace whether a connection to it is there: then it does not matter that it takes no further one
   */
  downUntil(site: string, nowMs: number, hasPlace = false): number | undefined {
    const trouble = this.#troubles.get(site);
    if (trouble === undefined || trouble.untilMs <= nowMs) return undefined;
    return hasPlace && trouble.full !== undefined ? undefined : trouble.untilMs;
  }

  /** The site could not be used, and not because of the message. */
  failed(site: string, nowMs: number): void {
    // Others that were on their way when it went down say nothing new.
    if (this.downUntil(site, nowMs) !== undefined) return;
    this.#leaveAlone(site, (this.#troubles.get(site)?.failures ?? 0) + 1, nowMs);
  }

  /**
   * The site has no room for another connection: others of ours, or of our other environments, have it. It is left alone
   * for a moment.
   * @returns until when; undefined when that has gone on for so long that it no longer is a matter of minutes
   */
  full(site: string, nowMs: number): number | undefined {
    const before = this.#troubles.get(site);
    if (before !== undefined && before.untilMs > nowMs) return before.untilMs;
    const times = (before?.full ?? 0) + 1;
    const untilMs = nowMs + fullBackOffMs;
    this.#troubles.set(site, {failures: 0, full: times, untilMs});
    return times <= fullInARow ? untilMs : undefined;
  }

  #leaveAlone(site: string, failures: number, nowMs: number): void {
    const backOffMs = Math.min(firstBackOffMs * 2 ** (failures - failuresInARow), maxBackOffMs);
    this.#troubles.set(site, {failures, untilMs: failures < failuresInARow ? 0 : nowMs + backOffMs});
  }

  answered(site: string): void {
    this.#troubles.delete(site);
  }
}
