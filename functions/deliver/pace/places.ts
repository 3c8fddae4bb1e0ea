// The places that this environment has at servers: its connections that are being opened, in use, or closed. A server that turns one
// away while it serves another is full, and who was turned away waits for a place to become free. A lane that waits
// holds no connection itself, so that no two wait for each other.

import type {Opened} from '../smtp/smtp-opening.ts';
import type {SmtpSession} from '../smtp/smtp-session.ts';
import type {Target} from '../smtp/target.ts';
import {serverOf} from './habits.ts';

/** A connection to go on with; or `free`: a place for one of one's own. */
export type Place = SmtpSession | 'free';

interface Waiting {
  readonly key: string;
  readonly server: string;
  readonly resolve: (place: Place | undefined) => void;
}

export class Places {
  readonly #opening = new Map<Promise<Opened>, string>();
  readonly #inUse = new Set<SmtpSession>();
  /** In the order in which they were turned away. */
  #waiting: readonly Waiting[] = [];
  readonly #keyOf: (target: Target) => string;

  /** @param keyOf what makes connections alike, so that one can be handed on */
  constructor(keyOf: (target: Target) => string) {
    this.#keyOf = keyOf;
  }

  async open(target: Target, open: () => Promise<Opened>): Promise<Opened> {
    const opening = open();
    this.#opening.set(opening, serverOf(target));
    try {
      const opened = await opening;
      if (opened.ok) this.#inUse.add(opened.session);
      return opened;
    } finally {
      this.#opening.delete(opening);
      this.#disappoint(serverOf(target));
    }
  }

  /** Whether the server has another connection of ours in use, or in the end takes one that is being opened. */
  async isServing(target: Target): Promise<boolean> {
    if (this.isInUse(target)) return true;
    const openings = [...this.#opening].filter(([, server]) => server === serverOf(target));
    return (await Promise.all(openings.map(([opening]) => opening))).some(({ok}) => ok);
  }

  isInUse(target: Target): boolean {
    return this.#isInUse(serverOf(target));
  }

  #isInUse(server: string): boolean {
    return [...this.#inUse].some(each => serverOf(each.target) === server);
  }

  /** A place as soon as there is one; undefined when none is in use any more, or the time is over. */
  next(target: Target, withinMs: number): Promise<Place | undefined> {
    return new Promise(resolve => {
      const timer = setTimeout(() => leave(undefined), withinMs);
      const leave = (place: Place | undefined) => {
        clearTimeout(timer);
        this.#waiting = this.#waiting.filter(each => each !== waiting);
        resolve(place);
      };
      const waiting = {key: this.#keyOf(target), server: serverOf(target), resolve: leave};
      this.#waiting = [...this.#waiting, waiting];
      this.#disappoint(waiting.server);
    });
  }

  take(session: SmtpSession): void {
    this.#inUse.add(session);
  }

  /**
   * Nothing is in flight on it any more: whoever waits for one like it goes on with it, or it is closed for others who wait.
   * @returns whether it may be kept idle; it is closed where that is not asked for
   */
  leave(session: SmtpSession, mayIdle: boolean): boolean {
    const server = serverOf(session.target);
    const key = this.#keyOf(session.target);
    const heir = session.usable ? this.#waiting.find(each => each.key === key) : undefined;
    if (heir !== undefined) {
      heir.resolve(session);
      return false;
    }
    const isIdle = mayIdle && session.usable && !this.#waiting.some(each => each.server === server);
    if (isIdle) this.#inUse.delete(session);
    else this.dismiss(session);
    return isIdle;
  }

  /** Says goodbye. The server may need a moment to see it, and until then the place is taken. */
  dismiss(session: SmtpSession): void {
    this.#inUse.add(session);
    void session.quit().then(() => {
      this.#inUse.delete(session);
      this.#waiting.find(each => each.server === serverOf(session.target))?.resolve('free');
    });
  }

  /** Nobody waits for what cannot come. */
  #disappoint(server: string): void {
    if (this.#isInUse(server) || [...this.#opening.values()].includes(server)) return;
    for (const each of this.#waiting) if (each.server === server) each.resolve(undefined);
  }
}
