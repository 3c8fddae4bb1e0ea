// What servers have shown of themselves to this environment, beyond what they announce.

import type {Spent} from '../smtp/smtp-session.ts';
import type {Target} from '../smtp/target.ts';

/** Servers are mended. */
const withoutPipeliningMs = 3_600_000;
/** Who else has connections to it comes and goes. */
const fullMs = 600_000;
/** More servers than this: what was noted first is found out anew. */
const maxNoted = 1_000;

export class Habits {
  /** Those that offer PIPELINING and lose pipelined commands, and until when that is taken for true. */
  readonly #withoutPipelining = new Map<string, number>();
  /** How many messages they take on a connection. */
  readonly #messages = new Map<string, number>();
  /** After how many messages the last connection went that was lost with no word of a limit. */
  readonly #goneAfter = new Map<string, number>();
  /** Those that were full, and until when that is minded. */
  readonly #full = new Map<string, number>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  canPipeline(target: Target): boolean {
    return (this.#withoutPipelining.get(serverOf(target)) ?? 0) <= this.#now();
  }

  cannotPipeline(target: Target): void {
    note(this.#withoutPipelining, target, this.#now() + withoutPipeliningMs);
  }

  /** Then no connection to it should lie idle: another lane, or environment, waits for the place. */
  isFull(target: Target): boolean {
    return (this.#full.get(serverOf(target)) ?? 0) > this.#now();
  }

  wasFull(target: Target): void {
    note(this.#full, target, this.#now() + fullMs);
  }

  /** Infinity as long as no connection has shown a limit. */
  messagesPerConnection(target: Target): number {
    return this.#messages.get(serverOf(target)) ?? Number.POSITIVE_INFINITY;
  }

  /**
   * A connection was spent after so many messages, and the next one went over a fresh one at once. A refusal says so;
   * a loss may be chance, and is believed when it comes again after the same number.
   */
  spentAfter(target: Target, messages: number, spent: Spent): void {
    const isKnown = spent === 'refused' || this.#goneAfter.get(serverOf(target)) === messages;
    if (spent === 'doubtful') return;
    note(isKnown ? this.#messages : this.#goneAfter, target, messages);
  }
}

/** Whatever name, TLS level and credentials it is used with. */
export const serverOf = ({address, port}: Pick<Target, 'address' | 'port'>): string => `${address} ${port}`;

function note(notes: Map<string, number>, target: Target, value: number): void {
  notes.delete(serverOf(target));
  notes.set(serverOf(target), value);
  if (notes.size > maxNoted) notes.delete(notes.keys().next().value!);
}
