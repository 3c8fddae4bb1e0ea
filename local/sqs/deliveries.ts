// Gives out a queue's messages, and does what the receipt of a message allows: delete it, or change how long it stays
// invisible. A message that was received too often goes to the dead-letter queue instead.

import type {Backlog} from './backlog.ts';
import {invalidValue, overLimit, receiptHandleExpired} from './errors.ts';
import type {Content, Delivery, Message, ReceivedMessage} from './message.ts';
import type {QueueSettings} from './queue-settings.ts';
import {newSecret, parseReceiptHandle} from './receipt-handle.ts';
import {receivedMessageOf} from './received-message.ts';
import {deadLetterOf, isDeadLetter} from './redrive.ts';

/** "For most standard queues there can be a maximum of approximately 120,000 in flight messages"; FIFO alike. */
const mostInFlight = 120_000;
/** API Reference, ChangeMessageVisibility. */
const longestVisibilityMs = 12 * 60 * 60 * 1000;

interface Take {
  readonly most: number;
  readonly visibilityTimeoutMs: number;
  /** The receiver is none of the cloud's own event sources. */
  readonly outside: boolean;
}

interface DeliveriesOptions {
  readonly queue: {
    readonly name: string;
    readonly arn: string;
    readonly fifo: boolean;
    readonly settings: QueueSettings;
  };
  readonly backlog: Backlog;
  readonly now: () => number;
  /** Where dead letters go; undefined while there is no such queue. */
  readonly deadLetterQueue: () => {accept(content: Content, delivery: Delivery): void} | undefined;
}

export class Deliveries {
  readonly #options: DeliveriesOptions;

  constructor(options: DeliveriesOptions) {
    this.#options = options;
  }

  take({most, visibilityTimeoutMs, outside}: Take): ReceivedMessage[] {
    const {backlog, queue} = this.#options;
    const now = this.#options.now();
    const taken: ReceivedMessage[] = [];
    let previous: Message | undefined;
    while (taken.length < most && backlog.counts.inFlight < mostInFlight) {
      const message = backlog.take(previous);
      if (message === undefined) break;
      previous = message;
      if (this.#redrive(message)) continue;
      const {receiveCount, firstReceivedAt = now} = message.delivery;
      backlog.deliver(message, {
        dueAt: now + visibilityTimeoutMs,
        receiveCount: receiveCount + 1,
        firstReceivedAt,
        receivedAt: now,
        receipt: newSecret(),
        ...(outside && {outside}),
      });
      taken.push(receivedMessageOf(message, queue));
    }
    return taken;
  }

  /**
   * "If you reach this quota while using short polling, Amazon SQS will return the OverLimit error message. If
   * you use long polling, Amazon SQS does not return any error messages", nor does a FIFO queue (quotas page).
   */
  refuseOverLimit(): void {
    const {queue, backlog} = this.#options;
    if (queue.fifo || backlog.counts.inFlight < mostInFlight) return;
    throw overLimit(`The maximum number of in flight messages is reached: ${mostInFlight}.`);
  }

  /** @throws AwsError */
  delete(receiptHandle: string): void {
    const {queue, backlog} = this.#options;
    const {messageId, secret} = parseReceiptHandle(queue.name, receiptHandle);
    const message = backlog.find(messageId);
    // Deleting what is deleted already succeeds (API Reference, DeleteMessage).
    if (message === undefined) return;
    const isLatest = message.delivery.receipt === secret;
    if (queue.fifo && !(isLatest && message.status === 'inFlight')) throw receiptHandleExpired(receiptHandle);
    // On a standard queue an old handle deletes nothing, without an error. The latest one works even after its
    // visibility timeout (API Reference, DeleteMessage).
    if (isLatest) backlog.remove(message);
  }

  /** @throws AwsError */
  changeVisibility(receiptHandle: string, timeoutMs: number): void {
    const {queue, backlog} = this.#options;
    const {messageId, secret} = parseReceiptHandle(queue.name, receiptHandle);
    const now = this.#options.now();
    const message = backlog.find(messageId);
    if (message === undefined || message.delivery.receipt !== secret) {
      const reason = 'Message does not exist or is not available for visibility timeout change.';
      throw invalidValue(receiptHandle, 'ReceiptHandle', reason);
    }
    if (queue.fifo && message.status !== 'inFlight') throw receiptHandleExpired(receiptHandle);
    const heldMs = Math.floor((now - (message.delivery.receivedAt ?? now)) / 1000) * 1000;
    // "The 12-hour limit starts from the initial time that SQS receives the ReceiveMessage request."
    if (heldMs + timeoutMs > longestVisibilityMs) {
      const reason = 'Total VisibilityTimeout for the message is beyond the limit [43200 seconds].';
      throw invalidValue(timeoutMs / 1000, 'VisibilityTimeout', reason);
    }
    if (message.status === 'visible') backlog.hide(message, 'inFlight');
    backlog.deliver(message, {...message.delivery, dueAt: now + timeoutMs});
  }

  /** After a restart, event sources no longer have the messages that they had in hand. */
  releaseAbandoned(): void {
    const {backlog, now} = this.#options;
    for (const message of backlog.inFlight()) {
      if (message.delivery.outside) continue;
      backlog.deliver(message, {...message.delivery, dueAt: now()});
    }
  }

  /** Whether the message went to the dead-letter queue instead. */
  #redrive(message: Message): boolean {
    const {queue, backlog, now, deadLetterQueue} = this.#options;
    if (!isDeadLetter(message, queue.settings.redrivePolicy)) return false;
    const target = deadLetterQueue();
    if (target === undefined) return false;
    backlog.remove(message);
    target.accept(...deadLetterOf(message, {source: queue, now: now()}));
    return true;
  }
}
