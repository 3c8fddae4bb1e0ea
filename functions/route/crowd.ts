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

  /** To be called with the receivers of the messages in a batch that are about to go into a queue. */
  async seen(queue: DeliveryQueue, receivers: readonly string[]): Promise<void> {
    const {sqs, urls, log} = this.#parts;
    const recent = this.#queues[queue];
    recent.add(receivers);
    if (recent.since < askAfter) return;
    recent.since = 0;
    try {
      recent.depth = await sqs.depthOf(urls[queue]);
    } catch (error) {
      log('warn', 'SQS does not say how full a delivery queue is', {queue, error: errorText(error)});
    }
  }

  /** Whether a receiver has enough in the queue, as far as can be told. */
  isCrowding(queue: DeliveryQueue, receiver: string, lanes: number): boolean {
    const {depth, share} = this.#queues[queue].of(receiver);
    return depth * share > mostPerLane * lanes;
  }
}

/** What went into a queue lately. */
class Recent {
  #receivers: string[] = [];
  readonly #counts = new Map<string, number>();
  depth = 0;
  /** How many went in since SQS was asked. */
  since = 0;

  add(receivers: readonly string[]): void {
    for (const receiver of receivers) this.#count(receiver, 1);
    this.#receivers.push(...receivers);
    for (const receiver of this.#receivers.splice(0, this.#receivers.length - remembered))
      this.#count(receiver, -1);
    this.since += receivers.length;
  }

  of(receiver: string) {
    const share = (this.#counts.get(receiver) ?? 0) / Math.max(this.#receivers.length, 1);
    return {depth: this.depth + this.since, share};
  }

  #count(receiver: string, change: number): void {
    const count = (this.#counts.get(receiver) ?? 0) + change;
    if (count === 0) this.#counts.delete(receiver);
    else this.#counts.set(receiver, count);
  }
}
