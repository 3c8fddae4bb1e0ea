import {describe, expect, test} from 'vitest';
import {bodyOf} from '../../../shared/json.ts';
import {bodyPropertiesOf} from '../../../shared/message/message.ts';
import {type MqHeadersRule, mqHeadersRules} from '../../../shared/message/mq-headers.ts';
import {withoutSecrets} from '../../../shared/message/secrets.ts';
import {problemsText} from '../../../shared/parsed.ts';
import {arrival, at, bodyWith, messageOf, parse, plain, refusalOf} from '../../samples/messages.ts';

const withHeaders = (headers: string, properties: Record<string, unknown> = {}) =>
  parse(bodyWith({mime: `${headers}Subject: s\n\nbody`, ...properties}));
const relay = {hosts: ['mx.example.net'], port: 25};
const hostname = 'mx.example.net';

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
      text: 'Subject: s\n\nbody',
    });
    expect(parsed.properties).not.toHaveProperty('mime');
    expect(bodyPropertiesOf(parsed).mime).toBe('Subject: s\n\nbody');
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

describe('null in the JSON says no to a header', () => {
  test.each([
    ['maxattempts', 'x-mq-maxattempts: 1\n', {maxAttempts: undefined}],
    ['smarthost', 'x-mq-smarthost-hostname: h.example\n', {smarthost: undefined}],
    ['queues', 'x-mq-failure-queue: header\n', {queues: {}}],
    ['tags', 'x-mq-tag: t\n', {tags: []}],
    ['envelope', 'x-mq-envelope: h@example.net\n', {envelope: undefined}],
    ['delayed', 'x-mq-delayed: 2031-01-01 00:00:00\n', {nextAttemptMs: undefined}],
    ['dkim', 'x-mq-dkim: x\n', {}],
    ['custom', 'x-mq-custom: x\n', {}],
  ])('%s', (name, headers, expected) => {
    const parsed = messageOf(withHeaders(headers, {[name]: null}));
    expect(parsed).toMatchObject(expected);
    expect(bodyPropertiesOf(parsed)).toEqual({
      ...plain,
      mime: 'Subject: s\n\nbody',
      ...(name === 'envelope' && {envelope: undefined}),
    });
  });

  test.each([
    ['maxattempts', '', 'x-mq-maxattempts: 1\n', {maxAttempts: undefined}],
    ['smarthost', {hostname: ''}, 'x-mq-smarthost-hostname: h.example\n', {smarthost: undefined}],
  ])('so does an empty %s', (name, value, headers, expected) => {
    expect(messageOf(withHeaders(headers, {[name]: value}))).toMatchObject(expected);
  });
});

describe('the fields of strangers', () => {
  const strangers =
    'x-mq-smarthost-hostname: evil.example\nx-mq-results-queue: evil\nx-mq-dkim: x\nx-mq-relayq: x\nx-mq-a: =?x?q?y?=\nX-MQ-Tag\u00a0: t\nx-mq-maxattempts: 1\nx-mq-maxattempts: 2\n';
  const stripped = {text: 'Subject: s\n\nbody', smarthost: undefined, queues: {}};
  const under = (rule: MqHeadersRule, properties: Record<string, unknown> = {}, headers = strangers) =>
    parse(bodyWith({mime: `${headers}Subject: s\n\nbody`, ...properties}), arrival, {
      mqHeaders: rule,
      strict: false,
    });

  test('are taken out and not obeyed where the stage says stripped, and make nothing invalid', () => {
    expect(messageOf(under('stripped'))).toMatchObject(stripped);
    expect(messageOf(under('stripped', {}, `${strangers}no field\nx-mq-tag: t\n`)).text).toBe(
      'no field\nSubject: s\n\nbody',
    );
  });

  test('make a message invalid where the stage says refused, each by its name', () => {
    const {problems, queues} = refusalOf(under('refused'));
    expect(problemsText(problems)).toMatch(
      /^mime has x-mq-smarthost-hostname, and such fields are refused; .*x-mq-tag, /,
    );
    expect(queues).toEqual({});
    expect(under('refused', {}, '').ok).toBe(true);
  });

  test('count where the stage says obeyed', () => {
    expect(messageOf(under('obeyed', {}, 'x-mq-tag: t\n')).tags).toEqual(['t']);
  });

  test('are treated as the message itself says in its JSON', () => {
    expect(messageOf(under('obeyed', {'mq-headers': 'stripped'}))).toMatchObject(stripped);
    expect(messageOf(under('refused', {'mq-headers': 'stripped'}))).toMatchObject(stripped);
    expect(under('stripped', {'mq-headers': 'refused'}).ok).toBe(false);
    expect(messageOf(under('stripped', {'mq-headers': 'obeyed'}, 'x-mq-tag: t\n')).tags).toEqual(['t']);
    expect(messageOf(under('stripped', {'mq-headers': null}))).toMatchObject(stripped);
    expect(messageOf(under('stripped', {'mq-headers': ''}))).toMatchObject(stripped);
  });

  test('cannot say how they are treated', () => {
    const parsed = messageOf(under('obeyed', {}, 'x-mq-mq-headers: stripped\nx-mq-tag: t\n'));
    expect(parsed.tags).toEqual(['t']);
    expect(parsed.properties['mq-headers']).toBeUndefined();
    expect(under('refused', {}, 'x-mq-mq-headers: obeyed\n').ok).toBe(false);
  });

  test.each(['x-mq-tag: t\n', 'x-mq-tag: t\n\nx-mq-tag: in the body\n', '\nin the body\n'])(
    'are read once: %j',
    headers => {
      for (const rule of mqHeadersRules) {
        const relayq = {id: 'first', arrived: '2029-12-31 00:00:00', attempts: 1, hops: 1};
        const first = under(rule, {}, headers);
        if (!first.ok) continue;
        const body = bodyOf({...bodyPropertiesOf(first.message), relayq});
        for (const then of mqHeadersRules) {
          const again = messageOf(parse(body, arrival, {mqHeaders: then, strict: true}));
          expect(again.text).toBe(first.message.text);
          expect(again.tags).toEqual(first.message.tags);
        }
      }
    },
  );

  test('that are nearly fields are named by line and name', () => {
    const {problems, properties} = refusalOf(
      withHeaders('A: 1\r\r\nX-MQ-Smarthost-Password\u00a0: hunter2\n'),
    );
    expect(problems).toEqual([
      {
        path: 'mime',
        problem:
          'has what looks like x-mq-smarthost-password in line 2 and is no such field: it would be sent',
      },
    ]);
    expect(JSON.stringify(withoutSecrets(properties!))).not.toContain('hunter2');
    const beyond = refusalOf(parse(bodyWith({mime: '\nx-mq-tag: t\n\nb'})));
    expect(beyond.problems).toEqual([
      {path: 'mime', problem: 'has x-mq-tag in line 2, where the header section is over: it would be sent'},
    ]);
  });

  test('that nobody can decode are named', () => {
    const {problems} = refusalOf(withHeaders('x-mq-smarthost-password: =?klingon?q?hunter2?=\n'));
    expect(problems[0]).toEqual({
      path: 'mime',
      problem: 'has an encoded word in x-mq-smarthost-password that cannot be decoded',
    });
  });
});
