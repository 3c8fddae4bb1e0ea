// An SQS endpoint on a free port, with the real SDK in front of it. A test can put its clock forward, so that nobody has to
// wait for visibility timeouts and delays.

import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  type QueueAttributeName,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageCommand,
  type SendMessageCommandInput,
  SQSClient,
  type SQSServiceException,
} from '@aws-sdk/client-sqs';
import {awsDoors} from '../../../local/endpoint/aws-doors.ts';
import type {AwsRequest, AwsService} from '../../../local/endpoint/aws-service.ts';
import {type Endpoint, listen} from '../../../local/endpoint/endpoint.ts';
import {sqsService} from '../../../local/sqs/service.ts';
import {Sqs} from '../../../local/sqs/sqs.ts';
import type {Store} from '../../../local/store/store.ts';
import {sdkOptions} from '../../sdk-options.ts';

export const accountId = '000000000000';

export interface SqsUnderTest {
  readonly endpoint: Endpoint;
  readonly sqs: Sqs;
  readonly client: SQSClient;
  /** Puts the clock forward. */
  pass(seconds: number): void;
  /** A new queue under a name of its own. */
  queue(attributes?: Record<string, string>): Promise<QueueUnderTest>;
  fifoQueue(attributes?: Record<string, string>): Promise<QueueUnderTest>;
  queueNamed(name: string): QueueUnderTest;
  stop(): Promise<void>;
}

export interface SqsOptions {
  readonly store?: Store;
  /** Runs before each operation. */
  readonly before?: (request: AwsRequest) => Promise<void> | void;
}

export async function startSqs({store, before}: SqsOptions = {}): Promise<SqsUnderTest> {
  let aheadMs = 0;
  const now = () => Date.now() + aheadMs;
  const urlOf = (name: string) => `${endpoint.url}/${accountId}/${name}`;
  const sqs = new Sqs({region: 'us-east-1', accountId, urlOf, now, ...(store && {store})});
  const service = sqsService(sqs);
  const call: AwsService['call'] = async request => {
    await before?.(request);
    return service.call(request);
  };
  const endpoint = await listen(awsDoors([{...service, call}]), {port: 0});
  const client = clientOf(endpoint.url);
  let queues = 0;
  const create = async (name: string, attributes: Record<string, string>) => {
    await client.send(new CreateQueueCommand({QueueName: name, Attributes: attributes}));
    return new QueueUnderTest(client, urlOf(name));
  };
  return {
    endpoint,
    sqs,
    client,
    pass: seconds => {
      aheadMs += seconds * 1000;
    },
    queue: attributes => create(`queue-${queues++}`, attributes ?? {}),
    fifoQueue: attributes => create(`queue-${queues++}.fifo`, {FifoQueue: 'true', ...attributes}),
    queueNamed: name => new QueueUnderTest(client, urlOf(name)),
    async stop() {
      client.destroy();
      await endpoint.close();
      sqs.close();
    },
  };
}

export const clientOf = (url: string): SQSClient => new SQSClient({...sdkOptions(url), maxAttempts: 1});

export class QueueUnderTest {
  readonly client: SQSClient;
  readonly url: string;

  constructor(client: SQSClient, url: string) {
    this.client = client;
    this.url = url;
  }

  get name(): string {
    return this.url.slice(this.url.lastIndexOf('/') + 1);
  }

  get arn(): string {
    return `arn:aws:sqs:us-east-1:${accountId}:${this.name}`;
  }

  send(body: string, extra: Partial<SendMessageCommandInput> = {}) {
    return this.client.send(new SendMessageCommand({QueueUrl: this.url, MessageBody: body, ...extra}));
  }

  /** To a FIFO queue, under a deduplication ID of its own. */
  sendTo(group: string, body: string, deduplicationId: string = `${Math.random()}`) {
    return this.send(body, {MessageGroupId: group, MessageDeduplicationId: deduplicationId});
  }

  /** Ten at most, with all attributes, at once. */
  async receive(extra: Partial<ReceiveMessageCommandInput> = {}): Promise<Message[]> {
    const {Messages = []} = await this.client.send(
      new ReceiveMessageCommand({
        QueueUrl: this.url,
        MaxNumberOfMessages: 10,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
        ...extra,
      }),
    );
    return Messages;
  }

  async receiveOne(extra: Partial<ReceiveMessageCommandInput> = {}): Promise<Message> {
    const [message] = await this.receive({MaxNumberOfMessages: 1, ...extra});
    if (message === undefined) throw new Error(`${this.name} gave out nothing`);
    return message;
  }

  async bodies(extra: Partial<ReceiveMessageCommandInput> = {}): Promise<(string | undefined)[]> {
    return (await this.receive(extra)).map(({Body}) => Body);
  }

  delete({ReceiptHandle}: Message) {
    return this.client.send(new DeleteMessageCommand({QueueUrl: this.url, ReceiptHandle}));
  }

  changeVisibility({ReceiptHandle}: Message, seconds: number) {
    return this.client.send(
      new ChangeMessageVisibilityCommand({QueueUrl: this.url, ReceiptHandle, VisibilityTimeout: seconds}),
    );
  }

  async attributes(...names: QueueAttributeName[]): Promise<Partial<Record<string, string>>> {
    const command = new GetQueueAttributesCommand({QueueUrl: this.url, AttributeNames: names});
    return (await this.client.send(command)).Attributes ?? {};
  }

  async counts(): Promise<{visible: number; inFlight: number; delayed: number}> {
    const all = await this.attributes('All');
    return {
      visible: Number(all.ApproximateNumberOfMessages),
      inFlight: Number(all.ApproximateNumberOfMessagesNotVisible),
      delayed: Number(all.ApproximateNumberOfMessagesDelayed),
    };
  }
}

/** The error that the SDK throws for a refusal: its name, status and message. */
export async function errorOf(
  promise: Promise<unknown>,
): Promise<{name: string; status: number | undefined; message: string}> {
  try {
    await promise;
  } catch (thrown) {
    const error = thrown as SQSServiceException;
    return {name: error.name, status: error.$metadata?.httpStatusCode, message: error.message};
  }
  throw new Error('it was not refused');
}
