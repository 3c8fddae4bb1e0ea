// A queue beside those of the stage, to see how SQS itself behaves: no function reads it. It is deleted at the end of its step.

import {randomBytes} from 'node:crypto';
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SendMessageCommandInput,
  type SQSClient,
} from '@aws-sdk/client-sqs';

const probePrefix = (stage: string): string => `relayq-${stage}-probe-`;

/** No queue of another stage has such a name: those go on behind it. */
export const isProbe = (stage: string, name: string): boolean =>
  name.startsWith(probePrefix(stage)) &&
  /^[0-9a-f]{8}(?:\.fifo)?$/.test(name.slice(probePrefix(stage).length));

/** As the delivery queues have them. */
const fifoAttributes = {
  FifoQueue: 'true',
  DeduplicationScope: 'messageGroup',
  FifoThroughputLimit: 'perMessageGroupId',
};

export interface ProbeOptions {
  readonly fifo?: boolean;
  readonly attributes?: Readonly<Record<string, string>>;
}

export class ProbeQueue {
  readonly name: string;
  readonly url: string;
  readonly #sqs: SQSClient;

  private constructor(sqs: SQSClient, name: string, url: string) {
    this.#sqs = sqs;
    this.name = name;
    this.url = url;
  }

  static async create(
    sqs: SQSClient,
    stage: string,
    {fifo = false, attributes = {}}: ProbeOptions,
  ): Promise<ProbeQueue> {
    const QueueName = `${probePrefix(stage)}${randomBytes(4).toString('hex')}${fifo ? '.fifo' : ''}`;
    // What is left behind holds nothing for long.
    const all = {MessageRetentionPeriod: '3600', ...(fifo && fifoAttributes), ...attributes};
    const {QueueUrl} = await sqs.send(new CreateQueueCommand({QueueName, Attributes: all}));
    return new ProbeQueue(sqs, QueueName, QueueUrl!);
  }

  async send(body: string, more: Omit<SendMessageCommandInput, 'QueueUrl' | 'MessageBody'> = {}) {
    await this.#sqs.send(new SendMessageCommand({QueueUrl: this.url, MessageBody: body, ...more}));
  }

  /** To a message group of a FIFO queue. */
  sendTo(group: string, body: string, deduplicationId = body): Promise<void> {
    return this.send(body, {MessageGroupId: group, MessageDeduplicationId: deduplicationId});
  }

  async receive(most = 10, visibilitySeconds = 60): Promise<readonly Message[]> {
    const {Messages = []} = await this.#sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: this.url,
        MaxNumberOfMessages: most,
        VisibilityTimeout: visibilitySeconds,
        // Asks all of SQS's servers, which a short poll does not.
        WaitTimeSeconds: 1,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      }),
    );
    return Messages;
  }

  async delete({ReceiptHandle}: Message): Promise<void> {
    await this.#sqs.send(new DeleteMessageCommand({QueueUrl: this.url, ReceiptHandle}));
  }

  async hide({ReceiptHandle}: Message, seconds: number): Promise<void> {
    await this.#sqs.send(
      new ChangeMessageVisibilityCommand({QueueUrl: this.url, ReceiptHandle, VisibilityTimeout: seconds}),
    );
  }

  async attributes(): Promise<Readonly<Record<string, string>>> {
    const command = new GetQueueAttributesCommand({QueueUrl: this.url, AttributeNames: ['All']});
    return (await this.#sqs.send(command)).Attributes ?? {};
  }

  async remove(): Promise<void> {
    await this.#sqs.send(new DeleteQueueCommand({QueueUrl: this.url}));
  }
}
