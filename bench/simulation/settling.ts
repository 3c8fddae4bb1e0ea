// How the fates of a batch are written down: in rounds, as functions/outcome/settler.ts does. What is settled early is
// deleted early, and its lane is free for others.

import type {Clock} from './clock.ts';
import type {FifoQueue, FifoRecord} from './fifo-queue.ts';
import type {Meter} from './meter.ts';

const lingerMs = 25;
/** The requests of a round. */
const roundMs = 20;

export interface SettlingParts {
  readonly clock: Clock;
  readonly meter: Meter;
  readonly queue: FifoQueue;
}

/** What has to be done when the round is written. */
export interface Settled {
  readonly record: FifoRecord;
  readonly hasResult: boolean;
  readonly goOn?: () => void;
}

export class Settling {
  readonly #parts: SettlingParts;
  readonly deleted = new Set<FifoRecord>();
  #waiting: (Settled & {readonly resolve: () => void})[] = [];
  #isWorking = false;
  #expected: number;

  constructor(expected: number, parts: SettlingParts) {
    this.#expected = expected;
    this.#parts = parts;
  }

  settle(settled: Settled): Promise<void> {
    const {promise, resolve} = Promise.withResolvers<void>();
    this.#waiting.push({...settled, resolve});
    this.#expected -= 1;
    if (!this.#isWorking) void this.#work();
    return promise;
  }

  async #work(): Promise<void> {
    const {clock, meter, queue} = this.#parts;
    this.#isWorking = true;
    while (this.#waiting.length > 0) {
      if (this.#expected > 0) await clock.sleep(lingerMs);
      const round = this.#waiting.splice(0, 10);
      if (round.some(({hasResult}) => hasResult)) meter.standard += 1;
      await clock.sleep(roundMs);
      for (const {goOn} of round) goOn?.();
      if (this.#expected > 0) {
        const records = round.map(({record}) => record);
        queue.delete(records);
        for (const record of records) this.deleted.add(record);
      }
      for (const {resolve} of round) resolve();
    }
    this.#isWorking = false;
  }
}
