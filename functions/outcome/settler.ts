// Settles messages of the delivery queue: writes their outcomes down, then deletes them. Outcomes that become known during
// a round of requests are settled together in the next round.

import type {SQSRecord} from 'aws-lambda';
import type {Outcome} from '../../shared/delivery/outcome.ts';
import {maxBatchEntries} from '../../shared/sqs-limits.ts';
import {BoundedMap} from '../runtime/bounded-map.ts';
import {errorText, type Log} from '../runtime/log.ts';
import type {Sqs} from '../runtime/sqs.ts';
import type {OutcomeWriter} from './outcome-writer.ts';

export interface SettlerParts {
  readonly writer: OutcomeWriter;
  readonly sqs: Sqs;
  readonly deliveryUrl: string;
  readonly log: Log;
}

interface Waiting {
  readonly record: SQSRecord;
  readonly outcome: Outcome;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * How long an outcome waits for others that are written down with it, in milliseconds: each round costs three requests and
 * the CPU for them. If the function dies meanwhile, it repeats the messages that wait.
 */
const lingerMs = 25;

export class Settler {
  readonly #parts: SettlerParts;
  /** Outcomes of messages that could not be settled. Such a message is redelivered, and must not be sent again. */
  readonly #remembered = new BoundedMap<string, Outcome>(1_000);
  #waiting: Waiting[] = [];
  #working = false;
  /** Messages of the batch whose outcome is not known yet. */
  #expected = 0;
  #hurry: () => void = () => {};

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

  /** @throws Error when the outcome could not be written down: the message is to be redelivered */
  settle(record: SQSRecord, outcome: Outcome): Promise<void> {
    if (this.remembered(record) !== outcome) this.#parts.writer.known(outcome);
    const {promise, resolve, reject} = Promise.withResolvers<void>();
    this.#waiting.push({record, outcome, resolve, reject});
    this.#expected -= 1;
    if (!this.#working) void this.#work();
    if (this.#isRoundComplete) this.#hurry();
    return promise;
  }

  async #work(): Promise<void> {
    this.#working = true;
    while (this.#waiting.length > 0) {
      const {promise, resolve} = Promise.withResolvers<void>();
      this.#hurry = resolve;
      const timer = setTimeout(resolve, lingerMs);
      if (this.#isRoundComplete) resolve();
      await promise;
      clearTimeout(timer);
      await this.#round(this.#waiting.splice(0, maxBatchEntries));
    }
    this.#working = false;
  }

  get #isRoundComplete(): boolean {
    return this.#expected <= 0 || this.#waiting.length >= maxBatchEntries;
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
