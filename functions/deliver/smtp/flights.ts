// The messages of one connection that have no reply to their text yet. A message that wants to leave waits for room
// among them, and those that have left may all be waited for.

import {FlightWindow, type Wish} from '../../../shared/smtp/flight-window.ts';

export class Flights {
  readonly #window = new FlightWindow();
  /** Those who want to know of the next reply. */
  #waiting: (() => void)[] = [];

  get unanswered(): number {
    return this.#window.unanswered;
  }

  /** Settles when there is room, or the connection is of no use any more. */
  async room(wishOf: () => Wish, isUsable: () => boolean): Promise<void> {
    while (isUsable() && !this.#window.hasRoom(wishOf())) await this.#change();
  }

  /** Settles when every message has its reply. */
  async empty(): Promise<void> {
    while (this.unanswered > 0) await this.#change();
  }

  left(octets: number, nowMs: number): void {
    this.#window.left(octets, nowMs);
  }

  answered(nowMs: number): void {
    this.#window.answered(nowMs);
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #change(): Promise<void> {
    return new Promise(resolve => this.#waiting.push(resolve));
  }
}
