// Connections that outlive a batch: kept by a warm environment for the next one that needs exactly the same. At
// most one is kept for each, so that environments which lie idle take up little of a server's capacity.

import type {Target} from './smtp-opening.ts';
import type {SmtpSession} from './smtp-session.ts';

/** In all, so that messages with many smarthosts of their own do not fill the environment with sockets. */
const maxKept = 20;
/** Older connections are given up: addresses, certificates and credentials change behind their backs. */
const maxAgeMs = 300_000;

/** Servers are mended. */
const withoutPipeliningMs = 3_600_000;

interface Kept {
  readonly session: SmtpSession;
  readonly untilMs: number;
}

export class Connections {
  readonly #kept = new Map<string, Kept>();
  /** Servers that offer PIPELINING and lose pipelined commands, and until when that is taken for true. */
  readonly #withoutPipelining = new Map<string, number>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** A connection to exactly this target. What it has received while the environment was frozen is read first. */
  async take(target: Target): Promise<SmtpSession | undefined> {
    const key = keyOf(target);
    const kept = this.#kept.get(key);
    if (kept === undefined) return undefined;
    this.#kept.delete(key);
    await new Promise(resolve => setImmediate(resolve));
    if (kept.session.usable && this.#now() < kept.untilMs) return kept.session;
    kept.session.quit();
    return undefined;
  }

  /** Keeps a connection on which nothing is in flight, or says goodbye. */
  keep(session: SmtpSession, idleMs: number): void {
    this.#leaveExpired();
    const key = keyOf(session.target);
    const untilMs = Math.min(this.#now() + idleMs, session.openedMs + maxAgeMs);
    const isWelcome = untilMs > this.#now() && !this.#kept.has(key) && this.#kept.size < maxKept;
    if (session.usable && isWelcome) this.#kept.set(key, {session, untilMs});
    else session.quit();
  }

  #leaveExpired(): void {
    for (const [key, {session, untilMs}] of this.#kept) {
      if (session.usable && untilMs > this.#now()) continue;
      session.quit();
      this.#kept.delete(key);
    }
  }

  canPipeline({address, port}: Target): boolean {
    return (this.#withoutPipelining.get(`${address} ${port}`) ?? 0) <= this.#now();
  }

  cannotPipeline({address, port}: Target): void {
    this.#withoutPipelining.set(`${address} ${port}`, this.#now() + withoutPipeliningMs);
  }

  close(): void {
    for (const {session} of this.#kept.values()) session.quit();
    this.#kept.clear();
  }
}

/** Everything that makes one connection differ from another: a session serves only its own like. */
export const keyOf = ({
  host,
  address,
  port,
  security,
  implicitTls,
  credentials,
  policy,
  dane,
}: Target): string => JSON.stringify([host, address, port, security, implicitTls, credentials, policy, dane]);
