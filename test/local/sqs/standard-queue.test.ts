import {createHash} from 'node:crypto';
import {QueueDoesNotExist, SendMessageCommand} from '@aws-sdk/client-sqs';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {errorOf, type SqsUnderTest, startSqs} from './sqs-under-test.ts';

let under: SqsUnderTest;
beforeAll(async () => {
  under = await startSqs();
});
afterAll(() => under.stop());

const md5 = (text: string) => createHash('md5').update(text).digest('hex');

// API Reference, SendMessage, ReceiveMessage and DeleteMessage.
test('a message comes back as it was sent, until it is deleted', async () => {
  const queue = await under.queue();
  const body = 'two\r\nlines, a\ttab, <&>"\' é 😀';
  const sent = await queue.send(body);
  const message = await queue.receiveOne();
  expect(sent.MD5OfMessageBody).toBe(md5(body));
  expect(message).toMatchObject({Body: body, MessageId: sent.MessageId, MD5OfBody: md5(body)});
  await queue.delete(message);
  under.pass(31);
  expect(await queue.receive()).toEqual([]);
});

// Developer Guide, "Amazon SQS message metadata", message attributes.
test('message attributes of all three types come back', async () => {
  const queue = await under.queue();
  const attributes = {
    'a.b-c_1': {DataType: 'String.label', StringValue: 'é'},
    number: {DataType: 'Number', StringValue: '-12.5e3'},
    binary: {DataType: 'Binary.gif', BinaryValue: Uint8Array.of(0, 255, 1)},
  };
  const sent = await queue.send('x', {MessageAttributes: attributes});
  const message = await queue.receiveOne();
  expect(message.MessageAttributes).toEqual(attributes);
  expect(message.MD5OfMessageAttributes).toBe(sent.MD5OfMessageAttributes);
});

// Developer Guide, "Calculating the MD5 message digest for message attributes". The digests are those that AWS
// itself has answered with.
test.each([
  ['a311262e065454b75da111d535b8dacd', {Hello: 'There'}],
  ['4c360f3fdafd970e05fae2f149d997f5', {'Help.Me': 'Me', Hello: 'There', General: 'Kenobi'}],
  [
    '8cbe4db156db8a94db8b801b7addb984',
    {attr1: Buffer.from('traceparent\u001e00-774062d6c37081a5a0b9b5b88e30627c-2d2482211f6489da-01')},
  ],
])('the digest of message attributes is %s, as on AWS', async (digest, values) => {
  const queue = await under.queue();
  const attributes = Object.entries(values).map(([name, value]) => [
    name,
    typeof value === 'string'
      ? {DataType: 'String', StringValue: value}
      : {DataType: 'Binary', BinaryValue: value},
  ]);
  const sent = await queue.send('x', {MessageAttributes: Object.fromEntries(attributes)});
  expect(sent.MD5OfMessageAttributes).toBe(digest);
  expect((await queue.receiveOne()).MD5OfMessageAttributes).toBe(digest);
});

// API Reference, ReceiveMessage, MessageAttributeNames and MessageSystemAttributeNames.
test('only the attributes that were asked for are returned', async () => {
  const queue = await under.queue({VisibilityTimeout: '0'});
  const value = {DataType: 'String', StringValue: 'v'};
  await queue.send('x', {MessageAttributes: {'in.a': value, 'in.b': value, out: value}});
  const namesWhen = async (names: string[] | undefined) => {
    const {MessageAttributes} = await queue.receiveOne({MessageAttributeNames: names});
    return MessageAttributes && Object.keys(MessageAttributes).sort();
  };
  expect(await namesWhen(undefined)).toBeUndefined();
  expect(await namesWhen(['nothing'])).toBeUndefined();
  expect(await namesWhen(['out', 'nothing'])).toEqual(['out']);
  expect(await namesWhen(['in.*'])).toEqual(['in.a', 'in.b']);
  expect(await namesWhen(['.*'])).toEqual(['in.a', 'in.b', 'out']);
  const bare = await queue.receiveOne({MessageSystemAttributeNames: undefined});
  expect(bare.Attributes).toBeUndefined();
  const one = await queue.receiveOne({MessageSystemAttributeNames: ['SenderId']});
  expect(one.Attributes).toEqual({SenderId: 'AKIATEST'});
  // The older name of the same parameter.
  const old = await queue.receiveOne({MessageSystemAttributeNames: undefined, AttributeNames: ['All']});
  expect(old.Attributes).toMatchObject({SenderId: 'AKIATEST'});
});

// API Reference, ReceiveMessage: ApproximateReceiveCount, SentTimestamp, ApproximateFirstReceiveTimestamp.
test('system attributes say when a message was sent, first received, and how often', async () => {
  const queue = await under.queue({VisibilityTimeout: '10'});
  await queue.send('x');
  const first = await queue.receiveOne();
  under.pass(11);
  const second = await queue.receiveOne();
  expect(first.Attributes?.ApproximateReceiveCount).toBe('1');
  expect(second.Attributes).toEqual({
    ...first.Attributes,
    ApproximateReceiveCount: '2',
  });
  const {SentTimestamp, ApproximateFirstReceiveTimestamp} = second.Attributes ?? {};
  expect(Number(SentTimestamp)).toBeLessThanOrEqual(Number(ApproximateFirstReceiveTimestamp));
});

// API Reference, SendMessage, MessageSystemAttributes: "the only supported … is AWSTraceHeader".
test('the X-Ray trace header travels with the message, and no other system attribute does', async () => {
  const queue = await under.queue();
  const header = {DataType: 'String', StringValue: 'Root=1-5759e988-bd862e3fe1be46a994272793'};
  const sent = await queue.send('x', {MessageSystemAttributes: {AWSTraceHeader: header}});
  expect(sent.MD5OfMessageSystemAttributes).toMatch(/^[0-9a-f]{32}$/);
  expect((await queue.receiveOne()).Attributes?.AWSTraceHeader).toBe(header.StringValue);
  const other = {SenderId: header} as never;
  const error = await errorOf(queue.send('x', {MessageSystemAttributes: other}));
  expect(error.name).toBe('InvalidParameterValue');
});

// Developer Guide, "Amazon SQS fair queues".
test('a standard queue takes a message group, and no deduplication ID', async () => {
  const queue = await under.queue();
  await queue.send('x', {MessageGroupId: 'tenant'});
  await queue.send('y', {MessageGroupId: 'tenant'});
  const messages = await queue.receive();
  expect(messages.map(({Attributes}) => Attributes?.MessageGroupId)).toEqual(['tenant', 'tenant']);
  expect(messages[0]?.Attributes?.SequenceNumber).toBeUndefined();
  const error = await errorOf(queue.send('x', {MessageDeduplicationId: 'd'}));
  expect(error.message).toContain('not valid for this queue type');
});

// Developer Guide, "Amazon SQS visibility timeout".
test('a received message is invisible for the timeout of the queue, or of the receive', async () => {
  const queue = await under.queue({VisibilityTimeout: '10'});
  await queue.send('x');
  await queue.receiveOne();
  under.pass(9);
  expect(await queue.receive()).toEqual([]);
  under.pass(2);
  await queue.receiveOne({VisibilityTimeout: 100});
  under.pass(99);
  expect(await queue.receive()).toEqual([]);
  under.pass(2);
  expect((await queue.receiveOne()).Attributes?.ApproximateReceiveCount).toBe('3');
});

// API Reference, ChangeMessageVisibility.
test('the visibility timeout of a message can be extended, and ended at once', async () => {
  const queue = await under.queue({VisibilityTimeout: '10'});
  await queue.send('x');
  const message = await queue.receiveOne();
  await queue.changeVisibility(message, 100);
  under.pass(99);
  expect(await queue.receive()).toEqual([]);
  await queue.changeVisibility(message, 0);
  expect(await queue.bodies()).toEqual(['x']);
});

// API Reference, ChangeMessageVisibility: 12 hours from when the message was received.
test('a message cannot stay invisible for more than 12 hours in all', async () => {
  const queue = await under.queue();
  await queue.send('x');
  const message = await queue.receiveOne();
  await queue.changeVisibility(message, 43_200);
  under.pass(3600);
  const error = await errorOf(queue.changeVisibility(message, 39_601));
  expect(error.message).toContain('beyond the limit [43200 seconds]');
  await queue.changeVisibility(message, 39_500);
  expect((await errorOf(queue.changeVisibility(message, 43_201))).name).toBe('InvalidParameterValue');
  expect((await errorOf(queue.changeVisibility(message, -1))).name).toBe('InvalidParameterValue');
});

// API Reference, DeleteMessage: "even if the visibility timeout setting causes the message to be available".
test('the latest receipt handle works after the visibility timeout, an older one does nothing', async () => {
  const queue = await under.queue({VisibilityTimeout: '10'});
  await queue.send('x');
  const first = await queue.receiveOne();
  under.pass(11);
  const second = await queue.receiveOne();
  await queue.delete(first);
  const old = await errorOf(queue.changeVisibility(first, 10));
  expect(old.message).toContain('not available for visibility timeout change');
  under.pass(11);
  expect((await queue.counts()).visible).toBe(1);
  // Nobody has received it since, so its handle can also hide it again.
  await queue.changeVisibility(second, 50);
  expect(await queue.counts()).toEqual({visible: 0, inFlight: 1, delayed: 0});
  under.pass(51);
  await queue.delete(second);
  expect(await queue.counts()).toEqual({visible: 0, inFlight: 0, delayed: 0});
  await queue.delete(second);
});

// API Reference, DeleteMessage, ReceiptHandleIsInvalid.
test('a receipt handle that was never given out, or by another queue, is invalid', async () => {
  const [queue, other] = [await under.queue(), await under.queue()];
  const invalid = {name: 'ReceiptHandleIsInvalid', status: 404};
  expect(await errorOf(queue.delete({ReceiptHandle: 'garbage'}))).toMatchObject(invalid);
  expect(await errorOf(queue.changeVisibility({ReceiptHandle: 'garbage'}, 1))).toMatchObject(invalid);
  await other.send('x');
  expect(await errorOf(queue.delete(await other.receiveOne()))).toMatchObject(invalid);
  const missing = await errorOf(queue.delete({ReceiptHandle: ''}));
  expect(missing.message).toBe('The request must contain the parameter ReceiptHandle.');
});

// Developer Guide, "Amazon SQS delay queues" and "Amazon SQS message timers".
test('a delay holds a message back: its own, or else that of the queue', async () => {
  const queue = await under.queue({DelaySeconds: '10'});
  await queue.send('queue');
  await queue.send('own', {DelaySeconds: 20});
  await queue.send('none', {DelaySeconds: 0});
  expect(await queue.counts()).toEqual({visible: 1, inFlight: 0, delayed: 2});
  expect(await queue.bodies()).toEqual(['none']);
  under.pass(11);
  expect(await queue.bodies()).toEqual(['queue']);
  under.pass(10);
  expect(await queue.bodies()).toEqual(['own']);
});

// API Reference, GetQueueAttributes.
test('the counts follow the clock, even when nobody receives', async () => {
  const queue = await under.queue({VisibilityTimeout: '10'});
  await queue.send('x');
  await queue.send('y', {DelaySeconds: 10});
  await queue.receiveOne();
  expect(await queue.counts()).toEqual({visible: 0, inFlight: 1, delayed: 1});
  under.pass(11);
  expect(await queue.counts()).toEqual({visible: 2, inFlight: 0, delayed: 0});
});

// API Reference, CreateQueue, MessageRetentionPeriod.
test('a message is gone after the retention period, in flight or not', async () => {
  const queue = await under.queue({MessageRetentionPeriod: '60'});
  await queue.send('taken');
  await queue.send('left');
  await queue.receiveOne({VisibilityTimeout: 1000});
  under.pass(61);
  expect(await queue.counts()).toEqual({visible: 0, inFlight: 0, delayed: 0});
  expect(await queue.receive()).toEqual([]);
});

// API Reference, PurgeQueue: "Only one PurgeQueue operation is allowed every 60 seconds".
test('a purge deletes everything, once a minute', async () => {
  const queue = await under.queue();
  await queue.send('taken');
  await queue.receiveOne();
  await queue.send('visible');
  await queue.send('delayed', {DelaySeconds: 60});
  under.sqs.queue(queue.name).purge();
  expect(await queue.counts()).toEqual({visible: 0, inFlight: 0, delayed: 0});
  expect(() => under.sqs.queue(queue.name).purge()).toThrow('every 60 seconds');
  under.pass(60);
  expect(() => under.sqs.queue(queue.name).purge()).not.toThrow();
});

// API Reference, Common Errors: QueueDoesNotExist.
test('the SDK has an error class for a queue that does not exist', async () => {
  const command = new SendMessageCommand({
    QueueUrl: `${under.endpoint.url}/000000000000/no`,
    MessageBody: 'x',
  });
  await expect(under.client.send(command)).rejects.toBeInstanceOf(QueueDoesNotExist);
  const elsewhere = new SendMessageCommand({QueueUrl: `${under.endpoint.url}/1/no`, MessageBody: 'x'});
  await expect(under.client.send(elsewhere)).rejects.toBeInstanceOf(QueueDoesNotExist);
});
