// The places that this environment has at servers: connections that are being opened, in use, or being closed. A server
// that turns one away while it serves another is full, and the lane that was turned away waits for a place. A lane that
// waits has no connection itself, so that no two wait for each other.

import {keyOf, serverOf, type Target} from '../../../shared/smtp/target.ts';
import type {Opened} from '../smtp/smtp-opening.ts';
import type {SmtpSession} from '../smtp/smtp-session.ts';

/** A connection to the same target; or `free`: there is room for a new one. */
export type Place = SmtpSession | 'free';

interface Waiting {
  readonly key: string;
  readonly server: string;
  readonly resolve: (place: Place | undefined) => void;
}

export class Places {
  readonly #opening = new Map<Promise<Opened>, string>();
  readonly #inUse = new Set<SmtpSession>();
  /** Lanes that wait, in the order in which they were turned away. */
  #waiting: readonly Waiting[] = [];

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

  /** Whether the server takes one of the connections that are being opened. */
  async willServe(target: Target): Promise<boolean> {
    const openings = [...this.#opening].filter(([, server]) => server === serverOf(target));
    return (await Promise.all(openings.map(([opening]) => opening))).some(({ok}) => ok);
  }

  isInUse(server: string): boolean {
    return [...this.#inUse].some(each => serverOf(each.target) === server);
  }

  /** A place, as soon as there is one; undefined when none is in use any more, or the time is over. */
  next(target: Target, withinMs: number): Promise<Place | undefined> {
    return new Promise(resolve => {
      const timer = setTimeout(() => leave(undefined), withinMs);
      const leave = (place: Place | undefined) => {
        clearTimeout(timer);
        this.#waiting = this.#waiting.filter(each => each !== waiting);
        resolve(place);
      };
      const waiting = {key: keyOf(target), server: serverOf(target), resolve: leave};
      this.#waiting = [...this.#waiting, waiting];
      this.#disappoint(waiting.server);
    });
  }

  take(session: SmtpSession): void {
    this.#inUse.add(session);
  }

  /**
   * Gives up a connection that has nothing in flight. A lane that waits for one to the same target goes on with it. If
   * others wait for a place at the server, it is closed for them.
   * @param mayIdle whether it is wanted idle; otherwise it is closed
   * @returns whether it may be kept idle
   */
  leave(session: SmtpSession, mayIdle: boolean): boolean {
    const server = serverOf(session.target);
    const key = keyOf(session.target);
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

  /** Says goodbye. The place stays taken until the connection is closed. */
  dismiss(session: SmtpSession): void {
    this.#inUse.add(session);
    void session.quit().then(() => {
      this.#inUse.delete(session);
      this.#waiting.find(each => each.server === serverOf(session.target))?.resolve('free');
    });
  }

  /** Ends the waiting where no connection is left that could make room. */
  #disappoint(server: string): void {
    if (this.isInUse(server) || [...this.#opening.values()].includes(server)) return;
    for (const each of this.#waiting) if (each.server === server) each.resolve(undefined);
  }
}
