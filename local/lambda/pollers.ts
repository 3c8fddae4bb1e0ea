// The pollers of an event source: each is one unit of concurrency. Some poll for as long as the source runs. More come
// while all are busy, and go when they receive nothing.

import {setTimeout as delay} from 'node:timers/promises';

/** "Lambda starts processing five batches at a time" (Configuring scaling behavior for SQS event sources). */
const firstPollers = 5;
/** "Up to 300 more instances per minute." */
const growthMs = 200;

export interface PollersOptions {
  readonly limit: number;
  /** Receives and handles one batch. @returns whether there was anything in it */
  readonly poll: () => Promise<boolean>;
  /** What went wrong in a poll. The poller goes on. */
  readonly onProblem: (error: unknown) => void;
}

export class Pollers {
  readonly #options: PollersOptions;
  readonly #stopping = new AbortController();
  readonly #running = new Set<Promise<void>>();
  /** How many wait for messages. While there is none, messages may wait for pollers. */
  #waiting = 0;
  #growth: NodeJS.Timeout | undefined;

  constructor(options: PollersOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#running.size;
  }

  /** Aborted by stop(). */
  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  start(): void {
    for (let n = 0; n < Math.min(firstPollers, this.#options.limit); n++) this.#add({stays: true});
  }

  /** Settles when all polls are over. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    clearTimeout(this.#growth);
    await Promise.all(this.#running);
  }

  /** Counts the poller as one that waits, until the receive is over. */
  async whileWaiting<T>(receive: () => Promise<T>): Promise<T> {
    this.#waiting++;
    try {
      return await receive();
    } finally {
      this.#waiting--;
    }
  }

  /** Adds a poller soon, if all are busy by then. */
  growSoon(): void {
    if (this.#waiting > 0 || this.#growth !== undefined || this.stopping.aborted) return;
    this.#growth = setTimeout(() => {
      this.#growth = undefined;
      if (this.#waiting > 0 || this.#running.size >= this.#options.limit) return;
      this.#add({stays: false});
      this.growSoon();
    }, growthMs);
  }

  #add({stays}: {readonly stays: boolean}): void {
    const poller = this.#run(stays).finally(() => this.#running.delete(poller));
    this.#running.add(poller);
  }

  async #run(stays: boolean): Promise<void> {
    const signal = this.stopping;
    while (!signal.aborted) {
      try {
        const found = await this.#options.poll();
        if (!found && !stays) return;
      } catch (error) {
        if (signal.aborted) return;
        this.#options.onProblem(error);
        await delay(1000, undefined, {signal}).catch(() => undefined);
      }
    }
  }
}
