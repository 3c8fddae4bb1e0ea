// An SQS event source mapping: pollers that receive batches, invoke the function with each, and delete what it
// has dealt with. Each poller is one unit of concurrency: none receives what it could not hand on at once. The
// order within a FIFO group is SQS's own doing, which gives out no message of a group that has one in flight.

import {setTimeout as delay} from 'node:timers/promises';
import {AwsError} from '../aws-error.ts';
import type {ReceivedMessage} from '../sqs/message.ts';
import type {Sqs} from '../sqs/sqs.ts';
import type {EventSourceMappingResource} from './event-source-mapping-resource.ts';
import type {Invocation} from './function-error.ts';
import {batchItemFailuresOf, type EventSource, type SqsEvent, sqsEventsOf} from './sqs-event.ts';
import type {Upstream} from './trace-header.ts';

export interface EventSourceMappingOptions {
  readonly definition: EventSourceMappingResource;
  readonly source: EventSource;
  readonly queue: Pick<Sqs, 'receive' | 'deleteMessage' | 'changeMessageVisibility'>;
  /** @param upstream the trace headers of the messages in the event */
  readonly invoke: (payload: string, upstream: Upstream) => Promise<Invocation>;
  /** What went wrong in the mapping itself; it goes on. */
  readonly onProblem: (error: unknown) => void;
}

/** "Lambda starts processing five batches at a time" (Configuring scaling behavior for SQS event sources). */
const firstPollers = 5;
/** Without a MaximumConcurrency Lambda goes up to 1,000: too many processes for one machine. */
const localConcurrency = 10;
/** "Up to 300 more instances per minute." */
const growthMs = 200;
const longPollS = 20;
/** ReceiveMessage gives out ten at most. */
const receiveSize = 10;
const longestPauseMs = 30_000;

export class EventSourceMapping {
  readonly definition: EventSourceMappingResource;
  readonly #options: EventSourceMappingOptions;
  readonly #stopping = new AbortController();
  readonly #pollers = new Set<Promise<void>>();
  readonly #limit: number;
  /** How many wait in a receive; with none left, there may be more messages than pollers. */
  #receiving = 0;
  #growth: NodeJS.Timeout | undefined;
  #failedInits = 0;
  #inHand = 0;
  #cutOff = 0;

  constructor(options: EventSourceMappingOptions) {
    this.definition = options.definition;
    this.#options = options;
    this.#limit = options.definition.maximumConcurrency ?? localConcurrency;
  }

  /** How many batches it would take at a time just now. */
  get concurrency(): number {
    return this.#pollers.size;
  }

  /** How many messages are in the invocations that run now. */
  get inHand(): number {
    return this.#inHand;
  }

  /** How many messages were in invocations that were killed by the stop: some of their work may be done. */
  get cutOff(): number {
    return this.#cutOff;
  }

  start(): void {
    if (!this.definition.enabled) return;
    for (let n = 0; n < Math.min(firstPollers, this.#limit); n++) this.#addPoller({stays: true});
  }

  /** Receives nothing more; settles when the invocations in hand are over. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    clearTimeout(this.#growth);
    await Promise.all(this.#pollers);
  }

  #addPoller({stays}: {readonly stays: boolean}): void {
    const poller = this.#poll(stays).finally(() => this.#pollers.delete(poller));
    this.#pollers.add(poller);
  }

  async #poll(stays: boolean): Promise<void> {
    const {signal} = this.#stopping;
    while (!signal.aborted) {
      try {
        await this.#pauseAfterFailedInits();
        const messages = await this.#receiveBatch();
        if (messages.length === 0 && !stays) return;
        if (messages.length > 0) await this.#deliver(messages);
      } catch (error) {
        if (signal.aborted) return;
        this.#options.onProblem(error);
        await delay(1000, undefined, {signal}).catch(() => undefined);
      }
    }
  }

  /** A function that does not even load would only use up the messages' receive counts. */
  async #pauseAfterFailedInits(): Promise<void> {
    if (this.#failedInits === 0) return;
    const pauseMs = Math.min(longestPauseMs, 250 * 2 ** Math.min(this.#failedInits, 10));
    await delay(pauseMs, undefined, {signal: this.#stopping.signal});
  }

  /** The next messages; more than ten only within the batching window. */
  async #receiveBatch(): Promise<ReceivedMessage[]> {
    const {batchSize, maximumBatchingWindowS: windowS} = this.definition;
    const batch = await this.#receive(batchSize, this.#stopping.signal);
    const windowEnd = AbortSignal.timeout(windowS * 1000);
    const signal = AbortSignal.any([this.#stopping.signal, windowEnd]);
    while (windowS > 0 && batch.length > 0 && batch.length < batchSize && !signal.aborted) {
      batch.push(...(await this.#receive(batchSize - batch.length, signal)));
    }
    return batch;
  }

  async #receive(most: number, signal: AbortSignal): Promise<ReceivedMessage[]> {
    const {queue} = this.#options;
    this.#receiving++;
    try {
      const maxNumberOfMessages = Math.min(most, receiveSize);
      const options = {maxNumberOfMessages, waitTimeSeconds: longPollS, signal};
      return await queue.receive(this.definition.queueName, options);
    } finally {
      this.#receiving--;
    }
  }

  async #deliver(messages: readonly ReceivedMessage[]): Promise<void> {
    this.#growSoon();
    const failedGroups = new Set<string>();
    for (const {payload, messages: batch} of sqsEventsOf(messages, this.#options.source)) {
      // What follows a failed message of its group must wait for it: it stays invisible as long.
      if (batch.some(message => failedGroups.has(groupOf(message)))) continue;
      if (this.#stopping.signal.aborted) {
        this.#release(batch);
        continue;
      }
      for (const message of await this.#invoke({payload, messages: batch})) {
        if (groupOf(message) !== '') failedGroups.add(groupOf(message));
      }
    }
  }

  /** Invokes the function once and deletes what succeeded; returns what did not. */
  async #invoke({payload, messages}: SqsEvent): Promise<readonly ReceivedMessage[]> {
    const upstream = messages.map(({attributes}) => attributes.AWSTraceHeader ?? '');
    this.#inHand += messages.length;
    const invocation = await this.#options.invoke(payload, upstream).finally(() => {
      this.#inHand -= messages.length;
    });
    if (!invocation.ok && this.#stopping.signal.aborted) {
      this.#cutOff += messages.length;
      this.#release(messages);
      return messages;
    }
    if (!invocation.ok) {
      // The batch comes back when its visibility timeout is over (Handling errors, backoff strategy).
      this.#failedInits = invocation.atInit ? this.#failedInits + 1 : 0;
      return messages;
    }
    this.#failedInits = 0;
    const ids = messages.map(message => message.messageId);
    const partial = this.definition.functionResponseTypes.includes('ReportBatchItemFailures');
    const failed = partial ? batchItemFailuresOf(invocation.payload, ids) : new Set<string>();
    for (const message of messages) if (!failed.has(message.messageId)) this.#delete(message);
    return messages.filter(message => failed.has(message.messageId));
  }

  #delete({receiptHandle}: ReceivedMessage): void {
    this.#unlessGone(() => this.#options.queue.deleteMessage(this.definition.queueName, receiptHandle));
  }

  /** Back into the queue at once: with its state kept, the next start need not wait for them. */
  #release(messages: readonly ReceivedMessage[]): void {
    const {queue} = this.#options;
    for (const {receiptHandle} of messages) {
      this.#unlessGone(() => queue.changeMessageVisibility(this.definition.queueName, receiptHandle, 0));
    }
  }

  /** The function took longer than the visibility timeout, or has deleted the message itself: it may come again. */
  #unlessGone(act: () => void): void {
    try {
      act();
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
    }
  }

  /** Another poller, when all are busy: there may be more messages than they can take. */
  #growSoon(): void {
    if (this.#receiving > 0 || this.#growth !== undefined || this.#stopping.signal.aborted) return;
    this.#growth = setTimeout(() => {
      this.#growth = undefined;
      if (this.#receiving > 0 || this.#pollers.size >= this.#limit) return;
      this.#addPoller({stays: false});
      this.#growSoon();
    }, growthMs);
  }
}

/** The FIFO group; empty on a standard queue, where nothing waits for anything. */
const groupOf = (message: ReceivedMessage): string => message.attributes.MessageGroupId ?? '';
