// A sweep: all held mail is looked at once. What is free goes to route, what gets too old for SQS is sent again, the rest
// stays. What has been looked at is out of sight until the sweep is over, so that nothing is looked at twice. If the
// function dies, the visibility timeout brings all of it back; at most what was just being sent may be there twice.

import {heldFateOf} from '../../shared/delivery/held.ts';
import type {Settings} from '../../shared/settings/settings.ts';
import {maxBatchEntries} from '../../shared/sqs-limits.ts';
import type {Log} from '../runtime/log.ts';
import type {Sqs, Taken} from '../runtime/sqs.ts';
import {type HeldMail, heldMailOf} from './held-mail.ts';

export interface SweepParts {
  readonly sqs: Pick<Sqs, 'receive' | 'sendAll' | 'deleteAll' | 'hide'>;
  readonly urls: {readonly held: string; readonly waitingSoon: string};
  readonly settings: Settings;
  /** When it began, perhaps in an invocation before. */
  readonly begunMs: number;
  readonly remainingMs: () => number;
  readonly log: Log;
  readonly now: () => number;
}

export interface Swept {
  /** Whether all mail was looked at that was there when it began. */
  readonly isComplete: boolean;
  readonly released: number;
  readonly sentAgain: number;
  readonly stayed: number;
  readonly failed: number;
}

/** Requests at a time: more would only wait for the CPU. */
const side = 5;
/** What is put into the order of its arrival: as much as fits into memory at any size. */
const roundMessages = 1_000;
const roundCharacters = 32 * 1_048_576;
/** SQS keeps at most 120,000 messages of a queue out of sight (Amazon SQS quotas). */
const mostHidden = 100_000;
/** SQS gives out what is older first, by and large. So many new ones in a row: nothing older is left. */
const enoughNew = 1_000;

export const sweep = (parts: SweepParts): Promise<Swept> => new Sweep(parts).run();

class Sweep {
  readonly #parts: SweepParts;
  readonly #reserveMs: number;
  readonly #hidden: Taken[] = [];
  #released = 0;
  #sentAgain = 0;
  #failed = 0;
  #newInARow = 0;

  constructor(parts: SweepParts) {
    this.#parts = parts;
    this.#reserveMs = Math.min(60_000, parts.remainingMs() / 4);
  }

  async run(): Promise<Swept> {
    let isOver = false;
    try {
      while (!isOver && this.#hasTime) {
        const {taken, isEmpty} = await this.#take();
        isOver = isEmpty || this.#newInARow >= enoughNew;
        await this.#deal(taken);
      }
    } finally {
      await this.#show();
    }
    return {
      isComplete: isOver && this.#failed === 0,
      released: this.#released,
      sentAgain: this.#sentAgain,
      stayed: this.#hidden.length,
      failed: this.#failed,
    };
  }

  /** What is hidden must be shown again in the end, ten with a request. */
  get #hasTime(): boolean {
    return this.#parts.remainingMs() > this.#reserveMs + this.#hidden.length;
  }

  /** Some mail, and whether that was all that is to be seen. */
  async #take(): Promise<{readonly taken: readonly Taken[]; readonly isEmpty: boolean}> {
    const {sqs, urls, begunMs} = this.#parts;
    const taken: Taken[] = [];
    let characters = 0;
    while (taken.length < roundMessages && characters < roundCharacters && this.#hasTime) {
      const wave = await Promise.all(Array.from({length: side}, () => sqs.receive(urls.held)));
      const messages = wave.flat();
      if (messages.length === 0) return {taken, isEmpty: true};
      for (const {body, sentMs} of messages) {
        characters += body.length;
        this.#newInARow = sentMs > begunMs ? this.#newInARow + 1 : 0;
      }
      taken.push(...messages);
    }
    return {taken, isEmpty: false};
  }

  async #deal(taken: readonly Taken[]): Promise<void> {
    const {urls, settings, now} = this.#parts;
    const mails = await heldMailOf(taken, settings, now);
    const fates = Map.groupBy(mails, mail => this.#fateOf(mail));
    this.#hidden.push(...(fates.get('stays') ?? []).map(({taken: each}) => ({...each, body: ''})));
    const released = (fates.get('released') ?? []).toSorted((a, b) => a.arrivedMs - b.arrivedMs);
    this.#released += await this.#send(urls.waitingSoon, released);
    this.#sentAgain += await this.#send(urls.held, fates.get('sent again') ?? []);
  }

  #fateOf({stop, taken}: HeldMail) {
    const fate = heldFateOf(stop, taken, this.#parts.now());
    return fate === 'stays' && this.#hidden.length >= mostHidden ? 'sent again' : fate;
  }

  /** In their order, as far as requests that run side by side keep it. @returns how many */
  async #send(url: string, mails: readonly HeldMail[]): Promise<number> {
    let sent = 0;
    for (const some of chunksOf(mails, side * maxBatchEntries))
      for (const count of await Promise.all(
        chunksOf(some, maxBatchEntries).map(each =>
          this.#move(
            url,
            each.map(({taken}) => taken),
          ),
        ),
      ))
        sent += count;
    return sent;
  }

  async #move(url: string, mails: readonly Taken[]): Promise<number> {
    const {sqs, urls, log} = this.#parts;
    const untaken = await sqs.sendAll(url, mails);
    const sent = mails.filter(mail => !untaken.has(mail));
    for (const [{messageId}, error] of untaken) {
      log('error', 'held mail could not be moved on; it is tried again', {record: messageId, error});
      this.#failed += 1;
    }
    if (sent.length === 0) return 0;
    const undeleted = await sqs.deleteAll(urls.held, sent);
    // It comes back, and is there twice then: under one deduplication ID, unless it has waited for more than five minutes.
    for (const [{messageId}, error] of undeleted)
      log('error', 'held mail that was moved on could not be deleted', {record: messageId, error});
    return sent.length;
  }

  async #show(): Promise<void> {
    const {sqs, urls, log} = this.#parts;
    for (const some of chunksOf(this.#hidden, side * maxBatchEntries)) {
      const shown = chunksOf(some, maxBatchEntries).map(each => sqs.hide(urls.held, each, 0));
      const [error] = (await Promise.all(shown)).flatMap(each => [...each.values()]);
      if (error !== undefined)
        log('warn', 'held mail stays out of sight for its visibility timeout', {error});
    }
  }
}

function chunksOf<T>(list: readonly T[], size: number): readonly (readonly T[])[] {
  const chunks: T[][] = [];
  for (let start = 0; start < list.length; start += size) chunks.push(list.slice(start, start + size));
  return chunks;
}
