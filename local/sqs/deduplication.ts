// What a FIFO queue has accepted within the deduplication interval, by deduplication ID. It outlives the messages: a repeated
// ID is dropped even after the first message was deleted.

import {createHash} from 'node:crypto';
import type {NewMessage} from './message.ts';
import type {Accepted, QueueRecords} from './queue-records.ts';

/** "Within the 5-minute deduplication interval" ("Exactly-once processing", Amazon SQS Developer Guide). */
const intervalMs = 5 * 60 * 1000;

export class Deduplication {
  /** In the order of acceptance, so that the oldest is always first. */
  readonly #accepted = new Map<string, Accepted>();
  readonly #records: QueueRecords;

  constructor(records: QueueRecords) {
    this.#records = records;
    const kept = [...records.accepted()].sort(([, a], [, b]) => a.at - b.at);
    for (const [key, accepted] of kept) this.#accepted.set(key, accepted);
  }

  /** What was accepted under this ID within the interval. */
  find(key: string | undefined, now: number): Accepted | undefined {
    this.#forget(now);
    return key === undefined ? undefined : this.#accepted.get(key);
  }

  add(key: string | undefined, accepted: Accepted): void {
    if (key === undefined) return;
    this.#accepted.set(key, accepted);
    this.#records.putAccepted(key, accepted);
  }

  #forget(now: number): void {
    for (const [key, {at}] of this.#accepted) {
      if (at > now - intervalMs) return;
      this.#accepted.delete(key);
      this.#records.removeAccepted(key);
    }
  }
}

/** An explicit ID overrides the one made from the body (API Reference, SendMessage, MessageDeduplicationId). */
export const deduplicationIdOf = ({body, deduplicationId}: NewMessage): string =>
  deduplicationId ?? createHash('sha256').update(body).digest('hex');

/** Where the scope is the group, each group has IDs of its own ("High throughput for FIFO queues"). */
export const deduplicationKeyOf = (
  scope: 'queue' | 'messageGroup',
  groupId: string | undefined,
  deduplicationId: string | undefined,
): string | undefined =>
  // Neither ID can hold a space.
  scope === 'queue' || deduplicationId === undefined ? deduplicationId : `${groupId} ${deduplicationId}`;
