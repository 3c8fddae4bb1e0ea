// One queue: its messages and when each of them appears, is hidden and expires. Which one comes next is its
// order's decision, where dead letters go and whether two queues fit together redrive.ts's.

import {randomUUID} from 'node:crypto';
import {Backlog} from './backlog.ts';
import {DeadlineTimer} from './deadline-timer.ts';
import {Deduplication, deduplicationIdOf, deduplicationKeyOf} from './deduplication.ts';
import {invalidValue, overLimit, purgeQueueInProgress, receiptHandleExpired} from './errors.ts';
import {LongPolls} from './long-polls.ts';
import type {Content, Delivery, Message, NewMessage, ReceivedMessage, Status} from './message.ts';
import {checkMessage} from './message-rules.ts';
import type {QueueDefinition, QueueRecords} from './queue-records.ts';
import {type QueueSettings, queueSettingsOf} from './queue-settings.ts';
import {newSecret, parseReceiptHandle} from './receipt-handle.ts';
import {receivedMessageOf} from './received-message.ts';
import {deadLetterOf, isDeadLetter} from './redrive.ts';

/** "For most standard queues there can be a maximum of approximately 120,000 in flight messages"; FIFO alike. */
const mostInFlight = 120_000;
/** API Reference, PurgeQueue and ChangeMessageVisibility. */
const purgeIntervalMs = 60_000;
const longestVisibilityMs = 12 * 60 * 60 * 1000;

export interface QueueOptions {
  readonly name: string;
  readonly arn: string;
  readonly fifo: boolean;
  readonly definition: QueueDefinition;
  readonly records: QueueRecords;
  readonly now: () => number;
  /** Where this queue's dead letters go; undefined while there is no such queue. */
  readonly deadLetterQueueOf: (queue: Queue) => Queue | undefined;
}

export interface ReceiveOptions {
  readonly maxNumberOfMessages?: number;
  readonly waitTimeSeconds?: number;
  readonly visibilityTimeout?: number;
  /** Whoever receives is none of the cloud's own event sources. */
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
  readonly #polls = new LongPolls<ReceivedMessage>();
  readonly #timer: DeadlineTimer;
  #definition: QueueDefinition;
  #settings: QueueSettings;
  #purgedAt = Number.NEGATIVE_INFINITY;
  #closed = false;

  constructor(options: QueueOptions) {
    const {name, arn, fifo, definition, records, now} = options;
    this.name = name;
    this.arn = arn;
    this.fifo = fifo;
    this.#options = options;
    this.#definition = definition;
    this.#settings = queueSettingsOf(definition.attributes, {fifo});
    this.#backlog = new Backlog(records, {fifo, now});
    this.#deduplication = new Deduplication(records);
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

  define(definition: QueueDefinition): void {
    const {delayMs} = this.#settings;
    this.#definition = definition;
    this.#settings = queueSettingsOf(definition.attributes, this);
    this.#options.records.putDefinition(definition);
    // "For FIFO queues, the per-queue delay setting is retroactive" ("Amazon SQS delay queues").
    if (this.fifo && this.#settings.delayMs !== delayMs) this.#delayAgain();
    this.#advance();
  }

  send(message: NewMessage): Sent {
    checkMessage(message, {...this.#settings, fifo: this.fifo});
    const now = this.#options.now();
    const {body, attributes = {}, groupId, traceHeader, senderId, delaySeconds} = message;
    const deduplicationId = this.fifo ? deduplicationIdOf(message) : undefined;
    const key = deduplicationKeyOf(this.#settings.deduplicationScope, groupId, deduplicationId);
    const accepted = this.#deduplication.find(key, now);
    if (accepted) return accepted;
    // Only a standard queue takes a message's own delay, which then replaces the queue's.
    const delayMs = this.fifo || delaySeconds === undefined ? this.#settings.delayMs : delaySeconds * 1000;
    const content: Content = {
      id: randomUUID(),
      body,
      attributes,
      senderId,
      sentAt: now,
      enqueuedAt: now,
      availableAt: now + delayMs,
      ...(groupId === undefined ? {} : {groupId}),
      ...(traceHeader === undefined ? {} : {traceHeader}),
      ...(deduplicationId === undefined ? {} : {deduplicationId}),
    };
    const {sequence} = this.#backlog.add(content);
    const sent = {messageId: content.id, sequence};
    this.#deduplication.add(key, {...sent, at: now});
    this.#advance();
    return sent;
  }

  /** Takes in a message of another queue: a dead letter, or one that is moved back. */
  accept(content: Content, delivery?: Delivery): void {
    this.#backlog.add(content, delivery);
    // Not at once: two queues that are each other's dead-letter queue would call each other without end.
    this.#timer.set(this.#options.now());
  }

  /** Takes out the message that would be received next, if it is wanted elsewhere. */
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
    const take = () =>
      this.#take(
        maxNumberOfMessages,
        visibilityTimeout === undefined ? this.#settings.visibilityTimeoutMs : visibilityTimeout * 1000,
        outside,
      );
    this.#advance();
    const taken = take();
    if (taken.length === 0 && waitMs === 0) this.#refuseOverLimit();
    if (taken.length > 0 || waitMs === 0 || this.#closed) return taken;
    const until = this.#options.now() + waitMs;
    this.#timer.set(until);
    return this.#polls.wait(until, take, signal);
  }

  delete(receiptHandle: string): void {
    const {messageId, secret} = parseReceiptHandle(this.name, receiptHandle);
    this.#advance();
    const message = this.#backlog.find(messageId);
    // Deleting what is deleted already succeeds (API Reference, DeleteMessage).
    if (message === undefined) return;
    const isLatest = message.delivery.receipt === secret;
    if (this.fifo && !(isLatest && message.status === 'inFlight')) throw receiptHandleExpired(receiptHandle);
    // On a standard queue an old handle deletes nothing and says nothing; the latest one works even after its
    // visibility timeout (API Reference, DeleteMessage).
    if (!isLatest) return;
    this.#backlog.remove(message);
    this.#advance();
  }

  changeVisibility(receiptHandle: string, timeoutMs: number): void {
    const {messageId, secret} = parseReceiptHandle(this.name, receiptHandle);
    this.#advance();
    const now = this.#options.now();
    const message = this.#backlog.find(messageId);
    if (message === undefined || message.delivery.receipt !== secret) {
      const reason = 'Message does not exist or is not available for visibility timeout change.';
      throw invalidValue(receiptHandle, 'ReceiptHandle', reason);
    }
    if (this.fifo && message.status !== 'inFlight') throw receiptHandleExpired(receiptHandle);
    const heldMs = Math.floor((now - (message.delivery.receivedAt ?? now)) / 1000) * 1000;
    // "The 12-hour limit starts from the initial time that SQS receives the ReceiveMessage request."
    if (heldMs + timeoutMs > longestVisibilityMs) {
      const reason = 'Total VisibilityTimeout for the message is beyond the limit [43200 seconds].';
      throw invalidValue(timeoutMs / 1000, 'VisibilityTimeout', reason);
    }
    if (message.status === 'visible') this.#backlog.hide(message, 'inFlight');
    this.#backlog.deliver(message, {...message.delivery, dueAt: now + timeoutMs});
    this.#advance();
  }

  /** After a restart: what event sources had in hand is in nobody's any more. */
  releaseAbandoned(): void {
    for (const message of this.#backlog.inFlight()) {
      if (message.delivery.outside) continue;
      this.#backlog.deliver(message, {...message.delivery, dueAt: this.#options.now()});
    }
    this.#advance();
  }

  /** "Only one PurgeQueue operation is allowed every 60 seconds" (API Reference, PurgeQueue). */
  purge(): void {
    const now = this.#options.now();
    if (now < this.#purgedAt + purgeIntervalMs) throw purgeQueueInProgress(this.name);
    this.#purgedAt = now;
    this.#backlog.clear();
  }

  /** Nothing of the queue is left, in the store either. */
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

  /** Brings everything to the present: what is due appears, and whoever waits for it gets it. */
  #advance(): void {
    if (this.#closed) return;
    this.#backlog.settle(this.#settings.retentionMs);
    this.#polls.serve();
    this.#polls.expire(this.#options.now());
    this.#timer.set(Math.min(this.#backlog.nextDeadline(this.#settings.retentionMs), this.#polls.nextEnd));
  }

  #take(most: number, visibilityTimeoutMs: number, outside: boolean): ReceivedMessage[] {
    const now = this.#options.now();
    const taken: ReceivedMessage[] = [];
    let previous: Message | undefined;
    while (taken.length < most && this.#backlog.counts.inFlight < mostInFlight) {
      const message = this.#backlog.take(previous);
      if (message === undefined) break;
      previous = message;
      if (this.#redrive(message)) continue;
      const {receiveCount, firstReceivedAt = now} = message.delivery;
      this.#backlog.deliver(message, {
        dueAt: now + visibilityTimeoutMs,
        receiveCount: receiveCount + 1,
        firstReceivedAt,
        receivedAt: now,
        receipt: newSecret(),
        ...(outside && {outside}),
      });
      taken.push(receivedMessageOf(message, this));
    }
    if (taken.length > 0) this.#timer.set(now + visibilityTimeoutMs);
    return taken;
  }

  /** Whether the message went to the dead-letter queue instead. */
  #redrive(message: Message): boolean {
    if (!isDeadLetter(message, this.#settings.redrivePolicy)) return false;
    const target = this.#options.deadLetterQueueOf(this);
    if (target === undefined || target === this) return false;
    this.#backlog.remove(message);
    target.accept(...deadLetterOf(message, {source: this, now: this.#options.now()}));
    return true;
  }

  /**
   * "If you reach this quota while using short polling, Amazon SQS will return the OverLimit error message. If
   * you use long polling, Amazon SQS does not return any error messages", nor does a FIFO queue (quotas page).
   */
  #refuseOverLimit(): void {
    if (this.fifo || this.#backlog.counts.inFlight < mostInFlight) return;
    throw overLimit(`The maximum number of in flight messages is reached: ${mostInFlight}.`);
  }

  #delayAgain(): void {
    const now = this.#options.now();
    for (const message of this.#backlog.unreceived()) {
      const dueAt = message.content.sentAt + this.#settings.delayMs;
      if (message.status === 'visible') {
        if (dueAt <= now) continue;
        this.#backlog.hide(message, 'delayed');
      }
      this.#backlog.deliver(message, {...message.delivery, dueAt});
    }
  }
}
