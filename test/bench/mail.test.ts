import {describe, expect, it} from 'vitest';
import {hundredKB, isDeferred, mimeOf, outboxBodyOf, recipientOf, tenKB} from '../../bench/mail.ts';
import {EventMaker, patternId, patternRecipient, recordPatternOf} from '../../bench/sqs-events.ts';
import {parseMessage} from '../../shared/message/message-body.ts';

interface Event {
  readonly Records: readonly {
    readonly messageId: string;
    readonly receiptHandle: string;
    readonly body: string;
    readonly attributes: Readonly<Record<string, string>>;
  }[];
}

describe('the mail of the benchmark', () => {
  it.each([1000, 1001, 1002, 1003, tenKB, hundredKB])(
    'is a message of exactly %i octets, CRLF at each line end',
    octets => {
      const mime = mimeOf(octets);
      expect(Buffer.byteLength(mime)).toBe(octets);
      expect(mime).toMatch(/^From: [\s\S]*\r\n\r\n[\s\S]+\r\n$/);
      expect(mime.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
      expect(Math.max(...mime.split('\r\n').map(line => line.length))).toBeLessThan(200);
    },
  );

  it('is a valid message on the outbox', () => {
    const body = outboxBodyOf(recipientOf(7), mimeOf(tenKB), {host: '127.0.0.1', port: 2500});
    const parsed = parseMessage(body, {id: 'id', arrivedMs: 0});
    expect(parsed).toMatchObject({ok: true, message: {recipient: {domain: 'example.org'}}});
    expect(parsed).toMatchObject({message: {properties: {smarthost: {hostname: '127.0.0.1', port: 2500}}}});
  });
});

describe('the events of the benchmark', () => {
  const source = {region: 'us-east-1', queueArn: 'arn:aws:sqs:us-east-1:000000000000:q.fifo'};
  const body = JSON.stringify({
    recipient: patternRecipient,
    relayq: {id: patternId},
    mime: 'a "quoted" text\r\n',
  });
  const patterns = ['g1', 'g2'].map(groupId => recordPatternOf(body, {...source, groupId}));

  it('hold messages that differ only in id and recipient, in the record and in its body', () => {
    const events = new EventMaker();
    const records = [events.event(patterns, 3), events.event(patterns, 2)].flatMap(
      payload => (JSON.parse(payload) as Event).Records,
    );
    expect(records.map(({attributes}) => attributes.MessageGroupId)).toEqual(['g1', 'g2', 'g1', 'g1', 'g2']);
    expect(new Set(records.map(({messageId}) => messageId)).size).toBe(5);
    for (const [index, {messageId, receiptHandle, body: text, attributes}] of records.entries()) {
      const message = JSON.parse(text);
      expect(message).toEqual({
        recipient: recipientOf(index + 1),
        relayq: {id: messageId},
        mime: 'a "quoted" text\r\n',
      });
      expect(receiptHandle).toContain(messageId);
      expect(attributes.MessageDeduplicationId).toBe(`${messageId}.0.0`);
    }
  });

  it('hold a deferred recipient at the given interval', () => {
    const {Records: records} = JSON.parse(new EventMaker().event(patterns, 10, {deferEvery: 4})) as Event;
    const deferred = records.map(({body: text}) => isDeferred(JSON.parse(text).recipient));
    expect(deferred.flatMap((later, index) => (later ? [index + 1] : []))).toEqual([4, 8]);
  });
});
