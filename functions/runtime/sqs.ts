// SQS as the functions use it: sends, deletes and hides messages with as few requests as SQS's limits allow.

import {setTimeout as delay} from 'node:timers/promises';
import {
  type BatchResultErrorEntry,
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  type QueueAttributeName,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import {batchesOf, maxBatchEntries} from '../../shared/sqs-limits.ts';
import {BoundedMap} from './bounded-map.ts';
import {errorText} from './log.ts';

export interface Outgoing {
  readonly body: string;
  /** FIFO queues only. */
  readonly groupId?: string;
  readonly deduplicationId?: string;
  /** Standard queues only; 0–900 s. */
  readonly delaySeconds?: number;
}

interface Received {
  readonly receiptHandle: string;
}

/** A message that the function has taken itself, and not an event source for it. */
export interface Taken extends Received {
  readonly messageId: string;
  readonly body: string;
  readonly sentMs: number;
  /** How often it was received, this time included. */
  readonly receives: number;
}

/** What SQS did not take, or did not do as asked, with its reason. */
export type Untaken<T> = ReadonlyMap<T, string>;

export interface QueueCounts {
  readonly all: number;
  readonly inFlight: number;
}

export class Sqs {
  readonly #client: SQSClient;
  readonly #urls = new BoundedMap<string, Promise<string>>(1_000);

  constructor(client: SQSClient) {
    this.#client = client;
  }

  /** Sends them in their order. */
  async sendAll<T extends Outgoing>(queueUrl: string, messages: readonly T[]): Promise<Untaken<T>> {
    const untaken: [T, string][] = [];
    for (const batch of batchesOf(messages)) {
      const failed = await inBatch(
        batch,
        ({body, groupId, deduplicationId, delaySeconds}) => ({
          MessageBody: body,
          MessageGroupId: groupId,
          MessageDeduplicationId: deduplicationId,
          DelaySeconds: delaySeconds,
        }),
        Entries => this.#client.send(new SendMessageBatchCommand({QueueUrl: queueUrl, Entries})),
      );
      untaken.push(...failed);
    }
    return new Map(untaken);
  }

  /** Takes up to 10 messages, and waits a second where there is none. They are hidden for the queue's visibility timeout. */
  async receive(queueUrl: string): Promise<readonly Taken[]> {
    const {Messages: messages = []} = await this.#client.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: maxBatchEntries,
        WaitTimeSeconds: 1,
        MessageSystemAttributeNames: ['SentTimestamp', 'ApproximateReceiveCount'],
      }),
    );
    return messages.map(({MessageId = '', Body = '', ReceiptHandle = '', Attributes = {}}) => ({
      messageId: MessageId,
      body: Body,
      receiptHandle: ReceiptHandle,
      sentMs: Number(Attributes.SentTimestamp),
      receives: Number(Attributes.ApproximateReceiveCount),
    }));
  }

  /** Deletes at most 10 received messages. SQS takes it for no failure when one is already gone. */
  deleteAll<T extends Received>(queueUrl: string, messages: readonly T[]): Promise<Untaken<T>> {
    return inBatch(
      messages,
      ({receiptHandle: ReceiptHandle}) => ({ReceiptHandle}),
      Entries => this.#client.send(new DeleteMessageBatchCommand({QueueUrl: queueUrl, Entries})),
    );
  }

  /** Hides at most 10 received messages for so many seconds from now; 0 makes them visible. */
  hide<T extends Received>(queueUrl: string, messages: readonly T[], seconds: number): Promise<Untaken<T>> {
    return inBatch(
      messages,
      ({receiptHandle: ReceiptHandle}) => ({ReceiptHandle, VisibilityTimeout: seconds}),
      Entries => this.#client.send(new ChangeMessageVisibilityBatchCommand({QueueUrl: queueUrl, Entries})),
    );
  }

  /** After how many receives a message goes to the dead-letter queue; undefined where there is none. */
  async maxReceiveCountOf(queueUrl: string): Promise<number | undefined> {
    const {RedrivePolicy: policy} = await this.#attributes(queueUrl, ['RedrivePolicy']);
    return policy === undefined ? undefined : Number(JSON.parse(policy).maxReceiveCount);
  }

  /** About how many messages a queue holds, those in flight included. */
  async depthOf(queueUrl: string): Promise<number> {
    return (await this.countsOf(queueUrl)).all;
  }

  /** The same, and how many of them somebody has taken and not given back. */
  async countsOf(queueUrl: string): Promise<QueueCounts> {
    const inFlight = 'ApproximateNumberOfMessagesNotVisible';
    const counts = ['ApproximateNumberOfMessages', inFlight, 'ApproximateNumberOfMessagesDelayed'] as const;
    const attributes = await this.#attributes(queueUrl, counts);
    const countOf = (name: (typeof counts)[number]) => Number(attributes[name] ?? 0);
    return {all: counts.reduce((sum, name) => sum + countOf(name), 0), inFlight: countOf(inFlight)};
  }

  async #attributes(queueUrl: string, names: readonly QueueAttributeName[]) {
    const request = new GetQueueAttributesCommand({QueueUrl: queueUrl, AttributeNames: [...names]});
    return (await this.#client.send(request)).Attributes ?? {};
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
async function inBatch<T, Entry>(
  items: readonly T[],
  entryOf: (item: T) => Entry,
  request: (entries: (Entry & {Id: string})[]) => Promise<{Failed?: BatchResultErrorEntry[] | undefined}>,
): Promise<Untaken<T>> {
  const untaken = new Map<T, string>();
  let due = items;
  for (let attempt = 1; due.length > 0; attempt += 1) {
    let failed: readonly (readonly [T, BatchResultErrorEntry])[];
    try {
      const {Failed = []} = await request(due.map((item, index) => ({...entryOf(item), Id: String(index)})));
      failed = Failed.map(failure => [due[Number(failure.Id)]!, failure]);
    } catch (error) {
      for (const item of due) untaken.set(item, errorText(error));
      break;
    }
    for (const item of due) untaken.delete(item);
    for (const [item, {Code, Message = ''}] of failed) untaken.set(item, `${Code}: ${Message}`);
    const repeatable = failed.filter(([, {SenderFault}]) => !SenderFault).map(([item]) => item);
    due = attempt < maxEntryAttempts ? repeatable : [];
    if (due.length > 0) await delay(entryRetryMs * attempt);
  }
  return untaken;
}
