// SQS as the functions use it: sending many with as few requests as its limits allow, deleting one.

import {setTimeout as delay} from 'node:timers/promises';
import {
  type BatchResultErrorEntry,
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueUrlCommand,
  SendMessageBatchCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import {maxBodyOctets} from '../../shared/delivery/result.ts';
import {octetsOf} from '../../shared/json.ts';
import {errorText} from './log.ts';

export interface Outgoing {
  readonly body: string;
  /** FIFO queues only. */
  readonly groupId?: string;
  readonly deduplicationId?: string;
  /** Standard queues only; 0–900 s. */
  readonly delaySeconds?: number;
}

/** SendMessageBatch: at most 10 entries, and 1 MiB in all. */
const maxBatchEntries = 10;
const maxBatchOctets = maxBodyOctets;

export class Sqs {
  readonly #client: SQSClient;
  readonly #urls = new Map<string, Promise<string>>();

  constructor(client: SQSClient) {
    this.#client = client;
  }

  /** Sends all of them, in order; returns the indexes of those that SQS did not take, with its reason. */
  async sendAll(queueUrl: string, messages: readonly Outgoing[]): Promise<ReadonlyMap<number, string>> {
    const failures = new Map<number, string>();
    for (const batch of packed(messages)) {
      const untaken = await inBatch(batch, async indexes => {
        const Entries = indexes.map(index => {
          const {body, groupId, deduplicationId, delaySeconds} = messages[index]!;
          return {
            Id: String(index),
            MessageBody: body,
            MessageGroupId: groupId,
            MessageDeduplicationId: deduplicationId,
            DelaySeconds: delaySeconds,
          };
        });
        return this.#client.send(new SendMessageBatchCommand({QueueUrl: queueUrl, Entries}));
      });
      for (const [index, reason] of untaken) failures.set(index, reason);
    }
    return failures;
  }

  /**
   * Deletes at most 10; what is already gone is no failure for SQS, nor for us.
   * @returns the indexes of those that could not be deleted, with SQS's reason
   */
  async deleteAll(queueUrl: string, receiptHandles: readonly string[]): Promise<ReadonlyMap<number, string>> {
    return inBatch([...receiptHandles.keys()], indexes => {
      const Entries = indexes.map(index => ({Id: String(index), ReceiptHandle: receiptHandles[index]}));
      return this.#client.send(new DeleteMessageBatchCommand({QueueUrl: queueUrl, Entries}));
    });
  }

  /**
   * Hides received messages for so many seconds from now; 0 makes them visible. At most 10 at a time.
   * @returns the indexes of those that SQS refused this for, with its reason
   */
  async hide(
    queueUrl: string,
    receiptHandles: readonly string[],
    seconds: number,
  ): Promise<ReadonlyMap<number, string>> {
    return inBatch([...receiptHandles.keys()], indexes => {
      const Entries = indexes.map(index => ({
        Id: String(index),
        ReceiptHandle: receiptHandles[index],
        VisibilityTimeout: seconds,
      }));
      return this.#client.send(new ChangeMessageVisibilityBatchCommand({QueueUrl: queueUrl, Entries}));
    });
  }

  /** The URL of a queue of this account, asked for once. @throws QueueDoesNotExist, AccessDenied */
  urlOf(name: string): Promise<string> {
    const known = this.#urls.get(name);
    if (known !== undefined) return known;
    const asked = this.#client
      .send(new GetQueueUrlCommand({QueueName: name}))
      .then(({QueueUrl}) => QueueUrl!);
    this.#urls.set(name, asked);
    asked.catch(() => this.#urls.delete(name));
    return asked;
  }
}

/** Entries that failed for SQS's own reasons are tried again, so many times in all: each costs a message sent twice. */
const maxEntryAttempts = 3;
const entryRetryMs = 100;

/** One batch request; the SDK repeats requests that fail, but not entries that do. */
async function inBatch(
  indexes: readonly number[],
  request: (indexes: readonly number[]) => Promise<{Failed?: BatchResultErrorEntry[] | undefined}>,
): Promise<ReadonlyMap<number, string>> {
  const failures = new Map<number, string>();
  let due = indexes;
  for (let attempt = 1; due.length > 0; attempt += 1) {
    let failed: readonly BatchResultErrorEntry[];
    try {
      failed = (await request(due)).Failed ?? [];
    } catch (error) {
      for (const index of due) failures.set(index, errorText(error));
      break;
    }
    for (const index of due) failures.delete(index);
    for (const {Id, Code, Message = ''} of failed) failures.set(Number(Id), `${Code}: ${Message}`);
    const repeatable = failed.filter(({SenderFault}) => !SenderFault).map(({Id}) => Number(Id));
    due = attempt < maxEntryAttempts ? repeatable : [];
    if (due.length > 0) await delay(entryRetryMs * attempt);
  }
  return failures;
}

/** Indexes of messages in batches that SQS takes whole. */
function packed(messages: readonly Outgoing[]): readonly (readonly number[])[] {
  const batches: number[][] = [];
  let octets = Number.POSITIVE_INFINITY;
  for (const [index, {body}] of messages.entries()) {
    const size = octetsOf(body);
    const last = batches.at(-1);
    if (last === undefined || last.length === maxBatchEntries || octets + size > maxBatchOctets) {
      batches.push([index]);
      octets = size;
    } else {
      last.push(index);
      octets += size;
    }
  }
  return batches;
}
