// What became of the messages: how long each took, by class of its receiver, and whether recipients got theirs in order.

import type {Clock} from './clock.ts';
import type {Mail} from './mail.ts';

export class Delays {
  #values = new Float32Array(1024);
  #count = 0;

  add(seconds: number): void {
    if (this.#count === this.#values.length) {
      const grown = new Float32Array(2 * this.#count);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[this.#count++] = seconds;
  }

  get count(): number {
    return this.#count;
  }

  /** The delays that these shares of the messages did not exceed. */
  quantiles(shares: readonly number[]): readonly number[] {
    const sorted = this.#values.slice(0, this.#count).sort();
    return shares.map(share => sorted[Math.max(Math.ceil(share * this.#count) - 1, 0)] ?? Number.NaN);
  }
}

export class Fates {
  readonly #clock: Clock;
  readonly #classOf: (receiver: string) => string;
  readonly #latest = new Map<string, number>();
  readonly delays = new Map<string, Delays>();
  /** By class, for what is settled. */
  readonly settled = new Map<string, number>();
  onAccepted: (mail: Mail) => void = () => {};
  all = 0;
  expiries = 0;
  deferrals = 0;
  /** A recipient's message came after one that was sent to it later. */
  inversions = 0;
  lastAcceptedMs = 0;

  constructor(clock: Clock, classOf: (receiver: string) => string) {
    this.#clock = clock;
    this.#classOf = classOf;
  }

  accepted(mail: Mail): void {
    const {message, destination, arrivedMs, number} = mail;
    const name = this.#classOf(destination.receiver);
    const delays = this.delays.get(name) ?? new Delays();
    this.delays.set(name, delays);
    delays.add((this.#clock.nowMs - arrivedMs) / 1000);
    const {address} = message.recipient;
    const latest = this.#latest.get(address) ?? -1;
    if (latest > number) this.inversions += 1;
    else this.#latest.set(address, number);
    this.lastAcceptedMs = this.#clock.nowMs;
    this.#settle(name);
    this.onAccepted(mail);
  }

  expired({destination}: Mail): void {
    this.expiries += 1;
    this.#settle(this.#classOf(destination.receiver));
  }

  #settle(name: string): void {
    this.all += 1;
    this.settled.set(name, (this.settled.get(name) ?? 0) + 1);
  }
}
