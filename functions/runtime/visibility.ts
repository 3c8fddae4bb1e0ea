// Whose the records of a batch are, and when SQS gives them out again. Lambda may hold a batch for minutes before it
// runs ("a batch that waits for concurrency"), and others may be sending already what has become visible meanwhile.

import type {SQSRecord} from 'aws-lambda';
import type {Log} from './log.ts';
import {queueNameOf, receivesOf} from './record.ts';
import type {Sqs, Untaken} from './sqs.ts';

export interface VisibilityParts {
  readonly sqs: Pick<Sqs, 'hide'>;
  /** Of the queues that the function takes from. */
  readonly sourceUrls: readonly string[];
  readonly log: Log;
  readonly now: () => number;
}

/** Most batches start within a second of their receive, or when they are collected; a cold start adds ten at most. */
const lateMs = 30_000;
/** Beyond the time that the function may still run: Lambda deletes afterwards, and a fault of ours may last. */
const graceMs = 60_000;

export class Visibility {
  readonly #parts: VisibilityParts;

  constructor(parts: VisibilityParts) {
    this.#parts = parts;
  }

  /**
   * Hides the records of a late batch anew, for as long as the function may run. A batch in time costs nothing.
   * @returns the records that SQS refuses this for, and those of their groups behind them: they are not to be touched
   * @throws Error when it refuses all of them
   */
  async renew(records: readonly SQSRecord[], remainingMs: number): Promise<ReadonlySet<SQSRecord>> {
    const {log, now} = this.#parts;
    if (!records.some(record => isLate(record, now()))) return new Set();
    const seconds = Math.ceil((remainingMs + Math.min(graceMs, 2 * remainingMs)) / 1000);
    const refused = await this.#hide(records, seconds);
    const [reason] = refused.values();
    if (refused.size === records.length) throw new Error(`the batch came too late: ${reason}`);
    if (refused.size > 0) {
      const ids = [...refused.keys()].map(({messageId}) => messageId);
      log('warn', 'messages came too late; they are left to whoever has received them since', {ids, reason});
    }
    const lost = new Set<string>();
    return new Set(
      records.filter(record => {
        if (refused.has(record)) lost.add(groupOf(record));
        return lost.has(groupOf(record));
      }),
    );
  }

  /** Has SQS give records out again after so many seconds. */
  async release(records: readonly SQSRecord[], seconds: number): Promise<void> {
    const [error] = (await this.#hide(records, seconds)).values();
    if (error !== undefined)
      this.#parts.log('warn', 'messages stay hidden for the visibility timeout', {error});
  }

  /**
   * Releases records after a fault of our own, which may last: in 30 s, then after twice as long each time.
   * @param mostMs the time of an invocation: waiting costs no more than a function that has died
   */
  async backOff(records: readonly SQSRecord[], mostMs: number): Promise<void> {
    const receives = Math.max(...records.map(receivesOf));
    await this.release(records, Math.ceil(Math.min(30 * 2 ** (receives - 1), mostMs / 1000)));
  }

  #hide(records: readonly SQSRecord[], seconds: number): Promise<Untaken<SQSRecord>> {
    const name = queueNameOf(records[0]!);
    const url = this.#parts.sourceUrls.find(each => each.endsWith(`/${name}`));
    if (url === undefined) throw new Error(`${name} is no queue that this function takes from`);
    return this.#parts.sqs.hide(url, records, seconds);
  }
}

/** On a standard queue each record is a group of its own. */
const groupOf = ({attributes, receiptHandle}: SQSRecord): string =>
  attributes.MessageGroupId ?? receiptHandle;

/** SQS tells when a message was received for the first time. Of later receives it tells only how many there were. */
const isLate = (record: SQSRecord, nowMs: number): boolean =>
  receivesOf(record) > 1 || nowMs - Number(record.attributes.ApproximateFirstReceiveTimestamp) > lateMs;
