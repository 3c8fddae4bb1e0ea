// Which messages of a batch are over the rate of their queue. The slots are those of all environments together; while
// the table that has them fails, each environment keeps to its share of the rate by itself: mail neither stops nor
// floods. A batch of queues without a rate asks nobody.

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
import {errorText, type Log} from '../../runtime/log.ts';
import type {SlotTable} from './slot-table.ts';

/** So long the table is left alone after it failed: asking costs seconds of each batch. */
const backOffMs = 10_000;

interface Asking {
  readonly rate: Rate;
  readonly connections: number;
  readonly candidates: Candidate[];
}

export class RateLimits {
  readonly #table: Pick<SlotTable, 'reserve'>;
  readonly #log: Log;
  /** While the table fails: the next slots of this environment's share. */
  readonly #ownNextMs = new Map<string, number>();
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
      [...asking].map(async ([queue, those]) => {
        for (const [index, wait] of (await this.#ask(queue, those, now)).entries())
          if (wait !== undefined) waits.set(those.candidates[index]!, wait);
      }),
    );
    return waits;
  }

  async #ask(
    queue: string,
    {rate, connections, candidates: {length: count}}: Asking,
    now: () => number,
  ): Promise<readonly (Wait | undefined)[]> {
    if (now() >= this.#askAgainMs) {
      try {
        const slots = await this.#table.reserve(queue, count, rate, now());
        this.#answered();
        return waitsOf(slots, count, rate, now());
      } catch (error) {
        this.#failed(error, now());
      }
    }
    // Each lane is in one environment at a time: no more environments than that have mail of this queue in hand.
    const share = shareOf(rate, connections);
    const reserved = reserve(this.#ownNextMs.get(queue), count, share, now());
    if (reserved !== undefined) this.#ownNextMs.set(queue, reserved.nextMs);
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
