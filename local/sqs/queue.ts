// One queue: takes messages in, lets each appear when it is due and expire in the end, and serves those who wait. The
// backlog knows the messages, deliveries.ts gives them out.

import {Backlog} from './backlog.ts';
import {DeadlineTimer} from './deadline-timer.ts';
import {Deduplication, deduplicationIdOf, deduplicationKeyOf} from './deduplication.ts';
import {Deliveries} from './deliveries.ts';
import {purgeQueueInProgress} from './errors.ts';
import {LongPolls} from './long-polls.ts';
import {
  type Content,
  contentOf,
  type Delivery,
  type NewMessage,
  type ReceivedMessage,
  type Status,
} from './message.ts';
import {checkMessage} from './message-rules.ts';
import type {QueueDefinition, QueueRecords} from './queue-records.ts';
import {type QueueSettings, queueSettingsOf} from './queue-settings.ts';

/** "Only one PurgeQueue operation is allowed every 60 seconds" (API Reference, PurgeQueue). */
const purgeIntervalMs = 60_000;

export interface QueueOptions {
  readonly name: string;
  readonly arn: string;
  readonly fifo: boolean;
  readonly definition: QueueDefinition;
  readonly records: QueueRecords;
  readonly fifoWindow: number | undefined;
  readonly now: () => number;
  /** A message has come in, from whoever. */
  readonly onMessage: (message: Content) => void;
  /** Where this queue's dead letters go; undefined while there is no such queue. */
  readonly deadLetterQueueOf: (queue: Queue) => Queue | undefined;
}

export interface ReceiveOptions {
  readonly maxNumberOfMessages?: number;
  readonly waitTimeSeconds?: number;
  readonly visibilityTimeout?: number;
  /** The receiver is none of the cloud's own event sources. */
  readonly outside?: boolean;
  readonly signal?: AbortSignal;
}

export interface Sent {
  readonly messageId: string;
  readonly sequence: number;
}

export class Queue {
  readonly name: string;
  readonly arn: string;
  readonly fifo: boolean;
  readonly #options: QueueOptions;
  readonly #backlog: Backlog;
  readonly #deduplication: Deduplication;
  readonly #deliveries: Deliveries;
  readonly #polls = new LongPolls<ReceivedMessage>();
  readonly #timer: DeadlineTimer;
  #definition: QueueDefinition;
  #settings: QueueSettings;
  #purgedAt = Number.NEGATIVE_INFINITY;
  #closed = false;

  constructor(options: QueueOptions) {
    const {name, arn, fifo, definition, records, fifoWindow, now} = options;
    this.name = name;
    this.arn = arn;
    this.fifo = fifo;
    this.#options = options;
    this.#definition = definition;
    this.#settings = queueSettingsOf(definition.attributes, {fifo});
    this.#backlog = new Backlog(records, {fifo, fifoWindow, now});
    this.#deduplication = new Deduplication(records);
    this.#deliveries = new Deliveries({
      queue: this,
      backlog: this.#backlog,
      now,
      deadLetterQueue: () => {
        const target = options.deadLetterQueueOf(this);
        return target === this ? undefined : target;
      },
    });
    this.#timer = new DeadlineTimer(now, () => this.#advance());
    this.#advance();
  }

  get definition(): QueueDefinition {
    return this.#definition;
  }

  get settings(): QueueSettings {
    return this.#settings;
  }

  get counts(): Readonly<Record<Status, number>> {
    this.#advance();
    return this.#backlog.counts;
  }

  /** When its oldest message was sent, in milliseconds since the epoch. */
  get oldestMs(): number | undefined {
    this.#advance();
    return this.#backlog.oldestMs;
  }

  define(definition: QueueDefinition): void {
    const {delayMs} = this.#settings;
    this.#definition = definition;
    this.#settings = queueSettingsOf(definition.attributes, this);
    this.#options.records.putDefinition(definition);
    // "For FIFO queues, the per-queue delay setting is retroactive" ("Amazon SQS delay queues").
    if (this.fifo && this.#settings.delayMs !== delayMs) this.#backlog.delayAgain(this.#settings.delayMs);
    this.#advance();
  }

  send(message: NewMessage): Sent {
    checkMessage(message, {...this.#settings, fifo: this.fifo});
    const now = this.#options.now();
    const {groupId, delaySeconds} = message;
    const deduplicationId = this.fifo ? deduplicationIdOf(message) : undefined;
    const key = deduplicationKeyOf(this.#settings.deduplicationScope, groupId, deduplicationId);
    const accepted = this.#deduplication.find(key, now);
    if (accepted) return accepted;
    // A message's own delay replaces that of the queue. Only a standard queue takes one.
    const delayMs = this.fifo || delaySeconds === undefined ? this.#settings.delayMs : delaySeconds * 1000;
    const content = contentOf(message, {now, delayMs, deduplicationId});
    const {sequence} = this.#backlog.add(content);
    const sent = {messageId: content.id, sequence};
    this.#deduplication.add(key, {...sent, at: now});
    this.#options.onMessage(content);
    this.#advance();
    return sent;
  }

  /** Takes in a message of another queue: a dead letter, or one that is moved back. */
  accept(content: Content, delivery?: Delivery): void {
    this.#backlog.add(content, delivery);
    this.#options.onMessage(content);
    // By the timer, as two queues that are each other's dead-letter queue would otherwise call each other without end.
    this.#timer.set(this.#options.now());
  }

  /** Takes out the message that would be received next, if it is wanted. */
  extract(isWanted: (content: Content) => boolean): Content | undefined {
    this.#advance();
    const message = this.#backlog.take(undefined);
    if (message === undefined) return undefined;
    const wanted = isWanted(message.content);
    if (wanted) this.#backlog.remove(message);
    else this.#backlog.release(message);
    return wanted ? message.content : undefined;
  }

  async receive(options: ReceiveOptions): Promise<readonly ReceivedMessage[]> {
    const {maxNumberOfMessages = 1, waitTimeSeconds, visibilityTimeout, outside = false, signal} = options;
    if (signal?.aborted) return [];
    const waitMs = waitTimeSeconds === undefined ? this.#settings.waitTimeMs : waitTimeSeconds * 1000;
    const take = () => {
      const visibilityTimeoutMs =
        visibilityTimeout === undefined ? this.#settings.visibilityTimeoutMs : visibilityTimeout * 1000;
      const taken = this.#deliveries.take({most: maxNumberOfMessages, visibilityTimeoutMs, outside});
      if (taken.length > 0) this.#timer.set(this.#options.now() + visibilityTimeoutMs);
      return taken;
    };
    this.#advance();
    const taken = take();
    if (taken.length === 0 && waitMs === 0) this.#deliveries.refuseOverLimit();
    if (taken.length > 0 || waitMs === 0 || this.#closed) return taken;
    const until = this.#options.now() + waitMs;
    this.#timer.set(until);
    return this.#polls.wait(until, take, signal);
  }

  /** @throws AwsError */
  delete(receiptHandle: string): void {
    this.#advance();
    this.#deliveries.delete(receiptHandle);
    this.#advance();
  }

  /** @throws AwsError */
  changeVisibility(receiptHandle: string, timeoutMs: number): void {
    this.#advance();
    this.#deliveries.changeVisibility(receiptHandle, timeoutMs);
    this.#advance();
  }

  /** The clock has been put forward: its timer was set by the one before. */
  catchUp(): void {
    this.#timer.clear();
    this.#advance();
  }

  releaseAbandoned(): void {
    this.#deliveries.releaseAbandoned();
    this.#advance();
  }

  /** @throws AwsError */
  purge(): void {
    const now = this.#options.now();
    if (now < this.#purgedAt + purgeIntervalMs) throw purgeQueueInProgress(this.name);
    this.#purgedAt = now;
    this.#backlog.clear();
  }

  /** Leaves nothing of the queue, not even in the store. */
  erase(): void {
    this.#backlog.clear();
    this.#options.records.removeDefinition();
    this.close();
  }

  close(): void {
    this.#closed = true;
    this.#timer.clear();
    this.#polls.endAll();
  }

  /** Brings everything up to now: what is due appears, and who waits for it gets it. */
  #advance(): void {
    if (this.#closed) return;
    this.#backlog.settle(this.#settings.retentionMs);
    this.#polls.serve();
    this.#polls.expire(this.#options.now());
    this.#timer.set(Math.min(this.#backlog.nextDeadline(this.#settings.retentionMs), this.#polls.nextEnd));
  }
}
