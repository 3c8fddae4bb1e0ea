// How many messages SQS has in each queue of a stage.

import {GetQueueAttributesCommand, type QueueAttributeName} from '@aws-sdk/client-sqs';
import type {QueueDepth} from '../../shared/overview/overview.ts';
import {queueUrlOf, type StageClients} from './queues.ts';

/** Queues keep their URLs. */
export class QueueDepths {
  readonly #at: StageClients;
  readonly #urls = new Map<string, string>();

  constructor(at: StageClients) {
    this.#at = at;
  }

  /** @throws Error when a queue does not exist */
  of(names: readonly string[]): Promise<readonly QueueDepth[]> {
    return Promise.all(names.map(name => this.#depthOf(name)));
  }

  async #depthOf(name: string): Promise<QueueDepth> {
    const {Attributes = {}} = await this.#at.clients.sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: await this.#urlOf(name),
        AttributeNames: [
          'ApproximateNumberOfMessages',
          'ApproximateNumberOfMessagesNotVisible',
          'ApproximateNumberOfMessagesDelayed',
        ],
      }),
    );
    const number = (attribute: QueueAttributeName) => Number(Attributes[attribute] ?? 0);
    return {
      name,
      visible: number('ApproximateNumberOfMessages'),
      inFlight: number('ApproximateNumberOfMessagesNotVisible'),
      delayed: number('ApproximateNumberOfMessagesDelayed'),
    };
  }

  async #urlOf(name: string): Promise<string> {
    const known = this.#urls.get(name);
    if (known !== undefined) return known;
    const url = await queueUrlOf(this.#at, name);
    this.#urls.set(name, url);
    return url;
  }
}
