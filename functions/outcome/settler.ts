// Settles messages of the delivery queue: writes their outcomes down, then deletes them. Several are settled together: in a
// round of requests when five wait, with those that become known in the same moment; when the batch ends; or when one has
// waited for 250 ms.

import type {SQSRecord} from 'aws-lambda';
import type {Outcome} from '../../shared/delivery/outcome.ts';
import {maxBatchEntries} from '../../shared/sqs-limits.ts';
import {BoundedMap} from '../runtime/bounded-map.ts';
import {errorText, type Log} from '../runtime/log.ts';
import type {Sqs} from '../runtime/sqs.ts';
import type {Timer} from '../runtime/timer.ts';
import type {OutcomeWriter} from './outcome-writer.ts';

export interface SettlerParts {
  readonly writer: Pick<OutcomeWriter, 'known' | 'write'>;
  readonly sqs: Pick<Sqs, 'deleteAll'>;
  readonly deliveryUrl: string;
  readonly log: Log;
  readonly timer: Timer;
}

interface Waiting {
  readonly record: SQSRecord;
  readonly outcome: Outcome;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * Outcomes wait for others that are written down with them: each round costs two to four requests, and the CPU for them. If
 * the function dies meanwhile, it repeats the messages that wait.
 */
const mostWaiting = 5;
const mostWaitMs = 250;

export class Settler {
  readonly #parts: SettlerParts;
  /** Outcomes of messages that could not be settled. Such a message is redelivered, and must not be sent again. */
  readonly #remembered = new BoundedMap<string, Outcome>(1_000);
  #waiting: Waiting[] = [];
  #working = false;
  /** Messages of the batch whose outcome is still to come. */
  #expected = 0;
  #isOverdue = false;
  #stopTimer: () => void = () => {};

  constructor(parts: SettlerParts) {
    this.#parts = parts;
  }

  /** The outcome of a message that was redelivered because this environment could not settle it. */
  remembered(record: SQSRecord): Outcome | undefined {
    return this.#remembered.get(record.messageId);
  }

  /** To be called at the start of a batch. When so many outcomes are known, nothing more is waited for. */
  expect(messages: number): void {
    this.#expected = messages;
  }

  /** So many messages of the batch will have no outcome, as they stay in their queue. */
  expectFewer(messages: number): void {
    this.#expected -= messages;
    this.#workWhereDue();
  }

  /** @throws Error when the outcome could not be written down: the message is to be redelivered */
  settle(record: SQSRecord, outcome: Outcome): Promise<void> {
    if (this.remembered(record) !== outcome) this.#parts.writer.known(outcome);
    const {promise, resolve, reject} = Promise.withResolvers<void>();
    this.#waiting.push({record, outcome, resolve, reject});
    this.#expected -= 1;
    if (this.#waiting.length === 1)
      this.#stopTimer = this.#parts.timer(mostWaitMs, () => {
        this.#isOverdue = true;
        this.#workWhereDue();
      });
    this.#workWhereDue();
    return promise;
  }

  #workWhereDue(): void {
    if (this.#working || !this.#isDue) return;
    if (this.#isUrgent) void this.#work();
    // The replies to a flight are read one after the other, within a moment.
    else
      this.#parts.timer(0, () => {
        if (!this.#working && this.#isDue) void this.#work();
      });
  }

  async #work(): Promise<void> {
    this.#working = true;
    while (this.#isDue) {
      this.#stopTimer();
      const round = this.#waiting.splice(0, maxBatchEntries);
      this.#isOverdue = this.#waiting.length > 0;
      await this.#round(round);
    }
    this.#working = false;
  }

  get #isDue(): boolean {
    return this.#waiting.length >= mostWaiting || (this.#waiting.length > 0 && this.#isUrgent);
  }

  get #isUrgent(): boolean {
    // Messages move one after the other: the lane waits.
    const isWaitedFor = this.#waiting.some(({outcome}) => outcome.fate === 'moved');
    return isWaitedFor || this.#isOverdue || this.#expected <= 0;
  }

  async #round(all: readonly Waiting[]): Promise<void> {
    const outcomes = all.map(({outcome}) => outcome);
    const failures = await this.#parts.writer
      .write(outcomes)
      // A bug of ours must not leave anybody waiting.
      .catch(error => new Map(outcomes.map(outcome => [outcome, errorText(error)])));
    // The batch ends with the last round, and then Lambda deletes all records that are not reported as failed.
    if (this.#expected > 0)
      await this.#delete(all.filter(({outcome}) => !failures.has(outcome)).map(({record}) => record));
    for (const {record, outcome, resolve, reject} of all) {
      const failure = failures.get(outcome);
      if (failure === undefined) this.#remembered.delete(record.messageId);
      else this.#remembered.set(record.messageId, outcome);
      if (failure === undefined) resolve();
      else reject(new Error(failure));
    }
  }

  /** What cannot be deleted here, Lambda deletes later. It is redelivered only if the function dies before that. */
  async #delete(records: readonly SQSRecord[]): Promise<void> {
    const {sqs, deliveryUrl, log} = this.#parts;
    for (const [{messageId: id}, error] of await sqs.deleteAll(deliveryUrl, records))
      log('warn', 'a settled message is deleted when its batch ends', {id, error});
  }
}
