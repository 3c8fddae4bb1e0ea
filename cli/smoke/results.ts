// The results of a run's own messages, from the stage's queue of results. Each message has a mark, which its results carry.

import {DeleteMessageBatchCommand, ReceiveMessageCommand, type SQSClient} from '@aws-sdk/client-sqs';
import {isJsonObject, type JsonObject} from '../../shared/json.ts';

/** The pipeline carries properties through that it does not know. */
export const markProperty = 'smoke-mark';

export interface ResultsOptions {
  readonly sqs: SQSClient;
  readonly url: () => Promise<string>;
  /** How long nothing new may come, while something is missing. */
  readonly patienceMs: number;
  readonly signal: AbortSignal;
}

export class Results {
  readonly #options: ResultsOptions;
  readonly #finals = new Map<string, JsonObject[]>();

  constructor(options: ResultsOptions) {
    this.#options = options;
  }

  /** The final results of a message so far: one, if all is right. */
  of(mark: string): readonly JsonObject[] {
    return this.#finals.get(mark) ?? [];
  }

  /** Reads until each has a final result, or nothing has come for long. @returns the marks that have none */
  async await(marks: Iterable<string>): Promise<readonly string[]> {
    const {patienceMs} = this.#options;
    const missing = () => all.filter(mark => !this.#finals.has(mark));
    const all = [...marks];
    let newsMs = performance.now();
    while (missing().length > 0 && performance.now() - newsMs < patienceMs) {
      if ((await this.#receive(Math.min(20, Math.ceil(patienceMs / 1000)))) > 0) newsMs = performance.now();
    }
    return missing();
  }

  /** Takes what is there, waiting for nothing. */
  async drain(): Promise<void> {
    while ((await this.#receive(1)) > 0);
  }

  async #receive(seconds: number): Promise<number> {
    const {sqs, url, signal} = this.#options;
    const QueueUrl = await url();
    const query = {QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: seconds};
    const {Messages = []} = await sqs.send(new ReceiveMessageCommand(query), {abortSignal: signal});
    for (const {Body = ''} of Messages) this.#add(Body);
    const Entries = Messages.map(({ReceiptHandle}, index) => ({Id: String(index), ReceiptHandle}));
    if (Entries.length > 0) await sqs.send(new DeleteMessageBatchCommand({QueueUrl, Entries}));
    return Messages.length;
  }

  #add(body: string): void {
    let result: unknown;
    try {
      result = JSON.parse(body);
    } catch {
      return;
    }
    if (!isJsonObject(result)) return;
    const {[markProperty]: mark, fate} = result;
    if (typeof mark !== 'string' || fate === 'deferred') return;
    this.#finals.set(mark, [...this.of(mark), result]);
  }
}
