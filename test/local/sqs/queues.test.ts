// API Reference, CreateQueue, SetQueueAttributes, ListQueues and the tags.

import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  type ListQueuesCommandInput,
  ListQueueTagsCommand,
  PurgeQueueCommand,
  SetQueueAttributesCommand,
  TagQueueCommand,
  UntagQueueCommand,
} from '@aws-sdk/client-sqs';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {errorOf, type SqsUnderTest, startSqs} from './sqs-under-test.ts';

let under: SqsUnderTest;
beforeAll(async () => {
  under = await startSqs();
});
afterAll(() => under.stop());

const create = (QueueName: string, Attributes: Record<string, string> = {}, tags = {}) =>
  under.client.send(new CreateQueueCommand({QueueName, Attributes, tags}));

test('the URL of a queue leads to it', async () => {
  const {QueueUrl} = await create('found');
  expect(QueueUrl).toBe(`${under.endpoint.url}/000000000000/found`);
  const find = (extra: {QueueOwnerAWSAccountId?: string} = {}, name = 'found') =>
    under.client.send(new GetQueueUrlCommand({QueueName: name, ...extra}));
  expect((await find()).QueueUrl).toBe(QueueUrl);
  expect((await errorOf(find({QueueOwnerAWSAccountId: '111122223333'}))).name).toBe('QueueDoesNotExist');
  expect(await errorOf(find({}, 'lost'))).toMatchObject({name: 'QueueDoesNotExist', status: 400});
});

test('a queue can be created again with the attributes it has, and with no others', async () => {
  const attributes = {VisibilityTimeout: '60', DelaySeconds: '0'};
  const first = await create('again', attributes);
  expect(await create('again', attributes)).toMatchObject({QueueUrl: first.QueueUrl});
  expect(await create('again')).toMatchObject({QueueUrl: first.QueueUrl});
  // A default counts as the attribute's value.
  expect(await create('again', {MessageRetentionPeriod: '345600'})).toMatchObject({QueueUrl: first.QueueUrl});
  expect(await errorOf(create('again', {VisibilityTimeout: '61'}))).toMatchObject({
    name: 'QueueNameExists',
    status: 400,
    message:
      'A queue already exists with the same name and a different value for attribute VisibilityTimeout',
  });
});

test.each(['a b', 'a.b', 'x'.repeat(81), 'a.fifo'])('%j is no name of a standard queue', async name => {
  expect((await errorOf(create(name))).message).toContain('1 to 80 in length');
});

test.each(['a', 'a.FIFO', '.fifo', `${'x'.repeat(76)}.fifo`])('%j is no name of a FIFO queue', async name => {
  expect((await errorOf(create(name, {FifoQueue: 'true'}))).message).toContain('must end with .fifo suffix');
});

test('names may be 80 characters long', async () => {
  await create('x'.repeat(80));
  await create(`${'x'.repeat(75)}.fifo`, {FifoQueue: 'true'});
});

test.each([
  ['VisibilityTimeout', 'InvalidAttributeValue', ['-1', '43201', 'x', '1.5', '']],
  ['DelaySeconds', 'InvalidAttributeValue', ['-1', '901']],
  ['MessageRetentionPeriod', 'InvalidAttributeValue', ['59', '1209601']],
  ['MaximumMessageSize', 'InvalidAttributeValue', ['1023', '1048577']],
  ['ReceiveMessageWaitTimeSeconds', 'InvalidAttributeValue', ['21']],
  ['KmsDataKeyReusePeriodSeconds', 'InvalidAttributeValue', ['59', '86401']],
  ['SqsManagedSseEnabled', 'InvalidAttributeValue', ['maybe']],
  ['Policy', 'InvalidAttributeValue', ['{', '1']],
  // A standard queue does not have these.
  ['FifoQueue', 'InvalidAttributeName', ['false']],
  ['ContentBasedDeduplication', 'InvalidAttributeName', ['true']],
  ['DeduplicationScope', 'InvalidAttributeName', ['queue']],
  ['FifoThroughputLimit', 'InvalidAttributeName', ['perQueue']],
  ['QueueArn', 'InvalidAttributeName', ['x']],
  ['Nonsense', 'InvalidAttributeName', ['x']],
])(
  '%s is refused with a wrong value, in CreateQueue and in SetQueueAttributes',
  async (name, error, values) => {
    const {url} = await under.queue();
    for (const value of values) {
      const set = new SetQueueAttributesCommand({QueueUrl: url, Attributes: {[name]: value}});
      expect(await errorOf(create('never', {[name]: value}))).toMatchObject({name: error, status: 400});
      expect(await errorOf(under.client.send(set))).toMatchObject({name: error, status: 400});
    }
    expect((await errorOf(under.client.send(new GetQueueUrlCommand({QueueName: 'never'})))).name).toBe(
      'QueueDoesNotExist',
    );
  },
);

test('a new queue has the defaults of AWS', async () => {
  const standard = await under.queue();
  const common = {
    ApproximateNumberOfMessages: '0',
    ApproximateNumberOfMessagesDelayed: '0',
    ApproximateNumberOfMessagesNotVisible: '0',
    CreatedTimestamp: expect.stringMatching(/^\d{10}$/),
    LastModifiedTimestamp: expect.stringMatching(/^\d{10}$/),
    DelaySeconds: '0',
    MaximumMessageSize: '1048576',
    MessageRetentionPeriod: '345600',
    ReceiveMessageWaitTimeSeconds: '0',
    SqsManagedSseEnabled: 'true',
    VisibilityTimeout: '30',
  };
  expect(await standard.attributes('All')).toEqual({...common, QueueArn: standard.arn});
  const fifo = await under.fifoQueue();
  expect(await fifo.attributes('All')).toEqual({
    ...common,
    QueueArn: fifo.arn,
    FifoQueue: 'true',
    ContentBasedDeduplication: 'false',
    DeduplicationScope: 'queue',
    FifoThroughputLimit: 'perQueue',
  });
});

test('attributes are returned as they were set, and only those that were asked for', async () => {
  const queue = await under.queue();
  const attributes = {
    Policy: '{"Version":"2012-10-17","Statement":[]}',
    RedriveAllowPolicy: '{"redrivePermission":"denyAll"}',
    KmsMasterKeyId: 'alias/aws/sqs',
    VisibilityTimeout: '7',
  };
  under.pass(10);
  await under.client.send(new SetQueueAttributesCommand({QueueUrl: queue.url, Attributes: attributes}));
  const all = await queue.attributes('All');
  expect(all).toMatchObject({
    ...attributes,
    KmsDataKeyReusePeriodSeconds: '300',
    SqsManagedSseEnabled: 'false',
  });
  expect(Number(all.LastModifiedTimestamp)).toBeGreaterThanOrEqual(Number(all.CreatedTimestamp) + 10);
  expect(await queue.attributes('VisibilityTimeout')).toEqual({VisibilityTimeout: '7'});
  expect(await queue.attributes()).toEqual({});
  expect((await errorOf(queue.attributes('Nonsense' as 'All'))).message).toBe('Unknown Attribute Nonsense.');
  expect((await errorOf(queue.attributes('FifoQueue'))).name).toBe('InvalidAttributeName');
});

// Developer Guide, "Encryption at rest in Amazon SQS": one kind at a time.
test('a queue is encrypted either with a KMS key or by SQS', async () => {
  const queue = await under.queue({KmsMasterKeyId: 'key'});
  const set = (Attributes: Record<string, string>) =>
    under.client.send(new SetQueueAttributesCommand({QueueUrl: queue.url, Attributes}));
  expect(await errorOf(set({KmsMasterKeyId: 'key', SqsManagedSseEnabled: 'true'}))).toMatchObject({
    name: 'InvalidAttributeName',
  });
  await set({SqsManagedSseEnabled: 'true'});
  expect(await queue.attributes('KmsMasterKeyId', 'SqsManagedSseEnabled')).toEqual({
    SqsManagedSseEnabled: 'true',
  });
});

test('a changed visibility timeout counts for the next receive', async () => {
  const queue = await under.queue({VisibilityTimeout: '100'});
  await queue.send('x');
  under.sqs.setQueueAttributes(queue.name, {VisibilityTimeout: '10'});
  await queue.receiveOne();
  under.pass(11);
  expect(await queue.bodies()).toEqual(['x']);
});

test('queues are listed by prefix, and page by page when a size is given', async () => {
  for (const name of ['list-a', 'list-b', 'list-c']) await create(name);
  const list = async (extra: ListQueuesCommandInput) =>
    under.client.send(new ListQueuesCommand({QueueNamePrefix: 'list-', ...extra}));
  const names = (urls: string[] | undefined) => urls?.map(url => url.slice(url.lastIndexOf('/') + 1));
  const all = await list({});
  expect(names(all.QueueUrls)).toEqual(['list-a', 'list-b', 'list-c']);
  expect(all.NextToken).toBeUndefined();
  const first = await list({MaxResults: 2});
  expect(names(first.QueueUrls)).toEqual(['list-a', 'list-b']);
  const second = await list({MaxResults: 2, NextToken: first.NextToken});
  expect(names(second.QueueUrls)).toEqual(['list-c']);
  expect(second.NextToken).toBeUndefined();
  expect((await list({QueueNamePrefix: 'nothing'})).QueueUrls).toBeUndefined();
  for (const MaxResults of [0, 1001]) {
    expect((await errorOf(list({MaxResults}))).name).toBe('InvalidParameterValue');
  }
});

// API Reference, DeleteQueue: "you must wait at least 60 seconds before creating a queue with the same name".
test('a deleted queue is gone, and so is its name for a minute', async () => {
  const queue = await under.queue();
  await queue.send('x');
  await under.client.send(new DeleteQueueCommand({QueueUrl: queue.url}));
  expect((await errorOf(queue.send('x'))).name).toBe('QueueDoesNotExist');
  expect((await errorOf(create(queue.name))).name).toBe('QueueDeletedRecently');
  under.pass(61);
  await create(queue.name);
  expect(await queue.receive()).toEqual([]);
});

test('a purge is refused while another may still run', async () => {
  const queue = await under.queue();
  const purge = () => under.client.send(new PurgeQueueCommand({QueueUrl: queue.url}));
  await purge();
  expect(await errorOf(purge())).toEqual({
    name: 'PurgeQueueInProgress',
    status: 403,
    message: `Only one PurgeQueue operation on ${queue.name} is allowed every 60 seconds.`,
  });
});

// Developer Guide, "Amazon SQS cost allocation tags".
test('at most 50 tags can be added, replaced and removed', async () => {
  const {QueueUrl} = await create('tagged', {}, {created: 'with', empty: ''});
  const tags = async () => (await under.client.send(new ListQueueTagsCommand({QueueUrl}))).Tags;
  const tag = (Tags: Record<string, string>) => under.client.send(new TagQueueCommand({QueueUrl, Tags}));
  await tag({created: 'new', more: 'x'});
  expect(await tags()).toEqual({created: 'new', empty: '', more: 'x'});
  await under.client.send(new UntagQueueCommand({QueueUrl, TagKeys: ['created', 'more', 'unknown']}));
  expect(await tags()).toEqual({empty: ''});
  const many = Object.fromEntries(Array.from({length: 50}, (_, n) => [`k${n}`, 'v']));
  for (const bad of [many, {'aws:x': 'v'}, {['k'.repeat(129)]: 'v'}, {k: 'v'.repeat(257)}]) {
    expect((await errorOf(tag(bad))).name).toBe('InvalidParameterValue');
  }
  expect(await tags()).toEqual({empty: ''});
});
