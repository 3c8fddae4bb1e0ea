// An SQS event source mapping: receives batches, invokes the function with each, and deletes what the function has dealt
// with. A poller receives only what it can hand on at once. SQS keeps the order within a FIFO group: it gives out no
// message of a group that has one in flight.

import {setTimeout as delay} from 'node:timers/promises';
import {AwsError} from '../aws-error.ts';
import type {ReceivedMessage} from '../sqs/message.ts';
import type {Sqs} from '../sqs/sqs.ts';
import type {EventSourceMappingResource} from './event-source-mapping-resource.ts';
import {type Invocation, maximumPayloadOctets} from './function-error.ts';
import {Pollers} from './pollers.ts';
import {
  batchItemFailuresOf,
  type EventSource,
  recordOctetsOf,
  type SqsEvent,
  sqsEventsOf,
} from './sqs-event.ts';
import type {Upstream} from './trace-header.ts';

export interface EventSourceMappingOptions {
  readonly definition: EventSourceMappingResource;
  readonly source: EventSource;
  readonly queue: Pick<Sqs, 'receive' | 'deleteMessage' | 'changeMessageVisibility'>;
  /** @param upstream the trace headers of the messages in the event */
  readonly invoke: (payload: string, upstream: Upstream) => Promise<Invocation>;
  /** What went wrong in the mapping itself. It goes on. */
  readonly onProblem: (error: unknown) => void;
}

/** The limit without a MaximumConcurrency. Lambda's is 1,000, which is too many processes for one machine. */
const localConcurrency = 10;
const longPollS = 20;
/** ReceiveMessage gives out at most ten. */
const receiveSize = 10;
const longestPauseMs = 30_000;

export class EventSourceMapping {
  readonly definition: EventSourceMappingResource;
  readonly #options: EventSourceMappingOptions;
  readonly #pollers: Pollers;
  #failedInits = 0;
  #inHand = 0;
  #cutOff = 0;

  constructor(options: EventSourceMappingOptions) {
    this.definition = options.definition;
    this.#options = options;
    this.#pollers = new Pollers({
      limit: options.definition.maximumConcurrency ?? localConcurrency,
      poll: () => this.#poll(),
      onProblem: options.onProblem,
    });
  }

  /** How many batches it can take at a time now. */
  get concurrency(): number {
    return this.#pollers.size;
  }

  /** How many messages are in the invocations that run now. */
  get inHand(): number {
    return this.#inHand;
  }

  /** How many messages were in invocations that the stop has killed. Some of their work may be done. */
  get cutOff(): number {
    return this.#cutOff;
  }

  start(): void {
    if (this.definition.enabled) this.#pollers.start();
  }

  /** Receives nothing more. Settles when the invocations in hand are over. */
  async stop(): Promise<void> {
    await this.#pollers.stop();
  }

  async #poll(): Promise<boolean> {
    await this.#pauseAfterFailedInits();
    const messages = await this.#receiveBatch();
    if (messages.length > 0) await this.#deliver(messages);
    return messages.length > 0;
  }

  /** While a function does not even load, each receive would only use up the messages' receive counts. */
  async #pauseAfterFailedInits(): Promise<void> {
    if (this.#failedInits === 0) return;
    const pauseMs = Math.min(longestPauseMs, 250 * 2 ** Math.min(this.#failedInits, 10));
    await delay(pauseMs, undefined, {signal: this.#pollers.stopping});
  }

  /**
   * Receives the next messages. Within the batching window it waits for more, until the batch is full or the event is as
   * large as an event can be ("Lambda event source mappings", batching behavior).
   */
  async #receiveBatch(): Promise<ReceivedMessage[]> {
    const {batchSize, maximumBatchingWindowS: windowS} = this.definition;
    const batch = await this.#receive(batchSize, this.#pollers.stopping);
    if (windowS === 0 || batch.length === 0) return batch;
    const signal = AbortSignal.any([this.#pollers.stopping, AbortSignal.timeout(windowS * 1000)]);
    let octets = this.#octetsOf(batch);
    while (batch.length < batchSize && octets < maximumPayloadOctets && !signal.aborted) {
      const more = await this.#receive(batchSize - batch.length, signal);
      octets += this.#octetsOf(more);
      batch.push(...more);
    }
    return batch;
  }

  #octetsOf(messages: readonly ReceivedMessage[]): number {
    return messages.reduce((sum, message) => sum + recordOctetsOf(message, this.#options.source), 0);
  }

  async #receive(most: number, signal: AbortSignal): Promise<ReceivedMessage[]> {
    const {queue} = this.#options;
    const maxNumberOfMessages = Math.min(most, receiveSize);
    const options = {maxNumberOfMessages, waitTimeSeconds: longPollS, signal};
    return this.#pollers.whileWaiting(() => queue.receive(this.definition.queueName, options));
  }

  async #deliver(messages: readonly ReceivedMessage[]): Promise<void> {
    this.#pollers.growSoon();
    const failedGroups = new Set<string>();
    for (const {payload, messages: batch} of sqsEventsOf(messages, this.#options.source)) {
      // What follows a failed message of its group waits for it, and stays invisible as long.
      if (batch.some(message => failedGroups.has(groupOf(message)))) continue;
      if (this.#pollers.stopping.aborted) {
        this.#release(batch);
        continue;
      }
      for (const message of await this.#invoke({payload, messages: batch})) {
        if (groupOf(message) !== '') failedGroups.add(groupOf(message));
      }
    }
  }

  /** Invokes the function once, and deletes the messages that succeeded. @returns those that did not */
  async #invoke({payload, messages}: SqsEvent): Promise<readonly ReceivedMessage[]> {
    const upstream = messages.map(({attributes}) => attributes.AWSTraceHeader ?? '');
    this.#inHand += messages.length;
    const invocation = await this.#options.invoke(payload, upstream).finally(() => {
      this.#inHand -= messages.length;
    });
    if (!invocation.ok && this.#pollers.stopping.aborted) {
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

  /** Makes messages visible again at once, so that the next start need not wait for them. */
  #release(messages: readonly ReceivedMessage[]): void {
    const {queue} = this.#options;
    for (const {receiptHandle} of messages) {
      this.#unlessGone(() => queue.changeMessageVisibility(this.definition.queueName, receiptHandle, 0));
    }
  }

  /** The handle may be void: the function took longer than the visibility timeout, or deleted the message itself. */
  #unlessGone(act: () => void): void {
    try {
      act();
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
    }
  }
}

/** The FIFO group; empty on a standard queue, where no message waits for another. */
const groupOf = (message: ReceivedMessage): string => message.attributes.MessageGroupId ?? '';
