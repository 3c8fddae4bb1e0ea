// Whose mail fills a delivery queue. SQS looks for work among its first 120,000 messages only, so that a few receivers who
// cannot keep up would hold up all others. This environment judges by the last thousand messages that
// wanted to go there, and by the last thousand that did.

import type {DeliveryQueue} from '../../shared/delivery/receivers/placement.ts';
import {errorText, type Log} from '../runtime/log.ts';
import type {Sqs} from '../runtime/sqs.ts';

export interface CrowdParts {
  readonly sqs: Pick<Sqs, 'depthOf'>;
  readonly urls: Readonly<Record<DeliveryQueue, string>>;
  readonly log: Log;
}

/** How many messages a receiver may have in the queue for each of its lanes: enough to be busy until others come back. */
const mostPerLane = 300;
const remembered = 1_000;
/** SQS is asked after so many messages: that is a fiftieth of a request for each. */
const askAfter = 50;

export class Crowd {
  readonly #parts: CrowdParts;
  readonly #queues: Readonly<Record<DeliveryQueue, Inside>> = {fast: new Inside(), slow: new Inside()};

  constructor(parts: CrowdParts) {
    this.#parts = parts;
  }

  /** To be called with the receivers of the messages in a batch that want to go into a queue. */
  async wanted(queue: DeliveryQueue, receivers: readonly string[]): Promise<void> {
    const {sqs, urls, log} = this.#parts;
    const inside = this.#queues[queue];
    for (const receiver of receivers) inside.wanted.add(receiver);
    if (inside.wanted.since < askAfter) return;
    inside.wanted.since = 0;
    inside.entered.since = 0;
    try {
      inside.depth = await sqs.depthOf(urls[queue]);
    } catch (error) {
      log('warn', 'SQS does not say how full a delivery queue is', {queue, error: errorText(error)});
    }
  }

  /** A message of the receiver goes in. */
  entered(queue: DeliveryQueue, receiver: string): void {
    this.#queues[queue].entered.add(receiver);
  }

  /**
   * Whether a receiver has enough in the queue, as far as can be told. Both shares must say so. What wants to go in counts
   * again whenever it comes back, so that a receiver would stay out for what is outside. And of what went in a receiver
   * may have much only because another one is kept out, whose mail makes the depth.
   */
  isCrowding(queue: DeliveryQueue, receiver: string, lanes: number): boolean {
    const {depth, wanted, entered} = this.#queues[queue];
    const share = Math.min(wanted.shareOf(receiver), entered.shareOf(receiver));
    return (depth + entered.since) * share > mostPerLane * lanes;
  }
}

class Inside {
  /** As SQS said. */
  depth = 0;
  readonly wanted = new Recent();
  readonly entered = new Recent();
}

/** The receivers of messages, lately. */
class Recent {
  readonly #receivers: string[] = [];
  readonly #counts = new Map<string, number>();
  /** How many there were since SQS was asked. */
  since = 0;

  add(receiver: string): void {
    this.#receivers.push(receiver);
    this.#count(receiver, 1);
    if (this.#receivers.length > remembered) this.#count(this.#receivers.shift()!, -1);
    this.since += 1;
  }

  shareOf(receiver: string): number {
    return (this.#counts.get(receiver) ?? 0) / Math.max(this.#receivers.length, 1);
  }

  #count(receiver: string, change: number): void {
    const count = (this.#counts.get(receiver) ?? 0) + change;
    if (count === 0) this.#counts.delete(receiver);
    else this.#counts.set(receiver, count);
  }
}
