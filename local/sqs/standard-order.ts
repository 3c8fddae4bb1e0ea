// Which message of a standard queue comes next: of the visible ones, the one that was sent first. AWS promises no order
// ("Amazon SQS standard queues", best-effort ordering).

import {Heap} from './heap.ts';
import type {Message} from './message.ts';

/** Decides which message is received next. It is told when the status of a message changes. */
export interface Order {
  enter(message: Message): void;
  /** Its delay or its visibility timeout is over. */
  appear(message: Message): void;
  /** A visible message is invisible again. */
  hide(message: Message): void;
  /** It is no longer in the queue. */
  leave(message: Message): void;
  /**
   * Takes out the next message that may be received.
   * @param previous what the same receive took before
   */
  take(previous: Message | undefined): Message | undefined;
  clear(): void;
}

export class StandardOrder implements Order {
  readonly #visible = new Heap<Message>(message => message.sequence);

  enter(message: Message): void {
    if (message.status === 'visible') this.#visible.push(message);
  }

  appear(message: Message): void {
    this.#visible.push(message);
  }

  hide(message: Message): void {
    this.#visible.remove(message);
  }

  leave(message: Message): void {
    this.#visible.remove(message);
  }

  take(): Message | undefined {
    return this.#visible.pop();
  }

  clear(): void {
    this.#visible.clear();
  }
}
