// One queue's records in the store: its definition, messages, deliveries and accepted deduplication IDs. A message is
// written once, when it is sent. Receiving it writes a few numbers.

import type {Store} from '../store/store.ts';
import type {Content, Delivery, Message} from './message.ts';

export interface QueueDefinition {
  /** The attributes that were given, in canonical form. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdAt: number;
  readonly modifiedAt: number;
}

/** What was sent under a deduplication ID. */
export interface Accepted {
  readonly messageId: string;
  readonly sequence: number;
  readonly at: number;
}

const definitions = 'sqs/queues';

export const storedDefinitions = (store: Store | undefined): [string, QueueDefinition][] =>
  [...(store?.entries(definitions) ?? [])] as [string, QueueDefinition][];

/** Without a store, nothing is kept and nothing is found. */
export class QueueRecords {
  readonly #store: Store | undefined;
  readonly #name: string;
  readonly #messages: string;
  readonly #deliveries: string;
  readonly #accepted: string;

  constructor(store: Store | undefined, queueName: string) {
    this.#store = store;
    this.#name = queueName;
    this.#messages = `sqs/${queueName}/messages`;
    this.#deliveries = `sqs/${queueName}/deliveries`;
    this.#accepted = `sqs/${queueName}/accepted`;
  }

  putDefinition(definition: QueueDefinition): void {
    this.#store?.put(definitions, this.#name, definition);
  }

  /** In the order of the queue. */
  messages(): {sequence: number; content: Content; delivery: Delivery | undefined}[] {
    if (this.#store === undefined) return [];
    const deliveries = new Map(this.#store.entries(this.#deliveries) as Iterable<[string, Delivery]>);
    return [...(this.#store.entries(this.#messages) as Iterable<[string, Content]>)].map(
      ([key, content]) => ({
        sequence: Number(key),
        content,
        delivery: deliveries.get(key),
      }),
    );
  }

  putMessage({sequence, content}: Message): void {
    this.#store?.put(this.#messages, keyOf(sequence), content);
  }

  putDelivery({sequence, delivery}: Message): void {
    this.#store?.put(this.#deliveries, keyOf(sequence), delivery);
  }

  removeMessage({sequence}: Message): void {
    this.#store?.remove(this.#messages, keyOf(sequence));
    this.#store?.remove(this.#deliveries, keyOf(sequence));
  }

  accepted(): Iterable<[string, Accepted]> {
    return (this.#store?.entries(this.#accepted) ?? []) as Iterable<[string, Accepted]>;
  }

  putAccepted(key: string, accepted: Accepted): void {
    this.#store?.put(this.#accepted, key, accepted);
  }

  removeAccepted(key: string): void {
    this.#store?.remove(this.#accepted, key);
  }

  /** For a queue that is deleted, when its messages are removed. */
  removeDefinition(): void {
    for (const [key] of this.accepted()) this.removeAccepted(key);
    this.#store?.remove(definitions, this.#name);
  }
}

/** Keys sort as text, and must then be in the order of their numbers. */
const keyOf = (sequence: number): string => String(sequence).padStart(17, '0');
