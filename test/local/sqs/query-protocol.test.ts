// The protocol that SDKs spoke before November 2023 (API Reference, "Making Query API requests using AWS query
// protocol"), written by hand: a form goes in, XML comes out.

import {createHash} from 'node:crypto';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {accountId, type QueueUnderTest, type SqsUnderTest, startSqs} from './sqs-under-test.ts';

let under: SqsUnderTest;
let queue: QueueUnderTest;
beforeAll(async () => {
  under = await startSqs();
  queue = await under.queue({VisibilityTimeout: '0'});
});
afterAll(() => under.stop());

const authorization =
  'AWS4-HMAC-SHA256 Credential=AKIAQUERY/20260101/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=0';

async function ask(Action: string, parameters: Record<string, string> = {}, path = '/') {
  const response = await fetch(under.endpoint.url + path, {
    method: 'POST',
    headers: {authorization},
    body: new URLSearchParams({Action, Version: '2012-11-05', ...parameters}),
  });
  const xml = await response.text();
  expect(response.headers.get('content-type')).toBe('text/xml');
  // Only the ID of the request differs from one answer to the next.
  return {status: response.status, xml: xml.replace(/<RequestId>[0-9a-f-]{36}<\/RequestId>/, '<RequestId/>')};
}

const answer = (operation: string, result: string) => ({
  status: 200,
  xml: `<?xml version="1.0"?><${operation}Response xmlns="http://queue.amazonaws.com/doc/2012-11-05/">${result}<ResponseMetadata><RequestId/></ResponseMetadata></${operation}Response>`,
});

const error = (status: number, code: string, message: string) => ({
  status,
  xml: `<?xml version="1.0"?><ErrorResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message><Detail/></Error><RequestId/></ErrorResponse>`,
});

const textOf = (xml: string, element: string) =>
  new RegExp(`<${element}>([^<]*)</${element}>`).exec(xml)?.[1] ?? '';

test('a queue is created with its attributes and tags', async () => {
  const url = `${under.endpoint.url}/${accountId}/made`;
  const created = await ask('CreateQueue', {
    QueueName: 'made',
    'Attribute.1.Name': 'VisibilityTimeout',
    'Attribute.1.Value': '7',
    'Attribute.2.Name': 'DelaySeconds',
    'Attribute.2.Value': '3',
    'Tag.1.Key': 'a&b',
    'Tag.1.Value': '<1>',
  });
  expect(created).toEqual(
    answer('CreateQueue', `<CreateQueueResult><QueueUrl>${url}</QueueUrl></CreateQueueResult>`),
  );
  const asked = {'AttributeName.1': 'VisibilityTimeout', 'AttributeName.2': 'DelaySeconds'};
  expect(await ask('GetQueueAttributes', {QueueUrl: url, ...asked})).toEqual(
    answer(
      'GetQueueAttributes',
      '<GetQueueAttributesResult><Attribute><Name>DelaySeconds</Name><Value>3</Value></Attribute><Attribute><Name>VisibilityTimeout</Name><Value>7</Value></Attribute></GetQueueAttributesResult>',
    ),
  );
  expect(await ask('ListQueueTags', {QueueUrl: url})).toEqual(
    answer(
      'ListQueueTags',
      '<ListQueueTagsResult><Tag><Key>a&amp;b</Key><Value>&lt;1&gt;</Value></Tag></ListQueueTagsResult>',
    ),
  );
  expect(await ask('TagQueue', {QueueUrl: url, 'Tag.1.Key': 'k', 'Tag.1.Value': 'v'})).toEqual(
    answer('TagQueue', ''),
  );
  expect(await ask('UntagQueue', {QueueUrl: url, 'TagKey.1': 'a&b'})).toEqual(answer('UntagQueue', ''));
  expect((await ask('ListQueueTags', {QueueUrl: url})).xml).toContain(
    '<Tag><Key>k</Key><Value>v</Value></Tag>',
  );
  expect(await ask('ListQueues', {QueueNamePrefix: 'made'})).toEqual(
    answer('ListQueues', `<ListQueuesResult><QueueUrl>${url}</QueueUrl></ListQueuesResult>`),
  );
  expect(await ask('ListQueues', {QueueNamePrefix: 'none'})).toEqual(
    answer('ListQueues', '<ListQueuesResult></ListQueuesResult>'),
  );
});

test('a message with attributes goes through unchanged, even its line ends', async () => {
  const body = 'two\r\nlines <&>"\' é 😀';
  const sent = await ask('SendMessage', {
    QueueUrl: queue.url,
    MessageBody: body,
    'MessageAttribute.1.Name': 'a.b',
    'MessageAttribute.1.Value.DataType': 'String',
    'MessageAttribute.1.Value.StringValue': '1 < 2',
    'MessageAttribute.2.Name': 'bytes',
    'MessageAttribute.2.Value.DataType': 'Binary',
    'MessageAttribute.2.Value.BinaryValue': 'AP8B',
    'MessageSystemAttribute.1.Name': 'AWSTraceHeader',
    'MessageSystemAttribute.1.Value.DataType': 'String',
    'MessageSystemAttribute.1.Value.StringValue': 'Root=1',
  });
  const md5 = createHash('md5').update(body).digest('hex');
  expect(textOf(sent.xml, 'MD5OfMessageBody')).toBe(md5);
  const parameters = {QueueUrl: queue.url, 'AttributeName.1': 'All', 'MessageAttributeName.1': 'All'};
  const {xml} = await ask('ReceiveMessage', parameters);
  expect(textOf(xml, 'MessageId')).toBe(textOf(sent.xml, 'MessageId'));
  expect(textOf(xml, 'MD5OfMessageAttributes')).toBe(textOf(sent.xml, 'MD5OfMessageAttributes'));
  expect(xml).toContain("<Body>two&#xD;\nlines &lt;&amp;&gt;&quot;' é 😀</Body>");
  expect(xml).toContain('<Attribute><Name>SenderId</Name><Value>AKIAQUERY</Value></Attribute>');
  expect(xml).toContain('<Attribute><Name>AWSTraceHeader</Name><Value>Root=1</Value></Attribute>');
  expect(xml).toContain(
    '<MessageAttribute><Name>a.b</Name><Value><DataType>String</DataType><StringValue>1 &lt; 2</StringValue></Value></MessageAttribute>',
  );
  expect(xml).toContain('<Value><DataType>Binary</DataType><BinaryValue>AP8B</BinaryValue></Value>');
  const ReceiptHandle = textOf(xml, 'ReceiptHandle');
  expect(
    await ask('ChangeMessageVisibility', {QueueUrl: queue.url, ReceiptHandle, VisibilityTimeout: '9'}),
  ).toEqual(answer('ChangeMessageVisibility', ''));
  expect(await queue.counts()).toMatchObject({inFlight: 1});
  expect(await ask('DeleteMessage', {QueueUrl: queue.url, ReceiptHandle})).toEqual(
    answer('DeleteMessage', ''),
  );
  expect(await ask('ReceiveMessage', parameters)).toEqual(
    answer('ReceiveMessage', '<ReceiveMessageResult></ReceiveMessageResult>'),
  );
});

test('a batch has an outcome for each of its entries', async () => {
  const entry = (n: number, member: string) => `SendMessageBatchRequestEntry.${n}.${member}`;
  const {xml} = await ask('SendMessageBatch', {
    QueueUrl: queue.url,
    [entry(1, 'Id')]: 'good',
    [entry(1, 'MessageBody')]: 'x',
    [entry(2, 'Id')]: 'bad',
    [entry(2, 'MessageBody')]: 'y',
    [entry(2, 'DelaySeconds')]: '901',
  });
  expect(xml).toContain('<SendMessageBatchResultEntry><Id>good</Id><MessageId>');
  expect(xml).toContain(
    '<BatchResultErrorEntry><Id>bad</Id><SenderFault>true</SenderFault><Code>InvalidParameterValue</Code>',
  );
});

test('move tasks are listed', async () => {
  const source = await under.queue({
    RedrivePolicy: JSON.stringify({deadLetterTargetArn: queue.arn, maxReceiveCount: 1}),
  });
  const {xml} = await ask('StartMessageMoveTask', {
    SourceArn: queue.arn,
    DestinationArn: source.arn,
    MaxNumberOfMessagesPerSecond: '1',
  });
  const TaskHandle = textOf(xml, 'TaskHandle');
  const listed = await ask('ListMessageMoveTasks', {SourceArn: queue.arn, MaxResults: '1'});
  expect(textOf(listed.xml, 'TaskHandle')).toBe(TaskHandle);
  expect(listed.xml).toContain('<ListMessageMoveTasksResultEntry>');
  expect((await ask('CancelMessageMoveTask', {TaskHandle})).xml).toContain(
    '<ApproximateNumberOfMessagesMoved>0</ApproximateNumberOfMessagesMoved>',
  );
});

// The codes of this protocol, as the service model of 2012-11-05 names them.
test('errors have their older names', async () => {
  const wsdl = 'The specified queue does not exist for this wsdl version.';
  expect(await ask('GetQueueUrl', {QueueName: 'none'})).toEqual(
    error(400, 'AWS.SimpleQueueService.NonExistentQueue', wsdl),
  );
  expect(await ask('DeleteMessage', {QueueUrl: queue.url, ReceiptHandle: 'a<b'})).toEqual(
    error(
      404,
      'ReceiptHandleIsInvalid',
      'The input receipt handle &quot;a&lt;b&quot; is not a valid receipt handle.',
    ),
  );
  const different = {'Attribute.1.Name': 'DelaySeconds', 'Attribute.1.Value': '9'};
  expect((await ask('CreateQueue', {QueueName: queue.name, ...different})).xml).toContain(
    '<Code>QueueAlreadyExists</Code>',
  );
  expect((await ask('SendMessageBatch', {QueueUrl: queue.url})).xml).toContain(
    '<Code>AWS.SimpleQueueService.EmptyBatchRequest</Code>',
  );
  expect((await ask('SendMessage', {QueueUrl: queue.url})).xml).toContain('<Code>MissingParameter</Code>');
  expect((await ask('ReceiveMessage', {QueueUrl: queue.url, WaitTimeSeconds: 'x'})).xml).toContain(
    '<Code>MalformedInput</Code>',
  );
  expect((await ask('NoSuchAction')).xml).toContain('<Code>InvalidAction</Code>');
});

test('a request may go to the URL of its queue, and may be a GET', async () => {
  const own = await under.queue();
  const path = new URL(own.url).pathname;
  expect((await ask('SendMessage', {MessageBody: 'x'}, path)).status).toBe(200);
  const query = new URLSearchParams({Action: 'ReceiveMessage', Version: '2012-11-05'});
  const response = await fetch(`${own.url}?${query}`, {headers: {authorization}});
  expect(await response.text()).toContain('<Body>x</Body>');
});

test('parameters cannot reach into the prototype of objects', async () => {
  const {status} = await ask('ListQueues', {
    '__proto__.polluted': '1',
    'constructor.prototype.polluted': '1',
  });
  expect(status).toBe(200);
  expect({}).not.toHaveProperty('polluted');
});
