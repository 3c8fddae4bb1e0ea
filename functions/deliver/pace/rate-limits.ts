// Which messages of a batch are over the rate of their receiver. All environments share the slots. While the table
// that holds them fails, each environment keeps to its share of the rate, so that mail neither stops nor floods. The
// table is not asked about receivers without a rate.

import type {Candidate} from '../../../shared/delivery/gate.ts';
import type {Waits} from '../../../shared/delivery/gates/rate.ts';
import {rateOf, reserve, shareOf, stateOfSlot, type Wait, waitsOf} from '../../../shared/delivery/rate.ts';
import type {Capacity} from '../../../shared/settings/groups/capacity.ts';
import {BoundedMap} from '../../runtime/bounded-map.ts';
import {errorText, type Log} from '../../runtime/log.ts';
import type {SlotTable} from './slot-table.ts';

/** How long the table is left alone after it failed. Asking would cost seconds of each batch. */
const backOffMs = 10_000;

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
    const limited = candidates.filter(({destination}) => rateOf(destination.capacity) !== undefined);
    const {ahead = [], none = []} = Object.groupBy(limited, ({message}) =>
      stateOfSlot(message.tracking.slotMs, now()),
    );
    for (const candidate of ahead) {
      const slotMs = candidate.message.tracking.slotMs!;
      waits.set(candidate, {untilMs: slotMs, slotMs});
    }
    const asking = Map.groupBy(none, ({destination}) => destination.receiver);
    await Promise.all(
      [...asking].map(async ([receiver, those]) => {
        const {capacity} = those[0]!.destination;
        for (const [index, wait] of (await this.#ask(receiver, capacity, those.length, now)).entries())
          if (wait !== undefined) waits.set(those[index]!, wait);
      }),
    );
    return waits;
  }

  async #ask(
    receiver: string,
    capacity: Capacity,
    count: number,
    now: () => number,
  ): Promise<readonly (Wait | undefined)[]> {
    const rate = rateOf(capacity)!;
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
    const share = shareOf(rate, capacity.connections);
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
