// Connections that outlive a batch: kept by a warm environment for the next one that needs exactly the same. Few are
// kept for each, so that environments which lie idle take up little of a server's capacity.

import type {SmtpSession} from './smtp-session.ts';
import type {Target} from './target.ts';

/** In all, so that messages with many smarthosts of their own do not fill the environment with sockets. */
const maxKept = 20;
/** While there is little mail, batches are of one to three lanes; with more, they are of one lane each. */
const maxAlike = 3;
/** Older connections are given up: addresses, certificates and credentials change behind their backs. */
const maxAgeMs = 300_000;

/** Servers are mended. */
const withoutPipeliningMs = 3_600_000;

interface Kept {
  readonly key: string;
  readonly session: SmtpSession;
  readonly untilMs: number;
}

export class Connections {
  /** The one that was in use last is the last. */
  #kept: readonly Kept[] = [];
  /** Servers that offer PIPELINING and lose pipelined commands, and until when that is taken for true. */
  readonly #withoutPipelining = new Map<string, number>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** A connection to exactly this target. What it has received while the environment was frozen is read first. */
  async take(target: Target): Promise<SmtpSession | undefined> {
    const key = keyOf(target);
    for (;;) {
      const kept = this.#kept.findLast(each => each.key === key);
      if (kept === undefined) return undefined;
      this.#kept = this.#kept.filter(each => each !== kept);
      await new Promise(resolve => setImmediate(resolve));
      if (kept.session.usable && this.#now() < kept.untilMs) return kept.session;
      kept.session.quit();
    }
  }

  /** Keeps a connection on which nothing is in flight, or says goodbye. */
  keep(session: SmtpSession, idleMs: number): void {
    this.#leaveExpired();
    const key = keyOf(session.target);
    const untilMs = Math.min(this.#now() + idleMs, session.openedMs + maxAgeMs);
    const alike = this.#kept.filter(each => each.key === key).length;
    const isWelcome = untilMs > this.#now() && alike < maxAlike && this.#kept.length < maxKept;
    if (session.usable && isWelcome) this.#kept = [...this.#kept, {key, session, untilMs}];
    else session.quit();
  }

  #leaveExpired(): void {
    const isAlive = ({session, untilMs}: Kept) => session.usable && untilMs > this.#now();
    for (const each of this.#kept) if (!isAlive(each)) each.session.quit();
    this.#kept = this.#kept.filter(isAlive);
  }

  canPipeline({address, port}: Target): boolean {
    return (this.#withoutPipelining.get(`${address} ${port}`) ?? 0) <= this.#now();
  }

  cannotPipeline({address, port}: Target): void {
    this.#withoutPipelining.set(`${address} ${port}`, this.#now() + withoutPipeliningMs);
  }

  close(): void {
    for (const {session} of this.#kept) session.quit();
    this.#kept = [];
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
  ca,
  policy,
  dane,
}: Target): string =>
  JSON.stringify([host, address, port, security, implicitTls, credentials, ca, policy, dane]);
