// Whose mail fills a delivery queue. SQS looks for work among its first 120,000 messages only, so that a few receivers who
// cannot keep up would hold up all others. This environment judges by the last thousand messages that it put there.

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
  readonly #queues: Readonly<Record<DeliveryQueue, Recent>> = {fast: new Recent(), slow: new Recent()};

  constructor(parts: CrowdParts) {
    this.#parts = parts;
  }

  /** So many messages of a batch want to go into a queue. */
  async wanted(queue: DeliveryQueue, messages: number): Promise<void> {
    const {sqs, urls, log} = this.#parts;
    const recent = this.#queues[queue];
    recent.wanted += messages;
    if (recent.wanted < askAfter) return;
    recent.wanted = 0;
    recent.entered = 0;
    try {
      recent.depth = await sqs.depthOf(urls[queue]);
    } catch (error) {
      log('warn', 'SQS does not say how full a delivery queue is', {queue, error: errorText(error)});
    }
  }

  /** A message of the receiver goes in. */
  entered(queue: DeliveryQueue, receiver: string): void {
    this.#queues[queue].add(receiver);
  }

  /** Whether a receiver has enough in the queue, as far as can be told. */
  isCrowding(queue: DeliveryQueue, receiver: string, lanes: number): boolean {
    const {depth, share} = this.#queues[queue].of(receiver);
    return depth * share > mostPerLane * lanes;
  }
}

/** What went into a queue lately. */
class Recent {
  readonly #receivers: string[] = [];
  readonly #counts = new Map<string, number>();
  depth = 0;
  /** Since SQS was asked. */
  wanted = 0;
  entered = 0;

  add(receiver: string): void {
    this.#receivers.push(receiver);
    this.#count(receiver, 1);
    if (this.#receivers.length > remembered) this.#count(this.#receivers.shift()!, -1);
    this.entered += 1;
  }

  of(receiver: string) {
    const share = (this.#counts.get(receiver) ?? 0) / Math.max(this.#receivers.length, 1);
    return {depth: this.depth + this.entered, share};
  }

  #count(receiver: string, change: number): void {
    const count = (this.#counts.get(receiver) ?? 0) + change;
    if (count === 0) this.#counts.delete(receiver);
    else this.#counts.set(receiver, count);
  }
}
