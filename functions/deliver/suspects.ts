// Messages at which functions may die: received so often that something must be the matter. Each is handled alone, under
// a mark that stands if the function dies. After three such deaths the message goes to the dead-letter queue.

import type {SQSRecord} from 'aws-lambda';
import type {MarkTable} from '../receivers/mark-table.ts';
import {errorText, type Log} from '../runtime/log.ts';
import {receivesOf} from '../runtime/record.ts';
import type {Sqs} from '../runtime/sqs.ts';
import type {Visibility} from '../runtime/visibility.ts';
import {groupOf, messageIdOf} from './read-record.ts';

/** A message of a batch of ten that is worked off one by one is received ten times, and nothing is wrong. */
const manyReceives = 20;
const mostDeaths = 3;

export interface SuspectsParts {
  readonly sqs: Pick<Sqs, 'sendAll' | 'deleteAll'>;
  readonly marks: MarkTable;
  readonly queueUrl: string;
  readonly deadLettersUrl: string;
  readonly visibility: Visibility;
  readonly log: Log;
}

type Deliver = (records: readonly SQSRecord[]) => Promise<readonly string[]>;

export class Suspects {
  readonly #parts: SuspectsParts;

  constructor(parts: SuspectsParts) {
    this.#parts = parts;
  }

  /** @returns the message ids of the records that are to be redelivered */
  async deliver(records: readonly SQSRecord[], deliver: Deliver): Promise<readonly string[]> {
    const suspect = records.find(record => receivesOf(record) >= manyReceives);
    if (suspect === undefined) return deliver(records);
    const others = records.filter(record => record !== suspect);
    const left = others.map(({messageId}) => messageId);
    if (others.length > 0) await this.#parts.visibility.release(others, 0);
    const deaths = await this.#mark(suspect);
    if (deaths >= mostDeaths && (await this.#bury(suspect, deaths))) return left;
    try {
      return [...left, ...(await deliver([suspect]))];
    } finally {
      // It has not died, whatever else went wrong.
      await this.#clear(suspect);
    }
  }

  /** @returns how many marks stood before; while the table fails, none */
  async #mark({messageId}: SQSRecord): Promise<number> {
    try {
      return await this.#parts.marks.add(messageId);
    } catch (error) {
      this.#warn(messageId, error);
      return 0;
    }
  }

  async #clear({messageId}: SQSRecord): Promise<void> {
    await this.#parts.marks.clear(messageId).catch(error => this.#warn(messageId, error));
  }

  #warn(id: string, error: unknown): void {
    this.#parts.log('warn', 'a message that is received often goes on without a mark', {
      id,
      error: errorText(error),
    });
  }

  async #bury(record: SQSRecord, deaths: number): Promise<boolean> {
    const {sqs, queueUrl, deadLettersUrl, log} = this.#parts;
    const {messageId, body} = record;
    const letter = {body, groupId: groupOf(record), deduplicationId: messageId};
    const [reason] = (await sqs.sendAll(deadLettersUrl, [letter])).values();
    if (reason !== undefined) return false;
    const about = {id: messageIdOf(record), deaths};
    log('error', 'message given up: functions die of it; it is in the dead-letter queue', about);
    await sqs.deleteAll(queueUrl, [record]);
    await this.#clear(record);
    return true;
  }
}
