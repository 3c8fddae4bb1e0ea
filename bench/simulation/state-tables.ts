// The tables that all environments share: receivers in trouble, and slots. Each request takes its time, so that others
// may write meanwhile.

import type {ReceiverTable, Stored} from '../../functions/receivers/receiver-table.ts';
import type {SlotTable} from '../../functions/receivers/slot-table.ts';
import {type Rate, reserve, type Slots} from '../../shared/delivery/rate.ts';
import {type Entry, expiresMs} from '../../shared/delivery/receivers/entry.ts';
import type {Clock} from './clock.ts';
import type {Meter} from './meter.ts';

const answerMs = 5;
/** A JSON of its members, with key and version. */
const entryOctets = 350;
/** "One read request unit: two eventually consistent reads for an item up to 4 KB"; a query counts all its items. */
const octetsPerRead = 8192;

interface Parts {
  readonly clock: Clock;
  readonly meter: Meter;
}

export class TroubleTable implements Pick<ReceiverTable, 'all' | 'replace'> {
  readonly entries = new Map<string, Stored>();
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async all(nowMs: number): Promise<ReadonlyMap<string, Stored>> {
    const {clock, meter} = this.#parts;
    meter.reads += Math.max(Math.ceil((this.entries.size * entryOctets) / (octetsPerRead / 2)) / 2, 0.5);
    const read = new Map<string, Stored>();
    for (const [receiver, stored] of this.entries) {
      if (expiresMs(stored.entry!) > nowMs) read.set(receiver, stored);
      else this.entries.delete(receiver);
    }
    await clock.sleep(answerMs);
    return read;
  }

  async replace(receiver: string, before: Stored | undefined, entry: Entry | undefined, nowMs: number) {
    const {clock, meter} = this.#parts;
    await clock.sleep(answerMs);
    meter.writes += 1;
    const current = this.entries.get(receiver);
    if ((current?.version ?? 0) !== (before?.version ?? 0)) {
      const isOver = current?.entry && expiresMs(current.entry) <= nowMs;
      return {done: false, stored: isOver ? {...current, entry: undefined} : current};
    }
    const stored = entry && {version: (before?.version ?? 0) + 1, entry};
    if (stored) this.entries.set(receiver, stored);
    else this.entries.delete(receiver);
    return {done: true, stored};
  }
}

export class SlotsTable implements Pick<SlotTable, 'reserve'> {
  readonly #parts: Parts;
  readonly #nextMs = new Map<string, number>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async reserve(key: string, count: number, rate: Rate, nowMs: number): Promise<Slots | undefined> {
    const {clock, meter} = this.#parts;
    await clock.sleep(answerMs);
    meter.writes += 1;
    const reserved = reserve(this.#nextMs.get(key), count, rate, nowMs);
    if (reserved) this.#nextMs.set(key, reserved.nextMs);
    return reserved?.slots;
  }
}
