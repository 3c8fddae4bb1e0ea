// An event source of Lambda: pollers that receive batches and have each handled. Five stay; up to five more come in a
// second while all are busy ("up to 300 more instances per minute"), and go when they receive nothing.

import type {Clock} from './clock.ts';

const firstPollers = 5;
const growthMs = 200;

export interface EventSourceParts<Item> {
  readonly clock: Clock;
  /** MaximumConcurrency. */
  readonly most: number;
  readonly receive: () => Promise<readonly Item[]>;
  /** Settles when the invocation has ended. */
  readonly handle: (batch: readonly Item[]) => Promise<void>;
}

export class EventSource<Item> {
  readonly #parts: EventSourceParts<Item>;
  #pollers = 0;
  #waiting = 0;
  #grows = false;

  constructor(parts: EventSourceParts<Item>) {
    this.#parts = parts;
    for (let index = 0; index < Math.min(firstPollers, parts.most); index += 1) void this.#poll(true);
  }

  /** How many invocations run. */
  get busy(): number {
    return this.#pollers - this.#waiting;
  }

  async #poll(stays: boolean): Promise<void> {
    const {receive, handle} = this.#parts;
    this.#pollers += 1;
    for (;;) {
      this.#waiting += 1;
      const batch = await receive();
      this.#waiting -= 1;
      if (batch.length > 0) {
        this.#growSoon();
        await handle(batch);
      } else if (!stays) break;
    }
    this.#pollers -= 1;
  }

  #growSoon(): void {
    const {clock, most} = this.#parts;
    if (this.#grows || this.#waiting > 0 || this.#pollers >= most) return;
    this.#grows = true;
    clock.at(clock.nowMs + growthMs, () => {
      this.#grows = false;
      if (this.#waiting > 0 || this.#pollers >= most) return;
      void this.#poll(false);
      this.#growSoon();
    });
  }
}
