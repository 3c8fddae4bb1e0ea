// What is on the outbox of texts that may come again: those that were answered with 4xx because others of their recipients
// are not there, and those whose reply did not arrive (RFC 1047). It is known to this process alone, and for a while.

import {createHash} from 'node:crypto';
import type {Placed} from '../enqueue.ts';

interface Left {
  readonly placed: Promise<Placed>;
  readonly untilMs: number;
}

/** About 30 MB. */
const mostLeft = 100_000;

export class Repeats {
  /** By key, the oldest first. The same text can have been left several times. */
  readonly #left = new Map<string, readonly Left[]>();
  readonly #lastsMs: number;
  readonly #now: () => number;

  constructor(lastsMs: number, now: () => number) {
    this.#lastsMs = lastsMs;
    this.#now = now;
  }

  /** What became, or becomes, of a message that was left. It belongs to the caller from now on. */
  take(key: string): Promise<Placed> | undefined {
    const [first, ...others] = this.#of(key);
    this.#keep(key, others);
    return first?.placed;
  }

  /** The client does not know that a message is on the outbox, or on its way there. */
  leave(key: string, placed: Promise<Placed>): void {
    const left = {placed, untilMs: this.#now() + this.#lastsMs};
    const before = this.#of(key);
    this.#left.delete(key);
    this.#keep(key, [...before, left]);
    void placed.then(({ok}) => {
      if (!ok)
        this.#keep(
          key,
          this.#of(key).filter(each => each !== left),
        );
    });
    this.#leaveOldest();
  }

  #of(key: string): readonly Left[] {
    const nowMs = this.#now();
    return this.#left.get(key)?.filter(({untilMs}) => nowMs < untilMs) ?? [];
  }

  #keep(key: string, left: readonly Left[]): void {
    if (left.length === 0) this.#left.delete(key);
    else this.#left.set(key, left);
  }

  #leaveOldest(): void {
    for (const key of this.#left.keys()) {
      if (this.#left.size <= mostLeft && this.#of(key).length > 0) break;
      this.#left.delete(key);
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
