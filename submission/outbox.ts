// The outbox for whoever submits message by message: what comes while requests are on their way goes with the next one.

import type {SQSClient} from '@aws-sdk/client-sqs';
import {batchesOf} from '../shared/sqs-limits.ts';
import {type Placed, placeBatch, problemOf} from './enqueue.ts';

interface Waiting {
  readonly body: string;
  readonly signal: AbortSignal | undefined;
  readonly settle: (placed: Placed) => void;
}

/** What is sent at a time. With fewer messages than that each has a request of its own, and waits for nobody. */
const requestsInFlight = 8;

export class Outbox {
  readonly #client: SQSClient;
  readonly #queueUrl: string;
  #waiting: Waiting[] = [];
  #inFlight = 0;

  constructor(client: SQSClient, queueUrl: string) {
    this.#client = client;
    this.#queueUrl = queueUrl;
  }

  /**
   * @param signal when it is aborted, what is not on its way is not sent any more
   * @returns what became of it: SQS's limits are all that may be wrong with a body
   */
  place(body: string, signal?: AbortSignal): Promise<Placed> {
    return new Promise(settle => {
      this.#waiting.push({body, signal, settle});
      // With those that are placed in the same moment.
      setImmediate(() => this.#send());
    });
  }

  #send(): void {
    while (this.#inFlight < requestsInFlight) {
      this.#leaveLate();
      if (this.#waiting.length === 0) return;
      const [batch = []] = batchesOf(this.#waiting);
      this.#waiting = this.#waiting.slice(batch.length);
      this.#inFlight += 1;
      void this.#place(batch).finally(() => {
        this.#inFlight -= 1;
        this.#send();
      });
    }
  }

  #leaveLate(): void {
    if (!this.#waiting.some(({signal}) => signal?.aborted)) return;
    const [late = [], timely = []] = [true, false].map(isLate =>
      this.#waiting.filter(({signal}) => (signal?.aborted ?? false) === isLate),
    );
    this.#waiting = timely;
    for (const {settle} of late) settle({ok: false, problem: 'its time is over', isRefused: false});
  }

  async #place(batch: readonly Waiting[]): Promise<void> {
    const bodies = batch.map(({body}) => body);
    try {
      const placed = await placeBatch(this.#client, this.#queueUrl, bodies);
      batch.forEach(({settle}, index) => {
        settle(placed[index]!);
      });
    } catch (error) {
      const failed: Placed = {ok: false, problem: problemOf(error), isRefused: false, cause: error};
      for (const {settle} of batch) settle(failed);
    }
  }
}
