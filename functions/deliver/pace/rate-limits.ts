// Which messages of a batch are over the rate of their queue. The slots are those of all environments together; while
// the table that has them fails, each environment keeps to its share of the rate by itself: mail neither stops nor
// floods. A batch of queues without a rate asks nobody.

import {resolveDestination} from '../../../shared/delivery/destination.ts';
import {
  type Rate,
  rateOf,
  reserve,
  shareOf,
  stateOfSlot,
  type Wait,
  waitsOf,
} from '../../../shared/delivery/rate.ts';
import type {Message} from '../../../shared/message/message.ts';
import type {Settings} from '../../../shared/settings/settings.ts';
import {errorText, type Log} from '../../runtime/log.ts';
import type {SlotTable} from './slot-table.ts';

/** The messages that must wait. */
export type Waits = ReadonlyMap<Message, Wait>;

/** So long the table is left alone after it failed: asking costs seconds of each batch. */
const backOffMs = 10_000;

interface Asking {
  readonly rate: Rate;
  readonly connections: number;
  readonly messages: Message[];
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

  async waitsOf(messages: readonly Message[], settings: Settings, now: () => number): Promise<Waits> {
    const waits = new Map<Message, Wait>();
    const asking = new Map<string, Asking>();
    for (const message of messages) {
      const {receiver, capacity} = resolveDestination(message, settings);
      const rate = rateOf(capacity);
      if (rate === undefined) continue;
      const {slotMs} = message.tracking;
      const state = stateOfSlot(slotMs, now());
      if (state === 'ahead') waits.set(message, {untilMs: slotMs!, slotMs: slotMs!});
      if (state !== 'none') continue;
      const those = asking.get(receiver) ?? {rate, connections: capacity.connections, messages: []};
      those.messages.push(message);
      asking.set(receiver, those);
    }
    await Promise.all(
      [...asking].map(async ([queue, those]) => {
        for (const [index, wait] of (await this.#ask(queue, those, now)).entries())
          if (wait !== undefined) waits.set(those.messages[index]!, wait);
      }),
    );
    return waits;
  }

  async #ask(
    queue: string,
    {rate, connections, messages: {length: count}}: Asking,
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
