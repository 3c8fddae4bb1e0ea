// An SQS that takes what a test lets it take, and keeps the bodies. The real SDK is in front of it.

import {createHash} from 'node:crypto';
import type {SQSClient} from '@aws-sdk/client-sqs';
import {awsDoors} from '../../local/endpoint/aws-doors.ts';
import type {AwsRequest} from '../../local/endpoint/aws-service.ts';
import {type Endpoint, listen} from '../../local/endpoint/endpoint.ts';
import {sqsProtocol} from '../../local/sqs/service.ts';
import {clientOf} from '../local/sqs/sqs-under-test.ts';

export interface Entry {
  readonly Id: string;
  readonly MessageBody: string;
}

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
  readonly client: SQSClient;
  readonly queueUrl: string;
  readonly #endpoint: Endpoint;
  /** What was taken, in its order. */
  readonly bodies: string[] = [];
  /** How many entries each request had. */
  readonly requests: number[] = [];
  answer: Answer = () => [];

  private constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
    this.client = clientOf(endpoint.url);
    this.queueUrl = `${endpoint.url}/000000000000/outbox`;
  }

  static async start(): Promise<QueueUnderTest> {
    let queue: QueueUnderTest | undefined;
    const call = async (request: AwsRequest) => (await queue!.#call(request)) as Record<string, unknown>;
    queue = new QueueUnderTest(await listen(awsDoors([{...sqsProtocol, call}]), {port: 0}));
    return queue;
  }

  get messages(): readonly Record<string, unknown>[] {
    return this.bodies.map(body => JSON.parse(body));
  }

  async #call(request: AwsRequest) {
    const entries = request.input.Entries as readonly Entry[];
    this.requests.push(entries.length);
    const failed = await this.answer(entries, request);
    const taken = entries.filter(({Id}) => !failed.some(each => each.Id === Id));
    this.bodies.push(...taken.map(({MessageBody}) => MessageBody));
    return {
      Successful: taken.map(({Id, MessageBody}) => ({
        Id,
        MessageId: `id-${this.bodies.lastIndexOf(MessageBody) + 1}`,
        MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex'),
      })),
      Failed: failed.map(each => ({Message: 'not now', ...each})),
    };
  }

  async stop(): Promise<void> {
    this.client.destroy();
    await this.#endpoint.close();
  }
}
