// Receivers in trouble, as this environment knows them: the list that all share, read every ten seconds, and what it has
// seen itself. While the table fails, it goes by what it knows.

import {isOfSettingsSmarthost} from '../../shared/delivery/destination.ts';
import {changeLine} from '../../shared/delivery/receivers/change-line.ts';
import {
  answered,
  claimed,
  type Entry,
  type Event,
  type FailedEvent,
  failed,
  isUnanswered,
  type LateEvent,
  late,
  listAgeMs,
  type PacedEvent,
  paced,
} from '../../shared/delivery/receivers/entry.ts';
import {type Treatment, treatmentOf} from '../../shared/delivery/receivers/treatment.ts';
import {BoundedMap} from '../runtime/bounded-map.ts';
import {errorText, type Log} from '../runtime/log.ts';
import type {ReceiverTable, Stored} from './receiver-table.ts';

export interface ReceiversParts {
  readonly table: Pick<ReceiverTable, 'all' | 'replace'>;
  readonly log: Log;
  readonly now: () => number;
  /** In how many message groups the mail of unanswered receivers is. */
  readonly groups: number;
}

/** How long the table is left alone after it failed. Asking would cost seconds of each batch. */
const backOffMs = 10_000;
/** A list may be older than a write of ours for so long (DynamoDB, "eventually consistent reads"). */
const consistentMs = 2_000;
/** Others may write between two writes of ours. This many times in a row is no chance. */
const maxWrites = 8;

type Change = (entry: Entry | undefined) => Entry | undefined;

export class Receivers {
  readonly #parts: ReceiversParts;
  #entries = new Map<string, Stored>();
  /** When we last wrote an entry, or wanted to and could not. */
  readonly #writtenMs = new BoundedMap<string, number>(10_000);
  readonly #successMs = new BoundedMap<string, number>(10_000);
  readonly #writing = new Map<string, Promise<unknown>>();
  #unanswered: number | undefined;
  #readMs = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | undefined;
  #askAgainMs = 0;
  #failing = false;

  constructor(parts: ReceiversParts) {
    this.#parts = parts;
  }

  entryOf(receiver: string): Entry | undefined {
    return this.#entries.get(receiver)?.entry;
  }

  treatmentOf(receiver: string): Treatment {
    // Counted once for each change of the list.
    this.#unanswered ??= [...this.#entries.values()].filter(({entry}) => entry && isUnanswered(entry)).length;
    return treatmentOf(isOfSettingsSmarthost(receiver), this.#unanswered, this.#parts.groups);
  }

  /** To be called before each message, as a batch may take minutes. @param ageMs how old the list may be */
  async refresh(ageMs = listAgeMs): Promise<void> {
    const nowMs = this.#parts.now();
    if (nowMs < this.#readMs + ageMs || nowMs < this.#askAgainMs) return;
    // Lanes ask side by side.
    this.#reading ??= this.#read(nowMs).finally(() => {
      this.#reading = undefined;
    });
    await this.#reading;
  }

  async #read(startMs: number): Promise<void> {
    const {table} = this.#parts;
    try {
      const read = new Map(await table.all(startMs));
      for (const [receiver, writtenMs] of this.#writtenMs) {
        if (writtenMs < startMs - consistentMs) continue;
        const [own, theirs] = [this.#entries.get(receiver), read.get(receiver)];
        if (own && own.version >= (theirs?.version ?? 0)) read.set(receiver, own);
        else if (!own) read.delete(receiver);
      }
      this.#entries = read;
      this.#unanswered = undefined;
      this.#readMs = startMs;
      this.#works();
    } catch (error) {
      this.#fails(error);
    }
  }

  /** An attempt failed at every server. Settles when all environments can know it. */
  failed(receiver: string, event: Omit<FailedEvent, keyof Event>): Promise<void> {
    return this.#change(receiver, entry => failed(receiver, entry, {...this.#event(receiver), ...event}));
  }

  late(receiver: string, event: Omit<LateEvent, keyof Event>): Promise<void> {
    return this.#change(receiver, entry => late(receiver, entry, {...this.#event(receiver), ...event}));
  }

  /** The receiver took a message, or refused it. It costs nothing where there is no entry. */
  async answered(receiver: string): Promise<void> {
    this.#successMs.set(receiver, this.#parts.now());
    if (!this.#entries.has(receiver)) return;
    await this.#change(receiver, entry => answered(entry, this.#event(receiver)));
  }

  /** Mail of the receiver that is being sent is so old. */
  paced(receiver: string, event: Omit<PacedEvent, 'nowMs'>): Promise<void> {
    const nowMs = this.#parts.now();
    return this.#change(receiver, entry => paced(receiver, entry, {nowMs, ...event}));
  }

  /** @returns whether the probe is this environment's. While the table fails, each environment probes for itself. */
  async claim(receiver: string): Promise<boolean> {
    let isMine = false;
    await this.#change(receiver, entry => {
      const mine = entry && claimed(entry, this.#event(receiver));
      isMine = mine !== undefined;
      return mine ?? entry;
    });
    return isMine;
  }

  /** When this environment last had a success at the receiver. */
  successMs(receiver: string): number | undefined {
    return this.#successMs.get(receiver);
  }

  /** Settles when nothing is being written. An environment may be frozen after that. */
  async written(): Promise<void> {
    await Promise.all(this.#writing.values());
  }

  #event(receiver: string): Event {
    return {
      nowMs: this.#parts.now(),
      successMs: this.#successMs.get(receiver),
      treatment: this.treatmentOf(receiver),
    };
  }

  /** One change of an entry after the other. */
  async #change(receiver: string, change: Change): Promise<void> {
    const before = this.#writing.get(receiver);
    const writing = (before ?? Promise.resolve()).then(() => this.#write(receiver, change));
    this.#writing.set(receiver, writing);
    await writing;
    if (this.#writing.get(receiver) === writing) this.#writing.delete(receiver);
  }

  async #write(receiver: string, change: Change): Promise<void> {
    const {table, now} = this.#parts;
    for (let writes = 0; writes < maxWrites; writes += 1) {
      const stored = this.#entries.get(receiver);
      const before = stored?.entry;
      const entry = change(before);
      if (entry === before) return;
      if (now() < this.#askAgainMs) {
        this.#keep(receiver, withEntry(stored, entry));
        return this.#tell(receiver, before, entry);
      }
      try {
        const replaced = await table.replace(receiver, stored, entry, now());
        this.#works();
        this.#keep(receiver, replaced.stored);
        if (replaced.done) return this.#tell(receiver, before, entry);
      } catch (error) {
        this.#fails(error);
      }
    }
  }

  #keep(receiver: string, stored: Stored | undefined): void {
    if (stored) this.#entries.set(receiver, stored);
    else this.#entries.delete(receiver);
    this.#unanswered = undefined;
    this.#writtenMs.set(receiver, this.#parts.now());
  }

  #tell(receiver: string, before: Entry | undefined, after: Entry | undefined): void {
    const line = changeLine(receiver, before, after);
    if (line) this.#parts.log(line.level, line.message, line.fields);
  }

  #works(): void {
    if (this.#failing) this.#parts.log('info', 'the table of receivers can be used again');
    this.#failing = false;
  }

  #fails(error: unknown): void {
    const {log, now} = this.#parts;
    this.#askAgainMs = now() + backOffMs;
    const message = 'the table of receivers fails; this environment goes by what it knows';
    if (!this.#failing) log('error', message, {error: errorText(error)});
    this.#failing = true;
  }
}

/** An entry that could not be written. Its version stays, so that a later write can take its place. */
const withEntry = (stored: Stored | undefined, entry: Entry | undefined): Stored | undefined =>
  entry === undefined && stored === undefined ? undefined : {version: stored?.version ?? 0, entry};
