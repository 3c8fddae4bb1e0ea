// What servers have shown to this environment beyond what they announce.

import type {Spent} from '../../../shared/smtp/spent-connection.ts';
import {serverOf, type Target} from '../../../shared/smtp/target.ts';
import {BoundedMap} from '../../runtime/bounded-map.ts';

/** How long not to pipeline to a server that lost commands. It may be fixed by then. */
const withoutPipeliningMs = 3_600_000;
/** How long no flights go to a server that lost count in one, or broke off. A restart does so too. */
const withoutFlightsMs = 600_000;
/** How long a server counts as full. Others that have connections to it may be gone by then. */
const fullMs = 600_000;
const maxServers = 1_000;

export class Habits {
  /** Servers that offer PIPELINING and lose pipelined commands, and until when that is believed. */
  readonly #withoutPipelining = new BoundedMap<string, number>(maxServers);
  /** Servers that should not be sent flights, and until when that is believed. */
  readonly #withoutFlights = new BoundedMap<string, number>(maxServers);
  /** How many messages a server takes on a connection. */
  readonly #messages = new BoundedMap<string, number>(maxServers);
  /** How many messages the last connection had carried that was lost without a word of a limit. */
  readonly #goneAfter = new BoundedMap<string, number>(maxServers);
  /** Servers that were full, and until when they count as full. */
  readonly #full = new BoundedMap<string, number>(maxServers);
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  canPipeline(target: Target): boolean {
    return (this.#withoutPipelining.get(serverOf(target)) ?? 0) <= this.#now();
  }

  cannotPipeline(target: Target): void {
    this.#withoutPipelining.set(serverOf(target), this.#now() + withoutPipeliningMs);
  }

  canTakeFlights(target: Target): boolean {
    return (this.#withoutFlights.get(serverOf(target)) ?? 0) <= this.#now();
  }

  cannotTakeFlights(target: Target): void {
    this.#withoutFlights.set(serverOf(target), this.#now() + withoutFlightsMs);
  }

  /** While a server is full, no connection to it should lie idle: another lane or environment waits for the place. */
  isFull(target: Target): boolean {
    return (this.#full.get(serverOf(target)) ?? 0) > this.#now();
  }

  wasFull(target: Target): void {
    this.#full.set(serverOf(target), this.#now() + fullMs);
  }

  /** Infinity as long as no connection has shown a limit. */
  messagesPerConnection(target: Target): number {
    return this.#messages.get(serverOf(target)) ?? Number.POSITIVE_INFINITY;
  }

  /**
   * A connection was spent after so many messages, and the next message went over a new one at once. A refusal shows a
   * limit. A loss may be chance, and is believed when it happens again after the same number.
   */
  spentAfter(target: Target, messages: number, spent: Spent): void {
    const server = serverOf(target);
    const isKnown = spent === 'refused' || this.#goneAfter.get(server) === messages;
    (isKnown ? this.#messages : this.#goneAfter).set(server, messages);
  }
}
