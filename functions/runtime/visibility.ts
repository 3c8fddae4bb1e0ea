// Whether the records of a batch are still ours. Lambda may hold a batch for minutes before it runs ("a batch that
// waits for concurrency"), and what SQS makes visible meanwhile, somebody else may be sending already.

import type {SQSRecord} from 'aws-lambda';
import type {Log} from './log.ts';
import {queueNameOf} from './record.ts';
import type {Sqs} from './sqs.ts';

export interface VisibilityParts {
  readonly sqs: Pick<Sqs, 'hide'>;
  /** The URL of a queue that a function takes from, by its name. */
  readonly urlOf: (queueName: string) => string;
  readonly log: Log;
  readonly now: () => number;
}

/** Most batches start within a second of their receive; a cold start adds ten at most. */
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
    const {sqs, urlOf, log, now} = this.#parts;
    if (!records.some(record => isLate(record, now()))) return new Set();
    const seconds = Math.ceil((remainingMs + Math.min(graceMs, 2 * remainingMs)) / 1000);
    const handles = records.map(({receiptHandle}) => receiptHandle);
    const refused = await sqs.hide(urlOf(queueNameOf(records[0]!)), handles, seconds);
    const [reason] = refused.values();
    if (refused.size === records.length) throw new Error(`the batch came too late: ${reason}`);
    if (refused.size > 0) {
      const ids = [...refused.keys()].map(index => records[index]!.messageId);
      log('warn', 'messages came too late, and are somebody else’s', {ids, reason});
    }
    const lost = new Set<SQSRecord>();
    const groups = new Set<string>();
    for (const [index, record] of records.entries()) {
      const {MessageGroupId: group} = record.attributes;
      if (!refused.has(index) && !(group !== undefined && groups.has(group))) continue;
      lost.add(record);
      if (group !== undefined) groups.add(group);
    }
    return lost;
  }
}

/** SQS tells when a message was received for the first time, and of the others only how many there were. */
const isLate = ({attributes}: SQSRecord, nowMs: number): boolean =>
  Number(attributes.ApproximateReceiveCount) > 1 ||
  nowMs - Number(attributes.ApproximateFirstReceiveTimestamp) > lateMs;
