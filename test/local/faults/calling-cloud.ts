// A cloud whose function makes the calls that a test tells it to make.

import {ReceiveMessageCommand} from '@aws-sdk/client-sqs';
import type {CloudsUnderTest, CloudUnderTest} from '../cloud-under-test.ts';
import {functionName} from '../template/template-under-test.ts';

/** Makes calls as the SDK would, and returns what came of each. */
const caller = `
  const call = async ({target, input}) => {
    const {AWS_ACCESS_KEY_ID: key, AWS_SESSION_TOKEN: token, AWS_ENDPOINT_URL: url} = process.env;
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-amz-json-1.0',
          'x-amz-target': target,
          'x-amz-security-token': token,
          authorization: 'AWS4-HMAC-SHA256 Credential=' + key + '/20250101/us-east-1/sqs/aws4_request',
        },
        body: JSON.stringify(input),
      });
      const query = response.headers.get('x-amzn-query-error');
      return {status: response.status, ...(query && {query}), ...await response.json()};
    } catch (error) {
      return {lost: error.cause?.code ?? String(error)};
    }
  };
  export const handler = async ({calls}) => {
    const answers = [];
    for (const each of calls) answers.push(await call(each));
    return answers;
  };`;

interface Call {
  readonly target: string;
  readonly input: Record<string, unknown>;
}

export interface CallingCloud extends CloudUnderTest {
  call(...calls: readonly Call[]): Promise<readonly Record<string, unknown>[]>;
  sendTo(queue: string, body?: string): Call;
  batchOf(queue: string, count: number): Call;
  bodiesIn(queue: string): Promise<readonly string[]>;
}

export const getParameter: Call = {target: 'AmazonSSM.GetParameter', input: {Name: '/app/name'}};

export async function startCaller(
  clouds: CloudsUnderTest,
  options: Parameters<CloudsUnderTest['start']>[1] = {},
): Promise<CallingCloud> {
  const started = await clouds.start(caller, {
    ...options,
    overrides: ({eventSourceMappings}) => {
      for (const mapping of eventSourceMappings) mapping.enabled = false;
    },
  });
  const {cloud, client} = started;
  const urlOf = (queue: string) => cloud.queueUrlOf(queue);
  return {
    ...started,
    async call(...calls) {
      const invocation = await cloud.functions.get(functionName)!.invoke(JSON.stringify({calls}));
      return invocation.ok ? JSON.parse(invocation.payload) : [{crashed: invocation.error.errorType}];
    },
    sendTo: (queue, body = 'hello') => ({
      target: 'AmazonSQS.SendMessage',
      input: {QueueUrl: urlOf(queue), MessageBody: body},
    }),
    batchOf: (queue, count) => ({
      target: 'AmazonSQS.SendMessageBatch',
      input: {
        QueueUrl: urlOf(queue),
        Entries: Array.from({length: count}, (_, n) => ({Id: `e${n}`, MessageBody: `body ${n}`})),
      },
    }),
    async bodiesIn(queue) {
      const {Messages = []} = await client.send(
        new ReceiveMessageCommand({QueueUrl: urlOf(queue), MaxNumberOfMessages: 10, VisibilityTimeout: 0}),
      );
      return Messages.map(({Body}) => Body!);
    },
  };
}
