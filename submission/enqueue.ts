// Messages onto the outbox, with as few requests as SQS's limits allow.

import {setTimeout as delay} from 'node:timers/promises';
import {SendMessageBatchCommand, SendMessageCommand, type SQSClient} from '@aws-sdk/client-sqs';
import {batchesOf} from '../shared/sqs-limits.ts';

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
  const bodies = batch.map(({body}) => body);
  const placed = await placeBatch(client, queueUrl, bodies, signal);
  return placed.flatMap((each, index) => (each.ok ? [] : [{outgoing: batch[index]!, problem: each.problem}]));
}

/** What became of a message that was to be put on a queue. */
export type Placed =
  /** Its id from now on. */
  | {readonly ok: true; readonly id: string}
  | {
      readonly ok: false;
      readonly problem: string;
      /** Whether it is the message that SQS refuses, whenever it comes. */
      readonly isRefused: boolean;
      /** What the client threw, where the request as a whole failed. */
      readonly cause?: unknown;
    };

/** Why a request as a whole failed: the first line, as in those behind it AWS may repeat the request's own headers. */
export function problemOf(error: unknown): string {
  const {name, message, code} = error as NodeJS.ErrnoException;
  return `${name}: ${(message || code || '').split('\n', 1)[0]}`;
}

/**
 * Puts what fits into one request on the queue.
 * @returns what became of each, in their order
 * @throws what the client throws when a request as a whole fails
 */
export async function placeBatch(
  client: SQSClient,
  queueUrl: string,
  bodies: readonly string[],
  signal?: AbortSignal,
): Promise<readonly Placed[]> {
  const placed = new Map<number, Placed>();
  let left = [...bodies.keys()];
  for (let attempt = 0; left.length > 0; attempt += 1) {
    const entries = left.map(index => ({Id: String(index), MessageBody: bodies[index]}));
    const command = new SendMessageBatchCommand({QueueUrl: queueUrl, Entries: entries});
    const {Successful = [], Failed = []} = await client.send(command, {...(signal && {abortSignal: signal})});
    for (const {Id, MessageId} of Successful) placed.set(Number(Id), {ok: true, id: MessageId!});
    const again: number[] = [];
    for (const {Id, Code, Message, SenderFault = false} of Failed) {
      const problem = [Code, Message].filter(Boolean).join(': ');
      if (SenderFault || attempt >= retryAfterMs.length)
        placed.set(Number(Id), {ok: false, problem, isRefused: SenderFault});
      else again.push(Number(Id));
    }
    left = again;
    if (left.length > 0) await delay(retryAfterMs[attempt], undefined, {...(signal && {signal})});
  }
  return bodies.map((_, index) => placed.get(index) ?? unanswered);
}

const unanswered: Placed = {ok: false, problem: 'SQS says nothing of it', isRefused: false};

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
