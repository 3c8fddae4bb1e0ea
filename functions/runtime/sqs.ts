// SQS as the functions use it: sends, deletes and hides messages with as few requests as SQS's limits allow.

import {setTimeout as delay} from 'node:timers/promises';
import {
  type BatchResultErrorEntry,
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueUrlCommand,
  SendMessageBatchCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import {batchesOf} from '../../shared/sqs-limits.ts';
import {errorText} from './log.ts';

export interface Outgoing {
  readonly body: string;
  /** FIFO queues only. */
  readonly groupId?: string;
  readonly deduplicationId?: string;
  /** Standard queues only; 0–900 s. */
  readonly delaySeconds?: number;
}

export class Sqs {
  readonly #client: SQSClient;
  readonly #urls = new Map<string, Promise<string>>();

  constructor(client: SQSClient) {
    this.#client = client;
  }

  /** Sends all of them, in order. @returns the indexes of those that SQS did not take, with its reason */
  async sendAll(queueUrl: string, messages: readonly Outgoing[]): Promise<ReadonlyMap<number, string>> {
    const failures = new Map<number, string>();
    let before = 0;
    for (const batch of batchesOf(messages)) {
      const entries = batch.map(({body, groupId, deduplicationId, delaySeconds}) => ({
        MessageBody: body,
        MessageGroupId: groupId,
        MessageDeduplicationId: deduplicationId,
        DelaySeconds: delaySeconds,
      }));
      const untaken = await inBatch(entries, Entries =>
        this.#client.send(new SendMessageBatchCommand({QueueUrl: queueUrl, Entries})),
      );
      for (const [index, reason] of untaken) failures.set(before + index, reason);
      before += batch.length;
    }
    return failures;
  }

  /**
   * Deletes at most 10 received messages. SQS takes it for no failure when one is already gone.
   * @returns the indexes of those that could not be deleted, with SQS's reason
   */
  deleteAll(queueUrl: string, receiptHandles: readonly string[]): Promise<ReadonlyMap<number, string>> {
    const entries = receiptHandles.map(ReceiptHandle => ({ReceiptHandle}));
    return inBatch(entries, Entries =>
      this.#client.send(new DeleteMessageBatchCommand({QueueUrl: queueUrl, Entries})),
    );
  }

  /**
   * Hides at most 10 received messages for so many seconds from now; 0 makes them visible.
   * @returns the indexes of those that SQS refused this for, with its reason
   */
  hide(
    queueUrl: string,
    receiptHandles: readonly string[],
    seconds: number,
  ): Promise<ReadonlyMap<number, string>> {
    const entries = receiptHandles.map(ReceiptHandle => ({ReceiptHandle, VisibilityTimeout: seconds}));
    return inBatch(entries, Entries =>
      this.#client.send(new ChangeMessageVisibilityBatchCommand({QueueUrl: queueUrl, Entries})),
    );
  }

  /** The URL of a queue of this account. SQS is asked once for it. @throws QueueDoesNotExist, AccessDenied */
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

/** How often an entry is tried that SQS fails for its own reasons. If it is given up, its mail may be sent twice. */
const maxEntryAttempts = 3;
const entryRetryMs = 100;

/** One batch request. The SDK repeats requests that fail, but not entries that do: those are repeated here. */
async function inBatch<T extends object>(
  entries: readonly T[],
  request: (entries: (T & {Id: string})[]) => Promise<{Failed?: BatchResultErrorEntry[] | undefined}>,
): Promise<ReadonlyMap<number, string>> {
  const failures = new Map<number, string>();
  let due = [...entries.keys()];
  for (let attempt = 1; due.length > 0; attempt += 1) {
    let failed: readonly BatchResultErrorEntry[];
    try {
      failed = (await request(due.map(index => ({...entries[index]!, Id: String(index)})))).Failed ?? [];
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
