// How fast the receiver of a lane takes mail that piles up. Only mail that is old is looked at.

import {isOfSettingsSmarthost} from '../../shared/delivery/destination.ts';
import {agedMs} from '../../shared/delivery/gates/admission.ts';
import type {DeliveryQueue} from '../../shared/delivery/receivers/placement.ts';
import type {Receivers} from '../receivers/receivers.ts';
import type {Deliverable} from './read-record.ts';

/** In the slow queue age means little for longer: mail may wait there for its receiver to change queues. */
const agedInMs: Readonly<Record<DeliveryQueue, number>> = {fast: agedMs, slow: 5 * 60_000};

export interface LanePaceParts {
  readonly receivers: Receivers;
  readonly now: () => number;
}

export class LanePace {
  readonly #first: Deliverable | undefined;
  readonly #parts: LanePaceParts;
  readonly #startMs: number;
  #accepted = 0;
  #lastMs: number;

  /** @param first the message at the head of the lane */
  constructor(first: Deliverable | undefined, parts: LanePaceParts) {
    this.#first = first;
    this.#parts = parts;
    this.#startMs = parts.now();
    this.#lastMs = this.#startMs;
  }

  /** @param timeMs when the reply came: settling takes longer */
  accepted(timeMs: number): void {
    this.#accepted += 1;
    this.#lastMs = Math.max(this.#lastMs, timeMs);
  }

  report(): void {
    if (this.#first === undefined || this.#accepted === 0) return;
    const {destination, deliveryQueue, sentMs} = this.#first;
    const {receiver, capacity} = destination;
    // All mail is its own: nothing would be won.
    if (isOfSettingsSmarthost(receiver)) return;
    const {receivers} = this.#parts;
    const ageMs = this.#startMs - sentMs;
    const aged = agedInMs[deliveryQueue];
    if (ageMs < aged && receivers.entryOf(receiver)?.pace === undefined) return;
    const spentMs = Math.max(this.#lastMs - this.#startMs, 1);
    const perMinute = (this.#accepted * 60_000 * capacity.connections) / spentMs;
    void receivers.paced(receiver, {perMinute, ageMs, agedMs: aged});
  }
}
