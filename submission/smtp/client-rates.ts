// How many recipients a minute each client may name.

import {reserve} from '../../shared/delivery/rate.ts';
import type {Client} from './clients.ts';

export class ClientRates {
  /** By user name: no more than there are in the file, now or before. */
  readonly #nextMs = new Map<string, number>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Counts one more. @returns false where there is no room for it now */
  take({username, messagesPerMinute}: Client): boolean {
    if (messagesPerMinute === undefined) return true;
    const rate = {intervalMs: 60_000 / messagesPerMinute, burst: messagesPerMinute};
    const nowMs = this.#now();
    const reserved = reserve(this.#nextMs.get(username), 1, rate, nowMs);
    if (reserved === undefined || reserved.slots.firstMs > nowMs) return false;
    this.#nextMs.set(username, reserved.nextMs);
    return true;
  }
}
