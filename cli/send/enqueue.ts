// Messages onto the outbox, with as few requests as SQS's limits allow.

import {setTimeout as delay} from 'node:timers/promises';
import {SendMessageBatchCommand, SendMessageCommand, type SQSClient} from '@aws-sdk/client-sqs';
import {batchesOf} from '../../shared/sqs-limits.ts';

export interface Outgoing {
  /** What it is called when it fails. */
  readonly source: string;
  readonly body: string;
}

export interface EnqueueFailure {
  readonly outgoing: Outgoing;
  readonly problem: string;
}

export interface EnqueueOptions {
  readonly signal?: AbortSignal;
  /** After each request: how many are on the outbox now. */
  readonly onProgress?: (sent: number) => void;
}

const requestsInFlight = 4;
/** Pauses before an entry that SQS failed by its own fault is tried again. */
const retryAfterMs = [200, 1000, 3000];

/**
 * Puts all of them on the queue, in no particular order.
 * @returns those that SQS did not take
 * @throws what the client throws when a request as a whole fails; the rest is then not sent
 */
export async function enqueue(
  client: SQSClient,
  queueUrl: string,
  messages: readonly Outgoing[],
  {signal, onProgress}: EnqueueOptions = {},
): Promise<EnqueueFailure[]> {
  const failures: EnqueueFailure[] = [];
  const batches = batchesOf(messages);
  const failed = new AbortController();
  const stop = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal;
  let sent = 0;
  const worker = async () => {
    // All workers draw from the one generator.
    for (let next = batches.next(); !next.done && !stop.aborted; next = batches.next()) {
      const refused = await sendBatch(client, queueUrl, next.value, stop);
      failures.push(...refused);
      sent += next.value.length - refused.length;
      onProgress?.(sent);
    }
  };
  try {
    await Promise.all(Array.from({length: requestsInFlight}, worker));
  } catch (error) {
    failed.abort();
    throw error;
  }
  signal?.throwIfAborted();
  return failures;
}

async function sendBatch(
  client: SQSClient,
  queueUrl: string,
  batch: readonly Outgoing[],
  signal: AbortSignal,
): Promise<EnqueueFailure[]> {
  const failures: EnqueueFailure[] = [];
  let left = batch;
  for (let attempt = 0; left.length > 0; attempt += 1) {
    const entries = left.map(({body}, index) => ({Id: String(index), MessageBody: body}));
    const command = new SendMessageBatchCommand({QueueUrl: queueUrl, Entries: entries});
    const {Failed = []} = await client.send(command, {abortSignal: signal});
    const again: Outgoing[] = [];
    for (const {Id, Code, Message, SenderFault} of Failed) {
      const outgoing = left[Number(Id)]!;
      if (SenderFault || attempt >= retryAfterMs.length) {
        failures.push({outgoing, problem: [Code, Message].filter(Boolean).join(': ')});
      } else again.push(outgoing);
    }
    left = again;
    if (left.length > 0) await delay(retryAfterMs[attempt], undefined, {signal});
  }
  return failures;
}

/** Puts one on the queue. @returns its id from now on */
export async function enqueueOne(
  client: SQSClient,
  queueUrl: string,
  {body}: Outgoing,
  signal: AbortSignal,
): Promise<string> {
  const command = new SendMessageCommand({QueueUrl: queueUrl, MessageBody: body});
  return (await client.send(command, {abortSignal: signal})).MessageId!;
}
