// SQS as the functions use it: sending many with as few requests as its limits allow, deleting one.

import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  GetQueueUrlCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import {octetsOf} from '../shared/json.ts';

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
const maxBatchOctets = 1_048_576;

export class Queues {
  readonly #client: SQSClient;
  readonly #urls = new Map<string, Promise<string>>();

  constructor(client: SQSClient) {
    this.#client = client;
  }

  async send(queueUrl: string, {body, groupId, deduplicationId, delaySeconds}: Outgoing): Promise<void> {
    await this.#client.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: body,
        MessageGroupId: groupId,
        MessageDeduplicationId: deduplicationId,
        DelaySeconds: delaySeconds,
      }),
    );
  }

  /** Sends all of them, in order; returns the indexes of those that SQS did not take, with its reason. */
  async sendAll(queueUrl: string, messages: readonly Outgoing[]): Promise<ReadonlyMap<number, string>> {
    const failures = new Map<number, string>();
    for (const batch of packed(messages)) {
      const entries = batch.map(index => {
        const {body, groupId, deduplicationId, delaySeconds} = messages[index]!;
        return {
          Id: String(index),
          MessageBody: body,
          MessageGroupId: groupId,
          MessageDeduplicationId: deduplicationId,
          DelaySeconds: delaySeconds,
        };
      });
      try {
        const {Failed = []} = await this.#client.send(
          new SendMessageBatchCommand({QueueUrl: queueUrl, Entries: entries}),
        );
        for (const {Id, Code, Message} of Failed) failures.set(Number(Id), `${Code}: ${Message}`);
      } catch (error) {
        for (const index of batch) failures.set(index, String(error));
      }
    }
    return failures;
  }

  /** Deleting what is already gone is no error for SQS, nor for us. */
  async delete(queueUrl: string, receiptHandle: string): Promise<void> {
    await this.#client.send(new DeleteMessageCommand({QueueUrl: queueUrl, ReceiptHandle: receiptHandle}));
  }

  /** Hides received messages for so many seconds from now; 0 makes them visible. At most 10 at a time. */
  async hide(queueUrl: string, receiptHandles: readonly string[], seconds: number): Promise<void> {
    const entries = receiptHandles.map((handle, index) => ({
      Id: String(index),
      ReceiptHandle: handle,
      VisibilityTimeout: seconds,
    }));
    await this.#client.send(new ChangeMessageVisibilityBatchCommand({QueueUrl: queueUrl, Entries: entries}));
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
