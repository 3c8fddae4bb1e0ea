import {describe, expect, it} from 'vitest';
import {batchItemFailuresOf, sqsEventsOf, sqsRecordOf} from '../../../local/lambda/sqs-event.ts';
import type {ReceivedMessage} from '../../../local/sqs/message.ts';

const source = {queueArn: 'arn:aws:sqs:us-east-1:000000000000:work', region: 'us-east-1'};
const messageOf = (messageId: string, body = 'hello'): ReceivedMessage => ({
  messageId,
  receiptHandle: `handle-${messageId}`,
  body,
  md5OfBody: '5d41402abc4b2a76b9719d911017c592',
  attributes: {ApproximateReceiveCount: '1', SentTimestamp: '1700000000000', MessageGroupId: 'g'},
  messageAttributes: {},
});

describe('an SQS message in an event', () => {
  it('has the fields that Lambda gives it', () => {
    const message: ReceivedMessage = {
      ...messageOf('m1'),
      messageAttributes: {
        text: {DataType: 'String', StringValue: 'value'},
        octets: {DataType: 'Binary.png', BinaryValue: 'AQID'},
      },
      md5OfMessageAttributes: 'd25a6aea97eb8f585bfa92d314504a92',
    };
    expect(sqsRecordOf(message, source)).toEqual({
      messageId: 'm1',
      receiptHandle: 'handle-m1',
      body: 'hello',
      attributes: message.attributes,
      messageAttributes: {
        text: {stringValue: 'value', stringListValues: [], binaryListValues: [], dataType: 'String'},
        octets: {binaryValue: 'AQID', stringListValues: [], binaryListValues: [], dataType: 'Binary.png'},
      },
      md5OfMessageAttributes: 'd25a6aea97eb8f585bfa92d314504a92',
      md5OfBody: '5d41402abc4b2a76b9719d911017c592',
      eventSource: 'aws:sqs',
      eventSourceARN: source.queueArn,
      awsRegion: 'us-east-1',
    });
  });
});

describe('events', () => {
  it('hold all messages in their order', () => {
    const [event, ...others] = sqsEventsOf([messageOf('a'), messageOf('b')], source);
    expect(others).toEqual([]);
    const {Records: records} = JSON.parse(event?.payload ?? '') as {Records: {messageId: string}[]};
    expect(records.map(record => record.messageId)).toEqual(['a', 'b']);
  });

  it('are split before 6 MB, so that ten messages of 1 MiB can be invoked', () => {
    const messages = Array.from({length: 10}, (_, n) => messageOf(`m${n}`, 'x'.repeat(1_048_576)));
    const events = sqsEventsOf(messages, source);
    expect(events.map(event => event.messages.length)).toEqual([5, 5]);
    for (const {payload} of events) expect(payload.length).toBeLessThan(6_291_556);
  });

  it('of no messages are none', () => {
    expect(sqsEventsOf([], source)).toEqual([]);
  });
});

describe('a response', () => {
  const ids = ['a', 'b', 'c'];

  it.each([
    ['null', 'null', []],
    ['an empty object', '{}', []],
    ['an object without the list', '{"statusCode":200}', []],
    ['a null list', '{"batchItemFailures":null}', []],
    ['an empty list', '{"batchItemFailures":[]}', []],
    [
      'some of the messages',
      '{"batchItemFailures":[{"itemIdentifier":"b"},{"itemIdentifier":"c"}]}',
      ['b', 'c'],
    ],
    ['invalid JSON', '{"batchItemFailures":', ids],
    ['no object', '"done"', ids],
    ['a list', '[]', ids],
    ['failures that are no list', '{"batchItemFailures":{"itemIdentifier":"b"}}', ids],
    ['an empty identifier', '{"batchItemFailures":[{"itemIdentifier":""}]}', ids],
    ['a null identifier', '{"batchItemFailures":[{"itemIdentifier":null}]}', ids],
    ['a wrong name', '{"batchItemFailures":[{"messageId":"b"}]}', ids],
    [
      'an identifier of no message',
      '{"batchItemFailures":[{"itemIdentifier":"b"},{"itemIdentifier":"z"}]}',
      ids,
    ],
    ['failures that are no objects', '{"batchItemFailures":["b"]}', ids],
  ])('of %s fails the messages that AWS says', (_, payload, failed) => {
    expect([...batchItemFailuresOf(payload, ids)]).toEqual(failed);
  });
});
