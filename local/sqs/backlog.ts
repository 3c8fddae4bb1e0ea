// The messages that one queue holds: which are delayed, visible or in flight, and until when. Every change is written
// to the queue's records.

import {FifoGroups} from './fifo-groups.ts';
import {Heap} from './heap.ts';
import type {Content, Delivery, Message, Status} from './message.ts';
import type {QueueRecords} from './queue-records.ts';
import {type Order, StandardOrder} from './standard-order.ts';

interface BacklogOptions {
  readonly fifo: boolean;
  readonly fifoWindow: number | undefined;
  readonly now: () => number;
}

export class Backlog {
  readonly #records: QueueRecords;
  readonly #now: () => number;
  readonly #order: Order;
  readonly #byId = new Map<string, Message>();
  readonly #byAge = new Heap<Message>(message => message.content.enqueuedAt);
  /** The delayed ones and those in flight. */
  readonly #invisible = new Heap<Message>(message => message.delivery.dueAt);
  readonly #counts: Record<Status, number> = {delayed: 0, visible: 0, inFlight: 0};
  #lastSequence = 0;

  constructor(records: QueueRecords, {fifo, fifoWindow, now}: BacklogOptions) {
    this.#records = records;
    this.#now = now;
    this.#order = fifo ? new FifoGroups(fifoWindow) : new StandardOrder();
    for (const {sequence, content, delivery = deliveryOf(content)} of records.messages()) {
      this.#insert(content, delivery, sequence);
    }
  }

  get counts(): Readonly<Record<Status, number>> {
    return this.#counts;
  }

  get size(): number {
    return this.#byId.size;
  }

  find(messageId: string): Message | undefined {
    return this.#byId.get(messageId);
  }

  /** Puts a message at the end of the queue. */
  add(content: Content, delivery?: Delivery): Message {
    // Behind everything that was ever added, before a restart too.
    const sequence = Math.max(this.#lastSequence + 1, Math.floor(this.#now()) * 1000);
    const message = this.#insert(content, delivery ?? deliveryOf(content), sequence);
    this.#records.putMessage(message);
    if (delivery) this.#records.putDelivery(message);
    return message;
  }

  remove(message: Message): void {
    this.#byId.delete(message.content.id);
    this.#byAge.remove(message);
    this.#invisible.remove(message);
    this.#counts[message.status]--;
    this.#order.leave(message);
    this.#records.removeMessage(message);
  }

  clear(): void {
    for (const message of this.#byId.values()) this.#records.removeMessage(message);
    this.#byId.clear();
    this.#byAge.clear();
    this.#invisible.clear();
    this.#order.clear();
    Object.assign(this.#counts, {delayed: 0, visible: 0, inFlight: 0});
  }

  /** Takes the next message, which is then in flight. `deliver`, `remove` or `release` must follow. */
  take(previous: Message | undefined): Message | undefined {
    const message = this.#order.take(previous);
    if (message) this.#setStatus(message, 'inFlight');
    return message;
  }

  /** Puts back what was taken, as if it had not been taken. */
  release(message: Message): void {
    this.#setStatus(message, 'visible');
    this.#order.appear(message);
  }

  /** A message in flight, or in its delay, stays invisible until `delivery.dueAt`. */
  deliver(message: Message, delivery: Delivery): void {
    this.#invisible.remove(message);
    message.delivery = delivery;
    this.#invisible.push(message);
    this.#records.putDelivery(message);
  }

  /** Hides a visible message. `deliver` then says for how long. */
  hide(message: Message, status: 'delayed' | 'inFlight'): void {
    this.#setStatus(message, status);
    this.#order.hide(message);
  }

  /** Gives every message that was never received another delay, from when it was sent. */
  delayAgain(delayMs: number): void {
    for (const message of this.#byId.values()) {
      if (message.delivery.receiveCount > 0) continue;
      const dueAt = message.content.sentAt + delayMs;
      if (message.status === 'visible') {
        if (dueAt <= this.#now()) continue;
        this.hide(message, 'delayed');
      }
      this.deliver(message, {...message.delivery, dueAt});
    }
  }

  *inFlight(): Iterable<Message> {
    for (const message of this.#byId.values()) if (message.status === 'inFlight') yield message;
  }

  /** Makes visible what is due, and forgets what was kept long enough. */
  settle(retentionMs: number): void {
    const now = this.#now();
    for (
      let next = this.#invisible.peek();
      next && next.delivery.dueAt <= now;
      next = this.#invisible.peek()
    ) {
      this.#invisible.pop();
      this.release(next);
    }
    for (let next = this.#byAge.peek(); next && next.content.enqueuedAt + retentionMs <= now; ) {
      this.remove(next);
      next = this.#byAge.peek();
    }
  }

  /** When the oldest message came in, be it visible or not; undefined when there is none. */
  get oldestMs(): number | undefined {
    return this.#byAge.peek()?.content.enqueuedAt;
  }

  /** When settle() will have something to do. */
  nextDeadline(retentionMs: number): number {
    const due = this.#invisible.peek()?.delivery.dueAt ?? Number.POSITIVE_INFINITY;
    const oldest = this.#byAge.peek()?.content.enqueuedAt ?? Number.POSITIVE_INFINITY;
    return Math.min(due, oldest + retentionMs);
  }

  #insert(content: Content, delivery: Delivery, sequence: number): Message {
    const hidden: Status = delivery.receipt === undefined ? 'delayed' : 'inFlight';
    const status = delivery.dueAt > this.#now() ? hidden : 'visible';
    const message: Message = {content, sequence, status, delivery};
    this.#lastSequence = Math.max(this.#lastSequence, sequence);
    this.#byId.set(content.id, message);
    this.#byAge.push(message);
    this.#counts[status]++;
    if (status !== 'visible') this.#invisible.push(message);
    this.#order.enter(message);
    return message;
  }

  #setStatus(message: Message, status: Status): void {
    this.#counts[message.status]--;
    this.#counts[status]++;
    message.status = status;
  }
}

const deliveryOf = ({availableAt}: Content): Delivery => ({dueAt: availableAt, receiveCount: 0});
