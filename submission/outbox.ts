// The outbox for whoever submits message by message: what comes while requests are on their way goes with the next one.

import type {SQSClient} from '@aws-sdk/client-sqs';
import {batchesOf} from '../shared/sqs-limits.ts';
import {type Placed, placeBatch, problemOf} from './enqueue.ts';

interface Waiting {
  readonly body: string;
  readonly settle: (placed: Placed) => void;
}

/** What is sent at a time. With fewer messages than that each has a request of its own, and waits for nobody. */
const requestsInFlight = 8;

export class Outbox {
  readonly #client: SQSClient;
  readonly #queueUrl: string;
  readonly #onFailure: (error: unknown) => void;
  #waiting: Waiting[] = [];
  #inFlight = 0;

  /** @param onFailure is told why a request as a whole failed */
  constructor(client: SQSClient, queueUrl: string, onFailure: (error: unknown) => void = () => {}) {
    this.#client = client;
    this.#queueUrl = queueUrl;
    this.#onFailure = onFailure;
  }

  /** @returns what became of it: SQS's limits are all that may be wrong with a body */
  place(body: string): Promise<Placed> {
    return new Promise(settle => {
      this.#waiting.push({body, settle});
      // With those that are placed in the same moment.
      setImmediate(() => this.#send());
    });
  }

  #send(): void {
    while (this.#waiting.length > 0 && this.#inFlight < requestsInFlight) {
      const [batch = []] = batchesOf(this.#waiting);
      this.#waiting = this.#waiting.slice(batch.length);
      this.#inFlight += 1;
      void this.#place(batch).finally(() => {
        this.#inFlight -= 1;
        this.#send();
      });
    }
  }

  async #place(batch: readonly Waiting[]): Promise<void> {
    const bodies = batch.map(({body}) => body);
    try {
      const placed = await placeBatch(this.#client, this.#queueUrl, bodies);
      batch.forEach(({settle}, index) => {
        settle(placed[index]!);
      });
    } catch (error) {
      this.#onFailure(error);
      const failed: Placed = {ok: false, problem: problemOf(error), isRefused: false, cause: error};
      for (const {settle} of batch) settle(failed);
    }
  }
}
