// Developer Guide, "Amazon SQS message quotas"; API Reference, SendMessage, SendMessageBatch and the other
// batches.

import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
} from '@aws-sdk/client-sqs';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {errorOf, type QueueUnderTest, type SqsUnderTest, startSqs} from './sqs-under-test.ts';

let under: SqsUnderTest;
let queue: QueueUnderTest;
beforeAll(async () => {
  under = await startSqs();
  queue = await under.queue();
});
afterAll(() => under.stop());

const invalidValue = {name: 'InvalidParameterValue', status: 400};
const mebibyte = 1_048_576;

const sendBatch = (entries: SendMessageBatchRequestEntry[]) =>
  under.client.send(new SendMessageBatchCommand({QueueUrl: queue.url, Entries: entries}));

test('a message holds a mebibyte, attributes included', async () => {
  const attributes = {name: {DataType: 'String', StringValue: 'value'}};
  const rest = 'nameStringvalue'.length;
  await queue.send('x'.repeat(mebibyte));
  await queue.send('x'.repeat(mebibyte - rest), {MessageAttributes: attributes});
  // Each has two octets.
  await queue.send('é'.repeat(mebibyte / 2));
  const reason = 'One or more parameters are invalid. Reason: Message must be shorter than 1048576 bytes.';
  const refused = {...invalidValue, message: reason};
  expect(await errorOf(queue.send('x'.repeat(mebibyte + 1)))).toMatchObject(refused);
  const over = queue.send('x'.repeat(mebibyte - rest + 1), {MessageAttributes: attributes});
  expect(await errorOf(over)).toMatchObject(refused);
  expect(await errorOf(queue.send('é'.repeat(mebibyte / 2 + 1)))).toMatchObject(refused);
});

// API Reference, CreateQueue, MaximumMessageSize.
test('a queue can take less than a mebibyte', async () => {
  const small = await under.queue({MaximumMessageSize: '1024'});
  await small.send('x'.repeat(1024));
  expect((await errorOf(small.send('x'.repeat(1025)))).message).toContain('shorter than 1024 bytes');
});

// API Reference, SendMessage, MessageBody.
test.each(['a\u0000b', '\u0008', '\u000b', '\u001f', '\ufffe', '\uffff'])(
  'the body %j is refused',
  async body => {
    expect(await errorOf(queue.send(body))).toMatchObject({name: 'InvalidMessageContents', status: 400});
  },
);

test.each(['\t\n\r ', '\u007f\u0085', '\ud7ff\ue000\ufffd', '😀\u{10ffff}'])(
  'the body %j is taken',
  async body => {
    expect(await queue.send(body)).toMatchObject({MessageId: expect.any(String)});
  },
);

test('a message needs a body', async () => {
  expect((await errorOf(queue.send(''))).message).toBe('The request must contain the parameter MessageBody.');
});

// Developer Guide, "Message attribute components" and "Message attribute data types".
test.each([
  ['a name with other characters', {'a b': {DataType: 'String', StringValue: 'v'}}],
  ['a name of 257 characters', {['a'.repeat(257)]: {DataType: 'String', StringValue: 'v'}}],
  ['a name that AWS keeps for itself', {'aws.name': {DataType: 'String', StringValue: 'v'}}],
  ['a name that begins with a period', {'.a': {DataType: 'String', StringValue: 'v'}}],
  ['a name with two periods in a row', {'a..b': {DataType: 'String', StringValue: 'v'}}],
  ['an unknown type', {a: {DataType: 'Text', StringValue: 'v'}}],
  ['no type', {a: {DataType: undefined, StringValue: 'v'}}],
  ['an empty value', {a: {DataType: 'String', StringValue: ''}}],
  ['no value of its type', {a: {DataType: 'Binary', StringValue: 'v'}}],
  ['a number that is none', {a: {DataType: 'Number', StringValue: '1,5'}}],
  ['a number of 39 digits', {a: {DataType: 'Number', StringValue: '1'.repeat(39)}}],
  ['a number out of range', {a: {DataType: 'Number.int', StringValue: '1e127'}}],
  [
    'eleven of them',
    Object.fromEntries(Array.from({length: 11}, (_, n) => [`a${n}`, {DataType: 'String', StringValue: 'v'}])),
  ],
])('message attributes with %s are refused', async (_, attributes) => {
  expect(await errorOf(queue.send('x', {MessageAttributes: attributes}))).toMatchObject(invalidValue);
});

test('message attributes at their limits are taken', async () => {
  const ten = Array.from({length: 8}, (_, n) => [`a${n}`, {DataType: 'String', StringValue: 'v'}]);
  const attributes = {
    ...Object.fromEntries(ten),
    ['n'.repeat(256)]: {DataType: 'Number.Custom label', StringValue: '-1e128'},
    digits: {DataType: 'Number', StringValue: '1'.repeat(38)},
  };
  expect(await queue.send('x', {MessageAttributes: attributes})).toMatchObject({
    MessageId: expect.any(String),
  });
});

// API Reference, MessageAttributeValue: StringListValues is "not implemented".
test('lists as attribute values are not supported', async () => {
  const attributes = {a: {DataType: 'String', StringListValues: ['v']}};
  expect(await errorOf(queue.send('x', {MessageAttributes: attributes}))).toMatchObject({
    name: 'UnsupportedOperation',
  });
});

test.each([
  {MaxNumberOfMessages: 0},
  {MaxNumberOfMessages: 11},
  {WaitTimeSeconds: -1},
  {WaitTimeSeconds: 21},
  {VisibilityTimeout: -1},
  {VisibilityTimeout: 43_201},
])('a receive with %o is refused', async extra => {
  expect(await errorOf(queue.receive(extra))).toMatchObject(invalidValue);
});

test.each([-1, 901])('a delay of %d seconds is refused', async DelaySeconds => {
  expect(await errorOf(queue.send('x', {DelaySeconds}))).toMatchObject(invalidValue);
});

test('a batch holds one to ten entries', async () => {
  const entries = Array.from({length: 11}, (_, n) => ({Id: `${n}`, MessageBody: 'x'}));
  expect(await errorOf(sendBatch([]))).toMatchObject({name: 'EmptyBatchRequest'});
  expect(await errorOf(sendBatch(entries))).toMatchObject({
    name: 'TooManyEntriesInBatchRequest',
    message: 'Maximum number of entries per request are 10. You have sent 11.',
  });
  expect((await sendBatch(entries.slice(1))).Successful).toHaveLength(10);
});

test('the entries of a batch have IDs of their own', async () => {
  const withIds = (...ids: string[]) => sendBatch(ids.map(Id => ({Id, MessageBody: 'x'})));
  expect(await errorOf(withIds('a', 'a'))).toMatchObject({
    name: 'BatchEntryIdsNotDistinct',
    message: 'Id a repeated.',
  });
  for (const id of ['', 'a b', 'a:b', 'a'.repeat(81)]) {
    expect(await errorOf(withIds(id))).toMatchObject({name: 'InvalidBatchEntryId'});
  }
  expect((await withIds('a'.repeat(80), 'A-_9')).Failed).toBeUndefined();
});

test('a batch holds a mebibyte in all', async () => {
  const half = 'x'.repeat(mebibyte / 2);
  expect((await sendBatch(['a', 'b'].map(Id => ({Id, MessageBody: half})))).Successful).toHaveLength(2);
  const entries = ['a', 'b'].map(Id => ({Id, MessageBody: `${half}${Id === 'b' ? 'x' : ''}`}));
  expect(await errorOf(sendBatch(entries))).toMatchObject({
    name: 'BatchRequestTooLong',
    message: 'Batch requests cannot be longer than 1048576 bytes. You have sent 1048577 bytes.',
  });
});

test('an entry that is refused does not keep the others from being sent', async () => {
  const {Successful, Failed} = await sendBatch([
    {Id: 'good', MessageBody: 'x', MessageAttributes: {a: {DataType: 'String', StringValue: 'v'}}},
    {Id: 'character', MessageBody: '\u0000'},
    {Id: 'delay', MessageBody: 'x', DelaySeconds: 901},
  ]);
  expect(Successful).toEqual([
    {
      Id: 'good',
      MessageId: expect.any(String),
      MD5OfMessageBody: '9dd4e461268c8034f5c8564e155c67a6',
      MD5OfMessageAttributes: expect.any(String),
    },
  ]);
  expect(Failed).toMatchObject([
    {Id: 'character', SenderFault: true, Code: 'InvalidMessageContents'},
    {Id: 'delay', SenderFault: true, Code: 'InvalidParameterValue'},
  ]);
});

test('receipt handles are deleted and made visible in batches, each with its own outcome', async () => {
  const own = await under.queue();
  for (const body of ['a', 'b']) await own.send(body);
  const [a, b] = await own.receive();
  const visible = await under.client.send(
    new ChangeMessageVisibilityBatchCommand({
      QueueUrl: own.url,
      Entries: [
        {Id: 'a', ReceiptHandle: a?.ReceiptHandle, VisibilityTimeout: 0},
        {Id: 'bad', ReceiptHandle: 'bad', VisibilityTimeout: 0},
        {Id: 'late', ReceiptHandle: b?.ReceiptHandle, VisibilityTimeout: 43_201},
      ],
    }),
  );
  expect(visible.Successful).toEqual([{Id: 'a'}]);
  expect(visible.Failed).toMatchObject([
    {Id: 'bad', Code: 'ReceiptHandleIsInvalid'},
    {Id: 'late', Code: 'InvalidParameterValue'},
  ]);
  const deleted = await under.client.send(
    new DeleteMessageBatchCommand({
      QueueUrl: own.url,
      Entries: [
        {Id: 'b', ReceiptHandle: b?.ReceiptHandle},
        {Id: 'bad', ReceiptHandle: 'bad'},
      ],
    }),
  );
  expect(deleted.Successful).toEqual([{Id: 'b'}]);
  expect(deleted.Failed).toMatchObject([{Id: 'bad', Code: 'ReceiptHandleIsInvalid'}]);
  expect(await own.counts()).toEqual({visible: 1, inFlight: 0, delayed: 0});
});
