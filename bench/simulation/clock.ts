// Time that passes from event to event, and not by itself. What happens at an event runs to its end before the next one.

import {setImmediate as drained} from 'node:timers/promises';

/** In milliseconds since the epoch: messages carry dates. It is a point of every grid. */
export const startMs = Date.UTC(2026, 0, 1);

export class Clock {
  nowMs = startMs;
  readonly now = (): number => this.nowMs;
  // A heap of times. Events of the same time happen in their order.
  readonly #times: number[] = [];
  readonly #orders: number[] = [];
  readonly #acts: (() => void)[] = [];
  #count = 0;

  at(timeMs: number, act: () => void): void {
    const order = this.#count++;
    let index = this.#times.length;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (this.#times[parent]! <= timeMs) break;
      this.#move(parent, index);
      index = parent;
    }
    this.#put(index, timeMs, order, act);
  }

  sleep(ms: number): Promise<void> {
    return new Promise(resolve => this.at(this.nowMs + Math.max(ms, 0), resolve));
  }

  /** Until it is over, or nothing is left to happen. */
  async run(isOver: () => boolean): Promise<void> {
    await drained();
    while (this.#times.length > 0 && !isOver()) {
      this.nowMs = Math.max(this.nowMs, this.#times[0]!);
      this.#pop()();
      if (this.#times.length === 0 || this.#times[0]! > this.nowMs) await drained();
    }
  }

  #pop(): () => void {
    const first = this.#acts[0]!;
    const [time, order, act] = [this.#times.pop()!, this.#orders.pop()!, this.#acts.pop()!];
    const {length} = this.#times;
    if (length === 0) return first;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= length) break;
      if (child + 1 < length && this.#isBefore(child + 1, this.#times[child]!, this.#orders[child]!))
        child += 1;
      if (!this.#isBefore(child, time, order)) break;
      this.#move(child, index);
      index = child;
    }
    this.#put(index, time, order, act);
    return first;
  }

  #isBefore(index: number, time: number, order: number): boolean {
    const other = this.#times[index]!;
    return other < time || (other === time && this.#orders[index]! < order);
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#times[from]!, this.#orders[from]!, this.#acts[from]!);
  }

  #put(index: number, time: number, order: number, act: () => void): void {
    this.#times[index] = time;
    this.#orders[index] = order;
    this.#acts[index] = act;
  }
}
