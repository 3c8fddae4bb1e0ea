// A standard queue of SQS: messages with delays, and consumers that wait for them.

import type {Clock} from './clock.ts';
import type {Mail} from './mail.ts';
import type {Meter} from './meter.ts';

/** The longest WaitTimeSeconds. */
export const longPollMs = 20_000;

/** Consumers that wait for messages: one is woken at a time. */
export class Waiters {
  readonly #clock: Clock;
  readonly #waiting = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Until something is there, or so much time is over. */
  async wait(ms: number): Promise<void> {
    const {promise, resolve} = Promise.withResolvers<void>();
    const end = () => {
      this.#waiting.delete(end);
      resolve();
    };
    this.#waiting.add(end);
    this.#clock.at(this.#clock.nowMs + ms, end);
    await promise;
  }

  wake(): void {
    const [end] = this.#waiting;
    end?.();
  }
}

export class StandardQueue {
  readonly #clock: Clock;
  readonly #meter: Meter;
  readonly #waiters: Waiters;
  #visible: Mail[] = [];
  #next = 0;
  readonly #delayed = new Map<number, Mail[]>();
  /** Messages in it, delayed ones too. */
  size = 0;

  constructor(clock: Clock, meter: Meter) {
    this.#clock = clock;
    this.#meter = meter;
    this.#waiters = new Waiters(clock);
  }

  /** In requests of ten. */
  send(mails: readonly Mail[], delaySeconds = 0): void {
    this.#meter.standard += Math.ceil(mails.length / 10);
    this.put(mails, delaySeconds);
  }

  /** As a part of a request that is counted elsewhere. */
  put(mails: readonly Mail[], delaySeconds: number): void {
    this.size += mails.length;
    if (delaySeconds === 0) this.#appear(mails);
    else this.#delay(mails, this.#clock.nowMs + delaySeconds * 1000);
  }

  #delay(mails: readonly Mail[], dueMs: number): void {
    const together = this.#delayed.get(dueMs) ?? [];
    together.push(...mails);
    if (this.#delayed.has(dueMs)) return;
    this.#delayed.set(dueMs, together);
    this.#clock.at(dueMs, () => {
      this.#delayed.delete(dueMs);
      this.#appear(together);
    });
  }

  /** Waits for messages if there are none. */
  async receive(most: number, waitMs = longPollMs): Promise<Mail[]> {
    this.#meter.standard += 1;
    const endMs = this.#clock.nowMs + waitMs;
    while (this.#isEmpty && this.#clock.nowMs < endMs) await this.#waiters.wait(endMs - this.#clock.nowMs);
    const taken = this.#visible.slice(this.#next, this.#next + most);
    this.#next += taken.length;
    if (this.#next > 1000 && this.#next * 2 > this.#visible.length) {
      this.#visible = this.#visible.slice(this.#next);
      this.#next = 0;
    }
    if (!this.#isEmpty) this.#waiters.wake();
    return taken;
  }

  delete(count: number): void {
    this.#meter.standard += Math.ceil(count / 10);
    this.size -= count;
  }

  get #isEmpty(): boolean {
    return this.#next >= this.#visible.length;
  }

  #appear(mails: readonly Mail[]): void {
    for (const mail of mails) this.#visible.push(mail);
    this.#waiters.wake();
  }
}
