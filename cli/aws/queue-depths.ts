// How many messages SQS has in each queue of a stage.

import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  type QueueAttributeName,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type {QueueDepth} from '../../shared/overview/overview.ts';

/** Queues keep their URLs. */
export class QueueDepths {
  readonly #sqs: SQSClient;
  readonly #urls = new Map<string, string>();

  constructor(sqs: SQSClient) {
    this.#sqs = sqs;
  }

  /** @throws Error when a queue does not exist */
  of(names: readonly string[]): Promise<readonly QueueDepth[]> {
    return Promise.all(names.map(name => this.#depthOf(name)));
  }

  async #depthOf(name: string): Promise<QueueDepth> {
    const {Attributes = {}} = await this.#sqs.send(
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
    try {
      const {QueueUrl: url = ''} = await this.#sqs.send(new GetQueueUrlCommand({QueueName: name}));
      this.#urls.set(name, url);
      return url;
    } catch (error) {
      if ((error as Error).name !== 'QueueDoesNotExist') throw error;
      throw new Error(`there is no queue ${name}: is the stage deployed there?`, {cause: error});
    }
  }
}
