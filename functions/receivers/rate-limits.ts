// Which messages of a batch are over a limit. All environments share the slots. While the table that holds them fails,
// each environment keeps to its share of the rate, so that mail neither stops nor floods. The table is not asked about
// messages without a limit.

import type {Candidate} from '../../shared/delivery/gate.ts';
import type {Waits} from '../../shared/delivery/gates/rate.ts';
import {type Limit, reserve, shareOf, stateOfSlot, type Wait, waitsOf} from '../../shared/delivery/rate.ts';
import {BoundedMap} from '../runtime/bounded-map.ts';
import {errorText, type Log} from '../runtime/log.ts';
import type {SlotTable} from './slot-table.ts';

/** How long the table is left alone after it failed. Asking would cost seconds of each batch. */
const backOffMs = 10_000;

/** Undefined where nothing limits a message. */
export type LimitOf = (candidate: Candidate) => Limit | undefined;

export class RateLimits {
  readonly #table: Pick<SlotTable, 'reserve'>;
  readonly #log: Log;
  /** The next slots of this environment's share, while the table fails. */
  readonly #ownNextMs = new BoundedMap<string, number>(10_000);
  #failing = false;
  #askAgainMs = 0;

  readonly #limitOf: LimitOf;

  constructor(table: Pick<SlotTable, 'reserve'>, log: Log, limitOf: LimitOf) {
    this.#limitOf = limitOf;
    this.#table = table;
    this.#log = log;
  }

  async waitsOf(candidates: readonly Candidate[], now: () => number): Promise<Waits> {
    const waits = new Map<Candidate, Wait>();
    const limits = new Map(candidates.map(candidate => [candidate, this.#limitOf(candidate)]));
    const limited = candidates.filter(candidate => limits.get(candidate) !== undefined);
    const {ahead = [], none = []} = Object.groupBy(limited, ({message}) =>
      stateOfSlot(message.tracking.slotMs, now()),
    );
    for (const candidate of ahead) {
      const slotMs = candidate.message.tracking.slotMs!;
      waits.set(candidate, {untilMs: slotMs, slotMs});
    }
    const asking = Map.groupBy(none, candidate => limits.get(candidate)!.key);
    await Promise.all(
      [...asking.values()].map(async those => {
        const limit = limits.get(those[0]!)!;
        for (const [index, wait] of (await this.#ask(limit, those.length, now)).entries())
          if (wait !== undefined) waits.set(those[index]!, wait);
      }),
    );
    return waits;
  }

  async #ask(
    {key, rate, parts}: Limit,
    count: number,
    now: () => number,
  ): Promise<readonly (Wait | undefined)[]> {
    if (now() >= this.#askAgainMs) {
      try {
        const slots = await this.#table.reserve(key, count, rate, now());
        this.#answered();
        return waitsOf(slots, count, rate, now());
      } catch (error) {
        this.#failed(error, now());
      }
    }
    const share = shareOf(rate, parts);
    const reserved = reserve(this.#ownNextMs.get(key), count, share, now());
    if (reserved !== undefined) this.#ownNextMs.set(key, reserved.nextMs);
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
