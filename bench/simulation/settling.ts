// How the fates of a batch are written down: by the functions' own settler, to a writer that takes its time. What is settled
// early is deleted early, and its lane is free for others.

import type {SQSRecord} from 'aws-lambda';
import {Settler} from '../../functions/outcome/settler.ts';
import type {Outcome} from '../../shared/delivery/outcome.ts';
import type {Clock} from './clock.ts';
import type {FifoQueue, FifoRecord} from './fifo-queue.ts';
import type {Meter} from './meter.ts';

/** The requests of a round. */
const roundMs = 20;

export interface SettlingParts {
  readonly clock: Clock;
  readonly meter: Meter;
  readonly queue: FifoQueue;
}

/** What has to be done when the round is written. */
export interface Settled {
  readonly outcome: Outcome;
  readonly hasResult: boolean;
  readonly goOn?: () => void;
}

export class Settling {
  readonly deleted = new Set<FifoRecord>();
  readonly #settler: Settler;
  readonly #settled = new Map<Outcome, Settled>();

  constructor(expected: number, {clock, meter, queue}: SettlingParts) {
    const write = async (outcomes: readonly Outcome[]) => {
      const round = outcomes.map(outcome => this.#settled.get(outcome)!);
      if (round.some(({hasResult}) => hasResult)) meter.standard += 1;
      await clock.sleep(roundMs);
      for (const {goOn} of round) goOn?.();
      return new Map();
    };
    const deleteAll = async (_: string, records: readonly unknown[]) => {
      queue.delete(records as readonly FifoRecord[]);
      for (const record of records) this.deleted.add(record as FifoRecord);
      return new Map();
    };
    this.#settler = new Settler({
      writer: {known: () => {}, write},
      sqs: {deleteAll},
      deliveryUrl: '',
      log: () => {},
      timer: (ms, run) => {
        let isStopped = false;
        clock.at(clock.nowMs + ms, () => {
          if (!isStopped) run();
        });
        return () => {
          isStopped = true;
        };
      },
    });
    this.#settler.expect(expected);
  }

  expectFewer(messages: number): void {
    this.#settler.expectFewer(messages);
  }

  settle(record: FifoRecord, settled: Settled): Promise<void> {
    this.#settled.set(settled.outcome, settled);
    return this.#settler.settle(record as unknown as SQSRecord, settled.outcome);
  }
}
