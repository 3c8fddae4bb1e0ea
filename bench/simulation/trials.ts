// Attempts at receivers: how many there were, and how many at a time.

import type {DeliveryQueue} from '../../shared/delivery/receivers/placement.ts';

export class Trials {
  readonly counts = new Map<string, number>();
  readonly #now = new Map<string, number>();
  /** The most that a receiver had at a time. */
  readonly most = new Map<string, number>();

  begin(receiver: string, _: DeliveryQueue): void {
    this.counts.set(receiver, (this.counts.get(receiver) ?? 0) + 1);
    const now = (this.#now.get(receiver) ?? 0) + 1;
    this.#now.set(receiver, now);
    if (now > (this.most.get(receiver) ?? 0)) this.most.set(receiver, now);
  }

  end(receiver: string, _: DeliveryQueue): void {
    this.#now.set(receiver, this.#now.get(receiver)! - 1);
  }
}
