// Whether the delivery queues are so full that SQS may not look at all of them, and whose mail that is. This environment
// judges by the last thousand messages that went through it.

import {errorText, type Log} from '../runtime/log.ts';
import type {Sqs} from '../runtime/sqs.ts';

export interface CrowdParts {
  readonly sqs: Pick<Sqs, 'depthOf'>;
  readonly queueUrls: readonly string[];
  readonly log: Log;
  readonly now: () => number;
}

/** Half of what SQS looks at ("FIFO queues look through the first 120k messages"). */
const crowdedDepth = 60_000;
const crowdedShare = 0.05;
const remembered = 1_000;
/** SQS is asked every five seconds, and only after so many messages: plain mail does not pay for it. */
const askEveryMs = 5_000;
const askAfter = 100;

export class Crowd {
  readonly #parts: CrowdParts;
  #recent: string[] = [];
  readonly #counts = new Map<string, number>();
  #since = 0;
  #askedMs = Number.NEGATIVE_INFINITY;
  #isFull = false;

  constructor(parts: CrowdParts) {
    this.#parts = parts;
  }

  /** To be called with the receivers of a batch. */
  async seen(receivers: readonly string[]): Promise<void> {
    for (const receiver of receivers) this.#count(receiver, 1);
    this.#recent.push(...receivers);
    for (const receiver of this.#recent.splice(0, this.#recent.length - remembered))
      this.#count(receiver, -1);
    this.#since += receivers.length;
    const {sqs, queueUrls, log, now} = this.#parts;
    if (this.#since < askAfter || now() < this.#askedMs + askEveryMs) return;
    this.#since = 0;
    this.#askedMs = now();
    try {
      const depths = await Promise.all(queueUrls.map(url => sqs.depthOf(url)));
      this.#isFull = Math.max(...depths) > crowdedDepth;
    } catch (error) {
      log('warn', 'SQS does not say how full the delivery queues are', {error: errorText(error)});
    }
  }

  /** Where all mail is of one receiver, it is in nobody's way. */
  isCrowding(receiver: string): boolean {
    if (!this.#isFull || this.#counts.size < 2) return false;
    return (this.#counts.get(receiver) ?? 0) > crowdedShare * this.#recent.length;
  }

  #count(receiver: string, change: number): void {
    const count = (this.#counts.get(receiver) ?? 0) + change;
    if (count === 0) this.#counts.delete(receiver);
    else this.#counts.set(receiver, count);
  }
}
