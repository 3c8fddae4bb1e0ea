// Writes the fates of messages down: the way to those that wait first, then the results, then the deletion from the
// delivery queue. What becomes known while a round of requests is under way is settled together in the next one.

import type {SQSRecord} from 'aws-lambda';
import type {Held, Settlement} from '../../shared/delivery/fate.ts';
import {omit} from '../../shared/json.ts';
import type {Log} from '../runtime/log.ts';
import type {Sqs} from '../runtime/sqs.ts';
import type {Results} from './results.ts';

export interface SettlerParts {
  readonly sqs: Sqs;
  readonly results: Results;
  readonly urls: {readonly waitingUrl: string; readonly deliveryUrl: string};
  readonly log: Log;
}

interface Waiting {
  readonly record: SQSRecord;
  readonly settlement: Settlement | Held;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** SQS takes so many entries in one request. */
const maxRound = 10;
/**
 * How long a fate waits for others to be written down with it, in milliseconds: each round costs three requests and
 * what they take to compute. A function that dies meanwhile repeats the messages that wait.
 */
const lingerMs = 25;
/** Fates of messages that could not be settled: when one comes again, it is not sent again. */
const maxRemembered = 1000;

export class Settler {
  readonly #parts: SettlerParts;
  readonly #remembered = new Map<string, Settlement | Held>();
  #waiting: Waiting[] = [];
  #working = false;
  /** Messages of the batch whose fate is not known yet. */
  #expected = 0;
  #hurry: () => void = () => {};

  constructor(parts: SettlerParts) {
    this.#parts = parts;
  }

  /** The fate of a message that has come again because it could not be settled in this environment. */
  remembered(record: SQSRecord): Settlement | Held | undefined {
    return this.#remembered.get(record.messageId);
  }

  /** Called at the start of a batch: when the fates of so many are known, nothing more is waited for. */
  expect(messages: number): void {
    this.#expected = messages;
  }

  /** @throws Error when the fate could not be written down: the message has to come again */
  settle(record: SQSRecord, settlement: Settlement | Held): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({record, settlement, resolve, reject});
      this.#expected -= 1;
      if (!this.#working) void this.#work();
      if (this.#expected <= 0 || this.#waiting.length >= maxRound) this.#hurry();
    });
  }

  async #work(): Promise<void> {
    this.#working = true;
    while (this.#waiting.length > 0) {
      await this.#linger();
      await this.#round(this.#waiting.splice(0, maxRound));
    }
    this.#working = false;
  }

  #linger(): Promise<void> {
    return new Promise(resolve => {
      const timer = setTimeout(resolve, lingerMs);
      this.#hurry = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.#expected <= 0 || this.#waiting.length >= maxRound) this.#hurry();
    });
  }

  async #round(all: readonly Waiting[]): Promise<void> {
    const {sqs, results, urls} = this.#parts;
    const failed = new Map<Waiting, string>();
    const standing = () => all.filter(each => !failed.has(each));
    const note = (those: readonly Waiting[], failures: ReadonlyMap<number, string>) => {
      for (const [index, reason] of failures) failed.set(those[index]!, reason);
    };
    // A result that promises another attempt must not come alone.
    const again = all.filter(({settlement}) => settlement.again !== undefined);
    note(
      again,
      await sqs.sendAll(
        urls.waitingUrl,
        again.map(({settlement}) => settlement.again!),
      ),
    );
    const told = standing().flatMap(waiting =>
      waiting.settlement.fate === 'held' ? [] : [{waiting, settlement: waiting.settlement}],
    );
    const untold = await results.publishAll(told.map(({settlement}) => settlement));
    for (const [index, reason] of untold) {
      const {waiting, settlement} = told[index]!;
      if (!this.#mayGoUntold(settlement, reason)) failed.set(waiting, reason);
    }
    // Of the last round Lambda deletes what the batch does not report as failed, and the batch is about to end.
    if (this.#expected > 0) await this.#delete(standing());
    for (const each of all) this.#finish(each, failed.get(each));
  }

  /** What could not be deleted Lambda deletes later; only should the function die first does it come again. */
  async #delete(settled: readonly Waiting[]): Promise<void> {
    const {sqs, urls, log} = this.#parts;
    const handles = settled.map(({record}) => record.receiptHandle);
    for (const [index, error] of await sqs.deleteAll(urls.deliveryUrl, handles)) {
      log('warn', 'a settled message is deleted when its batch ends', {
        id: settled[index]!.record.messageId,
        error,
      });
    }
  }

  /** An accepted or deferred message is on its way, or will be: coming again would send it twice. */
  #mayGoUntold({fate, body}: Settlement, error: string): boolean {
    if (fate !== 'accepted' && fate !== 'deferred') return false;
    const lost = omit(JSON.parse(body), ['mime']);
    this.#parts.log('error', 'a result could not be published', {fate, lost, error});
    return true;
  }

  #finish({record, settlement, resolve, reject}: Waiting, failure: string | undefined): void {
    this.#remembered.delete(record.messageId);
    if (failure === undefined) {
      resolve();
      return;
    }
    this.#remembered.set(record.messageId, settlement);
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size > maxRemembered) this.#remembered.delete(oldest!);
    reject(new Error(failure));
  }
}
