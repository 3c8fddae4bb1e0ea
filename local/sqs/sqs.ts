// SQS of one account in one region: the queues, by name.

import type {Store} from '../store/store.ts';
import {invalidAttributeValue, queueDeletedRecently, queueDoesNotExist, queueNameExists} from './errors.ts';
import type {NewMessage, ReceivedMessage} from './message.ts';
import {MoveTasks} from './move-tasks.ts';
import {Queue, type ReceiveOptions} from './queue.ts';
import {
  type Attributes,
  effectiveAttributes,
  mergeAttributes,
  parseAttributes,
  parseQueueName,
} from './queue-attributes.ts';
import {type QueueDefinition, QueueRecords, storedDefinitions} from './queue-records.ts';
import {checkRedriveTarget} from './redrive.ts';
import {checkTags} from './tags.ts';

/** "You must wait 60 seconds after deleting a queue before you can create another queue with the same name." */
const deletionMs = 60_000;

const deletions = 'sqs/deletions';

export interface SqsOptions {
  readonly region: string;
  readonly accountId: string;
  readonly urlOf: (queueName: string) => string;
  /** The SenderId of messages that were signed with an access key. Where it is undefined, the key itself is. */
  readonly senderIdOf?: (accessKeyId: string) => string | undefined;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  readonly store?: Store;
  /** How many messages of a FIFO queue it looks through for groups, if not as many as AWS does. */
  readonly fifoWindow?: number | undefined;
}

/** Is told of a message that has come into a queue: sent, moved, or a dead letter. */
type MessageListener = (queueName: string, messageId: string) => void;

export class Sqs {
  readonly accountId: string;
  readonly urlOf: (queueName: string) => string;
  readonly senderIdOf: (accessKeyId: string) => string;
  readonly moveTasks: MoveTasks;
  readonly #options: SqsOptions;
  readonly #now: () => number;
  readonly #queues = new Map<string, Queue>();
  readonly #deletedAt: Map<string, number>;
  readonly #listeners: MessageListener[] = [];

  constructor(options: SqsOptions) {
    const {accountId, urlOf, now = Date.now, store} = options;
    this.accountId = accountId;
    this.urlOf = urlOf;
    this.senderIdOf = accessKeyId => options.senderIdOf?.(accessKeyId) ?? accessKeyId;
    this.#options = options;
    this.#now = now;
    this.#deletedAt = new Map((store?.entries(deletions) ?? []) as Iterable<[string, number]>);
    for (const [name, definition] of storedDefinitions(store)) this.#open(name, definition);
    this.moveTasks = new MoveTasks({
      now,
      store,
      queueOfArn: arn => this.queueOfArn(arn),
      queues: () => this.queues,
    });
  }

  onMessage(listener: MessageListener): void {
    this.#listeners.push(listener);
  }

  /** In the order of their names. */
  get queues(): readonly Queue[] {
    return [...this.#queues.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** @throws AwsError when there is none */
  queue(name: string): Queue {
    const queue = this.#queues.get(name);
    if (queue === undefined) throw queueDoesNotExist();
    return queue;
  }

  queueOfArn(arn: string): Queue | undefined {
    const name = arn.slice(arn.lastIndexOf(':') + 1);
    return arn === this.#arnOf(name) ? this.#queues.get(name) : undefined;
  }

  /**
   * "If you provide the name of an existing queue along with the exact names and values of all the queue's
   * attributes, CreateQueue returns the queue URL for the existing queue" (API Reference, CreateQueue).
   */
  createQueue(
    name: string,
    attributes: Attributes = {},
    tags: Readonly<Record<string, string>> = {},
  ): {url: string; arn: string} {
    const {fifo} = parseQueueName(name, attributes);
    const given = parseAttributes(attributes, {fifo});
    const arn = this.#arnOf(name);
    const existing = this.#queues.get(name);
    if (existing) {
      const has = effectiveAttributes(existing.definition.attributes, existing);
      const differing = Object.keys(given).find(key => (has[key] ?? '') !== given[key]);
      if (differing !== undefined) throw queueNameExists(differing);
      return {url: this.urlOf(name), arn};
    }
    checkTags(tags);
    const merged = mergeAttributes({}, given);
    checkRedriveTarget(merged, {arn, fifo}, target => this.queueOfArn(target));
    const now = this.#now();
    if (now < (this.#deletedAt.get(name) ?? Number.NEGATIVE_INFINITY) + deletionMs)
      throw queueDeletedRecently();
    const definition = {attributes: merged, tags, createdAt: now, modifiedAt: now};
    this.#open(name, definition).define(definition);
    return {url: this.urlOf(name), arn};
  }

  setQueueAttributes(name: string, attributes: Attributes): void {
    const queue = this.queue(name);
    const change = parseAttributes(attributes, queue);
    if (change.FifoQueue !== undefined) {
      throw invalidAttributeValue('FifoQueue', 'Modifying queue type is not supported.');
    }
    const merged = mergeAttributes(queue.definition.attributes, change);
    checkRedriveTarget(change, queue, arn => this.queueOfArn(arn));
    queue.define({...queue.definition, attributes: merged, modifiedAt: this.#now()});
  }

  deleteQueue(name: string): void {
    const queue = this.queue(name);
    this.#queues.delete(name);
    queue.erase();
    this.#deletedAt.set(name, this.#now());
    this.#options.store?.put(deletions, name, this.#now());
  }

  /** The ID of the message. */
  sendMessage(queueName: string, message: Omit<NewMessage, 'senderId'>): string {
    return this.queue(queueName).send({...message, senderId: this.accountId}).messageId;
  }

  /** With all attributes. */
  async receive(queueName: string, options: ReceiveOptions): Promise<ReceivedMessage[]> {
    return [...(await this.queue(queueName).receive(options))];
  }

  deleteMessage(queueName: string, receiptHandle: string): void {
    this.queue(queueName).delete(receiptHandle);
  }

  changeMessageVisibility(queueName: string, receiptHandle: string, seconds: number): void {
    this.queue(queueName).changeVisibility(receiptHandle, seconds * 1000);
  }

  /** The clock has been put forward: what is due by now appears. */
  catchUp(): void {
    for (const queue of this.#queues.values()) queue.catchUp();
  }

  /** Stops the timers. Receives that wait end empty. */
  close(): void {
    this.moveTasks.close();
    for (const queue of this.#queues.values()) queue.close();
  }

  #arnOf(queueName: string): string {
    return `arn:aws:sqs:${this.#options.region}:${this.accountId}:${queueName}`;
  }

  #open(name: string, definition: QueueDefinition): Queue {
    const queue = new Queue({
      name,
      arn: this.#arnOf(name),
      fifo: name.endsWith('.fifo'),
      definition,
      records: new QueueRecords(this.#options.store, name),
      fifoWindow: this.#options.fifoWindow,
      now: this.#now,
      onMessage: ({id}) => {
        for (const listener of this.#listeners) listener(name, id);
      },
      deadLetterQueueOf: ({settings}) =>
        settings.redrivePolicy && this.queueOfArn(settings.redrivePolicy.deadLetterTargetArn),
    });
    this.#queues.set(name, queue);
    return queue;
  }
}
