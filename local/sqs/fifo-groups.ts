// Which message of a FIFO queue comes next. Every group keeps its order, and gives out nothing while one of its messages is
// in flight ("FIFO queue delivery logic", Amazon SQS Developer Guide).

import {Heap} from './heap.ts';
import type {Message} from './message.ts';
import type {Order} from './standard-order.ts';

interface Group {
  readonly id: string;
  /** What is not in flight. Delayed messages are among it: they hold up what was sent after them. */
  readonly waiting: Heap<Message>;
  inFlight: number;
  /** Its place among the groups that can be received from: that of its first message. */
  rank: number;
}

/** "FIFO queues look through the first 120k messages to determine available message groups" (FIFO quotas). */
const defaultWindow = 120_000;

export class FifoGroups implements Order {
  readonly #groups = new Map<string, Group>();
  readonly #available = new Heap<Group>(group => group.rank);
  /** Messages past the window. They wait here, in order, until one within it is gone. */
  readonly #beyond = new Heap<Message>(message => message.sequence);
  readonly #windowSize: number;
  #inWindow = 0;

  constructor(windowSize = defaultWindow) {
    this.#windowSize = windowSize;
  }

  enter(message: Message): void {
    if (this.#inWindow >= this.#windowSize) this.#beyond.push(message);
    else this.#admit(message);
  }

  appear(message: Message): void {
    if (this.#beyond.has(message)) return;
    const group = this.#groupOf(message);
    if (!group.waiting.has(message)) {
      group.inFlight--;
      group.waiting.push(message);
    }
    this.#review(group);
  }

  hide(message: Message): void {
    // Only a retroactive delay hides a message. It keeps its place, and its group waits for it.
    if (!this.#beyond.has(message)) this.#review(this.#groupOf(message));
  }

  leave(message: Message): void {
    if (this.#beyond.remove(message)) return;
    const group = this.#groupOf(message);
    if (!group.waiting.remove(message)) group.inFlight--;
    this.#review(group);
    this.#inWindow--;
    const next = this.#beyond.pop();
    if (next) this.#admit(next);
  }

  /**
   * "SQS first attempts to return as many messages with the same message group ID as possible" ("FIFO queue
   * delivery logic", receiving messages); then it goes on with the next group.
   */
  take(previous: Message | undefined): Message | undefined {
    const same = previous && this.#groups.get(previous.content.groupId as string);
    const group = same && firstVisibleOf(same) ? same : this.#available.peek();
    const message = group && firstVisibleOf(group);
    if (group === undefined || message === undefined) return undefined;
    group.waiting.remove(message);
    group.inFlight++;
    this.#review(group);
    return message;
  }

  clear(): void {
    this.#groups.clear();
    this.#available.clear();
    this.#beyond.clear();
    this.#inWindow = 0;
  }

  #admit(message: Message): void {
    this.#inWindow++;
    const group = this.#groupOf(message);
    if (message.status === 'inFlight') group.inFlight++;
    else group.waiting.push(message);
    this.#review(group);
  }

  #groupOf(message: Message): Group {
    const id = message.content.groupId as string;
    let group = this.#groups.get(id);
    if (group === undefined) {
      group = {id, waiting: new Heap(each => each.sequence), inFlight: 0, rank: 0};
      this.#groups.set(id, group);
    }
    return group;
  }

  /** Decides anew, after a change, whether the group can be received from, and in which place. */
  #review(group: Group): void {
    this.#available.remove(group);
    const first = firstVisibleOf(group);
    if (group.inFlight === 0 && first) {
      group.rank = first.sequence;
      this.#available.push(group);
    } else if (group.inFlight === 0 && group.waiting.size === 0) {
      this.#groups.delete(group.id);
    }
  }
}

/** The group's first message, unless it is still delayed. */
function firstVisibleOf(group: Group): Message | undefined {
  const first = group.waiting.peek();
  return first?.status === 'visible' ? first : undefined;
}
