// An SQS that takes what a test lets it take, and keeps the bodies.

import type {SQSClient} from '@aws-sdk/client-sqs';
import type {AwsRequest} from '../../local/endpoint/aws-service.ts';
import {type Entry, type ScriptedQueue, startScriptedQueue, taken} from './scripted-queue.ts';

export interface Failed {
  readonly Id: string;
  readonly Code: string;
  readonly SenderFault: boolean;
}

/** @returns those that are not taken. @throws AwsError where the whole request fails */
type Answer = (
  entries: readonly Entry[],
  request: AwsRequest,
) => Promise<readonly Failed[]> | readonly Failed[];

export class QueueUnderTest {
  /** What was taken, in its order. Ids count it: `id-1`. */
  readonly bodies: string[] = [];
  /** How many entries each request had. */
  readonly requests: number[] = [];
  answer: Answer = () => [];
  #queue: ScriptedQueue | undefined;

  static async start(): Promise<QueueUnderTest> {
    const queue = new QueueUnderTest();
    queue.#queue = await startScriptedQueue((entries, request) => queue.#answer(entries, request));
    return queue;
  }

  get client(): SQSClient {
    return this.#queue!.client;
  }

  get queueUrl(): string {
    return this.#queue!.queueUrl;
  }

  get messages(): readonly Record<string, unknown>[] {
    return this.bodies.map(body => JSON.parse(body));
  }

  async #answer(entries: readonly Entry[], request: AwsRequest) {
    this.requests.push(entries.length);
    const failed = await this.answer(entries, request);
    const successful = entries
      .filter(({Id}) => !failed.some(each => each.Id === Id))
      .map(entry => ({...taken(entry), MessageId: `id-${this.bodies.push(entry.MessageBody)}`}));
    return {Successful: successful, Failed: failed.map(each => ({Message: 'not now', ...each}))};
  }

  async stop(): Promise<void> {
    await this.#queue?.close();
  }
}
