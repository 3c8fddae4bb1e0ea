// The endpoint itself: AWS JSON on the wire (API Reference, "Making Query API requests using AWS JSON
// protocol in Amazon SQS"), and errors that no client library causes.

import {connect} from 'node:net';
import {ListQueuesCommand} from '@aws-sdk/client-sqs';
import {afterAll, beforeAll, expect, test, vi} from 'vitest';
import {AwsError} from '../../../local/aws-error.ts';
import {awsDoors} from '../../../local/endpoint/aws-doors.ts';
import type {AwsRequest} from '../../../local/endpoint/aws-service.ts';
import {listen} from '../../../local/endpoint/endpoint.ts';
import {errorOf, type SqsUnderTest, startSqs} from './sqs-under-test.ts';

const seen: AwsRequest[] = [];
let refusal: AwsError | undefined;
let under: SqsUnderTest;
beforeAll(async () => {
  under = await startSqs({
    before: request => {
      seen.push(request);
      if (refusal) throw refusal;
    },
  });
});
afterAll(() => under.stop());

async function ask(operation: string | undefined, body: string, headers: Record<string, string> = {}) {
  const response = await fetch(under.endpoint.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      ...(operation && {'x-amz-target': operation}),
      ...headers,
    },
    body,
  });
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    requestId: response.headers.get('x-amzn-requestid'),
    queryError: response.headers.get('x-amzn-query-error'),
    json: (await response.json()) as {__type?: string; message?: string},
  };
}

test('an error names its shape, and its older code in a header', async () => {
  const unknown = JSON.stringify({QueueUrl: `${under.endpoint.url}/000000000000/none`});
  expect(await ask('AmazonSQS.ReceiveMessage', unknown)).toEqual({
    status: 400,
    type: 'application/x-amz-json-1.0',
    requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    queryError: 'AWS.SimpleQueueService.NonExistentQueue;Sender',
    json: {
      __type: 'com.amazonaws.sqs#QueueDoesNotExist',
      message: 'The specified queue does not exist.',
    },
  });
  const {url} = await under.queue();
  const invalid = JSON.stringify({QueueUrl: url, WaitTimeSeconds: 21});
  expect(await ask('AmazonSQS.ReceiveMessage', invalid)).toMatchObject({
    queryError: 'InvalidParameterValue;Sender',
    json: {__type: 'com.amazon.coral.service#InvalidParameterValueException'},
  });
});

test.each([
  ['what is no JSON', '{'],
  ['what is no object', '[]'],
  ['a string where a number belongs', '{"MaxResults":"1"}'],
  ['a number where a string belongs', '{"QueueNamePrefix":1}'],
])('%s is malformed', async (_, body) => {
  expect(await ask('AmazonSQS.ListQueues', body)).toMatchObject({
    status: 400,
    queryError: 'MalformedInput;Sender',
    json: {__type: 'com.amazon.coral.service#SerializationException'},
  });
});

test('lists, maps and structures must be of their types', async () => {
  const {url: QueueUrl} = await under.queue();
  for (const [operation, input] of [
    ['ReceiveMessage', {AttributeNames: 'All'}],
    ['ReceiveMessage', {AttributeNames: [1]}],
    ['SetQueueAttributes', {Attributes: {VisibilityTimeout: 1}}],
    ['SetQueueAttributes', {Attributes: []}],
    ['SendMessage', {MessageBody: 'x', MessageAttributes: {a: 'v'}}],
    ['SendMessageBatch', {Entries: {}}],
    ['SendMessageBatch', {Entries: ['x']}],
    ['SendMessage', {MessageBody: true}],
  ] as const) {
    const answer = await ask(`AmazonSQS.${operation}`, JSON.stringify({QueueUrl, ...input}));
    expect(answer.json.__type).toBe('com.amazon.coral.service#SerializationException');
  }
});

test('an absent body, null parameters and unknown ones are fine', async () => {
  expect(await ask('AmazonSQS.ListQueues', '')).toMatchObject({status: 200});
  expect(await ask('AmazonSQS.ListQueues', '{"MaxResults":null,"Nonsense":1}')).toMatchObject({status: 200});
});

test('an unknown operation or service is refused', async () => {
  const unknown = {status: 400, json: {__type: 'com.amazon.coral.service#UnknownOperationException'}};
  expect(await ask('AmazonSQS.Nonsense', '{}')).toMatchObject({
    ...unknown,
    queryError: 'InvalidAction;Sender',
  });
  expect(await ask('AmazonSQS.constructor', '{}')).toMatchObject(unknown);
  for (const target of ['AmazonSSM.GetParameter', 'Nonsense', undefined]) {
    expect((await ask(target, '{}')).json.__type).toMatch(/UnknownOperationException$/);
  }
});

test('a request larger than any service takes is refused', async () => {
  expect(await ask('AmazonSQS.ListQueues', 'x'.repeat(7 * 1024 * 1024))).toMatchObject({status: 413});
});

test('a GET shows that the endpoint is up', async () => {
  const response = await fetch(under.endpoint.url);
  expect(await response.json()).toEqual({services: ['sqs']});
});

test('a service gets who calls what, and can refuse', async () => {
  await under.client.send(new ListQueuesCommand({QueueNamePrefix: 'hook'}));
  expect(seen.at(-1)).toMatchObject({
    service: 'sqs',
    operation: 'ListQueues',
    input: {QueueNamePrefix: 'hook'},
    accessKeyId: 'AKIATEST',
  });
  refusal = new AwsError('AccessDenied', 'not authorized to perform: sqs:listqueues', 403);
  const error = await errorOf(under.client.send(new ListQueuesCommand({})));
  refusal = undefined;
  expect(error).toMatchObject({status: 403, message: 'not authorized to perform: sqs:listqueues'});
});

test('a service without a namespace writes bare error names, and a bug in it is a server error', async () => {
  const call = async ({operation}: AwsRequest) => {
    if (operation === 'Fail') throw new TypeError('a bug');
    throw new AwsError('ParameterNotFound', 'no such parameter');
  };
  const endpoint = await listen(awsDoors([{name: 'ssm', target: 'AmazonSSM', call}]), {port: 0});
  const ask = async (operation: string) => {
    const headers = {'x-amz-target': `AmazonSSM.${operation}`, 'content-type': 'application/x-amz-json-1.1'};
    const response = await fetch(endpoint.url, {method: 'POST', headers, body: '{}'});
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      queryError: response.headers.get('x-amzn-query-error'),
      json: await response.json(),
    };
  };
  expect(await ask('GetParameter')).toEqual({
    status: 400,
    type: 'application/x-amz-json-1.1',
    queryError: null,
    json: {__type: 'ParameterNotFound', message: 'no such parameter'},
  });
  expect(await ask('Fail')).toMatchObject({
    status: 500,
    json: {__type: 'InternalFailure', message: expect.stringContaining('a bug')},
  });
  await endpoint.close();
});

test('it listens on the loopback address only, and says so when the port is taken', async () => {
  expect(under.endpoint.url).toBe(`http://127.0.0.1:${under.endpoint.port}`);
  await expect(listen([], {port: under.endpoint.port})).rejects.toThrow('EADDRINUSE');
});

test('closing does not wait for idle connections', async () => {
  const endpoint = await listen([], {port: 0});
  const socket = connect(endpoint.port, '127.0.0.1');
  const closed = new Promise(resolve => socket.once('close', resolve));
  socket.resume().write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await new Promise(resolve => socket.once('data', resolve));
  // It does not wait for the time after which all connections are ended.
  vi.useFakeTimers({toFake: ['setTimeout']});
  await Promise.all([endpoint.close(), closed]).finally(() => vi.useRealTimers());
  await endpoint.close();
});
