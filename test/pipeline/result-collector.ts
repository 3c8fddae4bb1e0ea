// Takes results off queues as they come, and says which messages have reached their end.

import type {Cloud} from '../../local/cloud.ts';
import type {Result} from './pipeline-under-test.ts';

export class ResultCollector {
  /** By queue, and then by the number of the message. */
  readonly results = new Map<string, Map<number, Result[]>>();
  readonly finished = new Set<number>();
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;

  constructor(cloud: Cloud, queues: readonly string[]) {
    this.#running = Promise.all(queues.map(queue => this.#collect(cloud, queue))).then(() => {});
  }

  of(queue: string, number: number): readonly Result[] {
    return this.results.get(queue)?.get(number) ?? [];
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #collect({sqs}: Cloud, queue: string): Promise<void> {
    const {signal} = this.#stopping;
    const byNumber = new Map<number, Result[]>();
    this.results.set(queue, byNumber);
    while (!signal.aborted) {
      const received = await sqs.receive(queue, {maxNumberOfMessages: 10, waitTimeSeconds: 20, signal});
      for (const {body, receiptHandle} of received) {
        const result = JSON.parse(body) as Result;
        const number = numberOf(result);
        byNumber.set(number, [...(byNumber.get(number) ?? []), result]);
        if (result.fate !== 'deferred') this.finished.add(number);
        sqs.deleteMessage(queue, receiptHandle);
      }
    }
  }
}

/** The `n` of a message, or of a text that is not a message. */
function numberOf({n, original}: Result): number {
  return Number(n ?? /"n\\?":\s*(\d+)/.exec(String(original))?.[1]);
}
