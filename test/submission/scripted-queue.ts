// An SQS that takes what a test lets it take, with the real SDK in front of it.

import {createHash} from 'node:crypto';
import type {SQSClient} from '@aws-sdk/client-sqs';
import {awsDoors} from '../../local/endpoint/aws-doors.ts';
import type {AwsRequest} from '../../local/endpoint/aws-service.ts';
import {listen} from '../../local/endpoint/endpoint.ts';
import {sqsProtocol} from '../../local/sqs/service.ts';
import {clientOf} from '../local/sqs/sqs-under-test.ts';

export interface Entry {
  readonly Id: string;
  readonly MessageBody: string;
}

export interface ScriptedQueue {
  readonly client: SQSClient;
  readonly queueUrl: string;
  close(): Promise<void>;
}

/** @param answer of each request: the entries are those of SendMessageBatch */
export async function startScriptedQueue(
  answer: (entries: readonly Entry[], request: AwsRequest) => unknown,
): Promise<ScriptedQueue> {
  const call = async (request: AwsRequest) =>
    (await answer(request.input.Entries as Entry[], request)) as Record<string, unknown>;
  const endpoint = await listen(awsDoors([{...sqsProtocol, call}]), {port: 0});
  const client = clientOf(endpoint.url);
  return {
    client,
    queueUrl: `${endpoint.url}/000000000000/outbox`,
    async close() {
      client.destroy();
      await endpoint.close();
    },
  };
}

export const taken = ({Id, MessageBody}: Entry) => ({
  Id,
  MessageId: Id,
  MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex'),
});
