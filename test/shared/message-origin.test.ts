import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {bodyOf} from '../../shared/json.ts';
import {arrival, at, bodyWith, message, messageOf, parse, plain, refusalOf} from './samples.ts';

const withHeaders = (headers: string, properties: Record<string, unknown> = {}) =>
  parse(bodyWith({mime: `${headers}Subject: s\n\nbody`, ...properties}));

const relay = {hosts: ['mx.example.net'], port: 25};
const hostname = 'mx.example.net';

test('what went through once reads the same when it is parsed again', () => {
  const value = fc.oneof(fc.jsonValue(), fc.string({unit: 'binary'}));
  fc.assert(
    fc.property(
      fc.dictionary(
        fc.string().map(name => `my-${name}`),
        value,
      ),
      value,
      (custom, tag) => {
        const mimeText = `x-mq-tag: ${JSON.stringify(tag).replace(/[^ -~]/g, '?')}\r\nx-mq-delayed: 2031-01-01 00:00:00\r\nS: ü\uffff\r\n\r\nb`;
        const once = message({...custom, mime: mimeText});
        const again = messageOf(parse(bodyOf(once.properties)));
        expect(again).toEqual(once);
      },
    ),
    {numRuns: 100},
  );
});

test('the pipeline’s own property is read back', () => {
  const relayq = {id: 'first', arrived: '2029-12-31 00:00:00', attempts: 2, hops: 5};
  expect(message({relayq}).tracking).toEqual({
    id: 'first',
    arrivedMs: at(relayq.arrived),
    attempts: 2,
    hops: 5,
  });
  expect(message().tracking).toEqual({...arrival, attempts: 0, hops: 0});
});

describe('headers', () => {
  test('set what the JSON does not', () => {
    const parsed = messageOf(
      withHeaders(
        'x-mq-recipient: h@example.net\nx-mq-smarthost-hostname: MX.example.net\nx-mq-smarthost-port: 587\nx-mq-keepmime: 1\nx-mq-retries: 1,2\nx-mq-tag: a\nx-mq-custom: c\n',
        {recipient: undefined},
      ),
    );
    expect(parsed).toMatchObject({
      recipient: {address: 'h@example.net'},
      smarthost: {hosts: [hostname], port: 587},
      keepMime: true,
      retries: [1, 2],
      tags: ['a'],
      properties: {custom: 'c'},
      mime: 'Subject: s\n\nbody',
    });
    expect(parsed.properties.mime).toBe('Subject: s\n\nbody');
  });

  test('lose to the JSON, property by property', () => {
    const headers = 'x-mq-recipient: h@example.net\nx-mq-maxattempts: 1\nx-mq-tag: h\n';
    const parsed = messageOf(withHeaders(headers, {tags: ['json']}));
    expect(parsed).toMatchObject({recipient: {address: plain.recipient}, maxAttempts: 1, tags: ['json']});
  });

  test('give nothing to a smarthost in the JSON: it wins whole', () => {
    const headers =
      'x-mq-smarthost-hostname: h.example\nx-mq-smarthost-port: 587\nx-mq-smarthost-username: u\nx-mq-smarthost-password: p\n';
    expect(messageOf(withHeaders(headers, {smarthost: {hostname}})).smarthost).toEqual(relay);
    expect(messageOf(withHeaders(headers)).smarthost).toEqual({
      hosts: ['h.example'],
      port: 587,
      credentials: {username: 'u', password: 'p'},
    });
  });

  test('without a smarthost’s hostname make an invalid message', () => {
    const {problems} = refusalOf(withHeaders('x-mq-smarthost-port: 587\n'));
    expect(problems).toEqual([{path: 'smarthost.hostname', problem: 'is missing'}]);
  });

  test('and the JSON name queues together', () => {
    const headers = 'x-mq-failure-queue: header\nx-mq-retry-queue: header\nx-mq-success-queue: header\n';
    const queues = {failure: 'json', retry: null};
    expect(messageOf(withHeaders(headers, {queues})).queues).toEqual({
      failure: 'json',
      retry: null,
      success: 'header',
    });
  });

  test('and the JSON say together what notifications are wanted', () => {
    const parsed = withHeaders('x-mq-dsn-notify: FAILURE\nx-mq-dsn-ret: HDRS\n', {dsn: {ret: 'FULL'}});
    expect(messageOf(parsed).properties.dsn).toEqual({notify: 'FAILURE', ret: 'FULL'});
  });

  test('with a line that a CR alone ends are refused by name', () => {
    const {problems} = refusalOf(withHeaders('x-mq-custom: a\rx-mq-tag: t\n'));
    expect(problems).toEqual([
      {path: 'mime', problem: 'has a line that ends in a CR alone after x-mq-custom: end it in CRLF or LF'},
    ]);
  });

  test('that contradict one another are named', () => {
    const {problems} = refusalOf(withHeaders('x-mq-maxattempts: 1\nx-mq-maxattempts: 2\n'));
    expect(problems).toEqual([
      {path: 'mime', problem: 'has x-mq-maxattempts more than once, with different values'},
    ]);
  });

  test('cannot speak for the pipeline', () => {
    expect(refusalOf(withHeaders('x-mq-relayq: 1\n')).problems[0]?.path).toBe('relayq');
  });

  test('lose to a delayed time in the JSON', () => {
    const parsed = withHeaders('x-mq-delayed: 2030-01-01 13:00:00\n', {delayed: '2030-01-01 14:00:00'});
    expect(messageOf(parsed).nextAttemptMs).toBe(at('2030-01-01 14:00:00'));
  });

  test.each(['__proto__', 'constructor'])('named x-mq-%s travel as custom properties', name => {
    const {properties} = messageOf(withHeaders(`x-mq-${name}: v\n`));
    expect(Object.hasOwn(JSON.parse(bodyOf(properties)), name)).toBe(true);
  });
});

describe('a result that is put back on the outbox', () => {
  const history = {
    results: [{state: 'data'}],
    relayq: {id: 'm', arrived: '2030-01-01 00:00:00', attempts: 4, hops: 4},
    nextattempt: {time: '2031-01-01 00:00:00'},
  };

  test('starts afresh', () => {
    const parsed = message({fate: 'bounced', ...history});
    expect(parsed).toMatchObject({
      results: [],
      tracking: {...arrival, attempts: 0, hops: 0},
      nextAttemptMs: undefined,
    });
    expect(parsed.properties).toEqual(plain);
  });

  test('is what it takes: a header field called x-mq-fate makes no message forget its attempts', () => {
    const first = messageOf(withHeaders('x-mq-fate: x\n'));
    const second = messageOf(parse(bodyOf({...first.properties, ...history})));
    expect(second.tracking.attempts).toBe(4);
  });

  test('keeps properties of its own that are called as an invalid one’s are', () => {
    const own = {problems: 'mine', original: 'mine too'};
    expect(message({fate: 'bounced', ...history, ...own}).properties).toEqual({...plain, ...own});
  });

  test('leaves behind what an invalid one was told', () => {
    const parsed = message({fate: 'invalid', ...history, problems: [], original: 'the old text'});
    expect(parsed.properties).toEqual(plain);
  });
});
