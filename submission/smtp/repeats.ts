// What is on the outbox of texts that may come again: those that were answered with 4xx because others of their recipients
// are not there, and those whose reply did not arrive (RFC 1047). It is known to this process alone, and for a while.

import {createHash} from 'node:crypto';
import type {Placed} from '../enqueue.ts';

interface Known {
  readonly placed: Promise<Placed>;
  readonly untilMs: number;
}

/** About 30 MB. */
const mostKnown = 100_000;

export class Repeats {
  /** The oldest first. */
  readonly #known = new Map<string, Known>();
  readonly #lastsMs: number;
  readonly #now: () => number;

  constructor(lastsMs: number, now: () => number) {
    this.#lastsMs = lastsMs;
    this.#now = now;
  }

  /** Places a message, unless the same is on the outbox or on its way there. */
  place(key: string, place: () => Promise<Placed>): Promise<Placed> {
    const known = this.#known.get(key);
    if (known !== undefined && this.#now() < known.untilMs) return known.placed;
    const placed = place();
    this.#known.delete(key);
    this.#known.set(key, {placed, untilMs: this.#now() + this.#lastsMs});
    void placed.then(({ok}) => {
      if (!ok && this.#known.get(key)?.placed === placed) this.#known.delete(key);
    });
    this.#leaveOldest();
    return placed;
  }

  /** The client knows that they are on the outbox: the same text is another message from now on. */
  answered(keys: readonly string[]): void {
    for (const key of keys) this.#known.delete(key);
  }

  #leaveOldest(): void {
    for (const [key, {untilMs}] of this.#known) {
      if (this.#known.size <= mostKnown && this.#now() < untilMs) break;
      this.#known.delete(key);
    }
  }
}

/** One for each message that a text becomes. @param said what the client says of it */
export function keysOf(text: Buffer, said: readonly (readonly unknown[])[]): readonly string[] {
  const digest = createHash('sha256').update(text).digest('base64');
  return said.map(each =>
    createHash('sha256')
      .update(JSON.stringify([digest, each]))
      .digest('base64'),
  );
}
