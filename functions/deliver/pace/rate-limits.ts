// Which messages of a batch are over the rate of their receiver. All environments share the slots. While the table
// that holds them fails, each environment keeps to its share of the rate, so that mail neither stops nor floods. The
// table is not asked about receivers without a rate.

import type {Candidate} from '../../../shared/delivery/gate.ts';
import type {Waits} from '../../../shared/delivery/gates/rate.ts';
import {
  type Rate,
  rateOf,
  reserve,
  shareOf,
  stateOfSlot,
  type Wait,
  waitsOf,
} from '../../../shared/delivery/rate.ts';
import {BoundedMap} from '../../runtime/bounded-map.ts';
import {errorText, type Log} from '../../runtime/log.ts';
import type {SlotTable} from './slot-table.ts';

/** How long the table is left alone after it failed. Asking would cost seconds of each batch. */
const backOffMs = 10_000;

interface Asking {
  readonly rate: Rate;
  readonly connections: number;
  readonly candidates: Candidate[];
}

export class RateLimits {
  readonly #table: Pick<SlotTable, 'reserve'>;
  readonly #log: Log;
  /** The next slots of this environment's share, while the table fails. */
  readonly #ownNextMs = new BoundedMap<string, number>(10_000);
  #failing = false;
  #askAgainMs = 0;

  constructor(table: Pick<SlotTable, 'reserve'>, log: Log) {
    this.#table = table;
    this.#log = log;
  }

  async waitsOf(candidates: readonly Candidate[], now: () => number): Promise<Waits> {
    const waits = new Map<Candidate, Wait>();
    const asking = new Map<string, Asking>();
    for (const candidate of candidates) {
      const {receiver, capacity} = candidate.destination;
      const rate = rateOf(capacity);
      if (rate === undefined) continue;
      const {slotMs} = candidate.message.tracking;
      const state = stateOfSlot(slotMs, now());
      if (state === 'ahead') waits.set(candidate, {untilMs: slotMs!, slotMs: slotMs!});
      if (state !== 'none') continue;
      const those = asking.get(receiver) ?? {rate, connections: capacity.connections, candidates: []};
      those.candidates.push(candidate);
      asking.set(receiver, those);
    }
    await Promise.all(
      [...asking].map(async ([receiver, those]) => {
        for (const [index, wait] of (await this.#ask(receiver, those, now)).entries())
          if (wait !== undefined) waits.set(those.candidates[index]!, wait);
      }),
    );
    return waits;
  }

  async #ask(
    receiver: string,
    {rate, connections, candidates: {length: count}}: Asking,
    now: () => number,
  ): Promise<readonly (Wait | undefined)[]> {
    if (now() >= this.#askAgainMs) {
      try {
        const slots = await this.#table.reserve(receiver, count, rate, now());
        this.#answered();
        return waitsOf(slots, count, rate, now());
      } catch (error) {
        this.#failed(error, now());
      }
    }
    // Each lane is in one environment at a time, so that no more environments than lanes have mail for this receiver.
    const share = shareOf(rate, connections);
    const reserved = reserve(this.#ownNextMs.get(receiver), count, share, now());
    if (reserved !== undefined) this.#ownNextMs.set(receiver, reserved.nextMs);
    return waitsOf(reserved?.slots, count, share, now());
  }

  #answered(): void {
    if (!this.#failing) return;
    this.#failing = false;
    this.#ownNextMs.clear();
    this.#log('info', 'rates are kept by all environments together again');
  }

  #failed(error: unknown, nowMs: number): void {
    this.#askAgainMs = nowMs + backOffMs;
    if (this.#failing) return;
    this.#failing = true;
    const message = 'DynamoDB fails: until it answers, each environment keeps to its share of the rates';
    this.#log('error', message, {error: errorText(error)});
  }
}
