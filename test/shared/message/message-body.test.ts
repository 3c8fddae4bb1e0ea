import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {bodyOf} from '../../../shared/json.ts';
import {bodyPropertiesOf} from '../../../shared/message/message.ts';
import {parseMessage} from '../../../shared/message/message-body.ts';
import {withoutSecrets} from '../../../shared/message/secrets.ts';
import {problemsText} from '../../../shared/parsed.ts';
import {
  arrival,
  at,
  bodyWith,
  fromOutbox,
  message,
  messageOf,
  parse,
  plain,
  refusalOf,
} from '../../samples/messages.ts';

const withHeaders = (headers: string, properties: Record<string, unknown> = {}) =>
  parse(bodyWith({mime: `${headers}Subject: s\n\nbody`, ...properties}));

test('a message that was parsed once reads the same when it is parsed again', () => {
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
        const again = messageOf(parse(bodyOf(bodyPropertiesOf(once))));
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
    holds: 5,
  });
  expect(message().tracking).toEqual({...fromOutbox, attempts: 0, holds: 0});
});

test('a mime object makes a draft, whose text is still to be composed', () => {
  const parsed = parseMessage(bodyWith({mime: {subject: 's'}}), arrival);
  expect(parsed).toMatchObject({ok: true, message: {mime: {subject: 's'}}});
});

test.each(['[]', '"text"', 'null', '7'])('%s is not a message', body => {
  const {problems} = refusalOf(parse(body));
  expect(problemsText(problems)).toMatch(/^the message must be an object such as/);
});

test('every problem is reported at once, each with its path', () => {
  const wrong = {recipient: 1, mime: null, security: 'x', maxattempts: 0, queues: {retry: 'a b'}, relayq: 0};
  const {problems, queues} = refusalOf(parse(bodyWith(wrong)));
  const paths = problems.map(({path}) => path).sort();
  expect(paths).toEqual(['maxattempts', 'mime', 'queues.retry', 'recipient', 'relayq', 'security']);
  expect(queues).toEqual({});
});

test('a refused message still says where its result goes if that property is valid', () => {
  const refusal = refusalOf(parse(bodyWith({recipient: 'x', queues: {failure: 'mine'}})));
  expect(refusal.queues).toEqual({failure: 'mine'});
});

test('at most 50 problems are reported', () => {
  expect(refusalOf(parse(bodyWith({tags: new Array(1000).fill(0)}))).problems).toHaveLength(50);
});

test('a text that is not JSON is refused with the place of the error', () => {
  const body = `{${'\n'.repeat(11)}${' '.repeat(10)}x`;
  expect(refusalOf(parse(body)).problems).toEqual([
    {path: '', problem: 'is not JSON, at position 22 (line 12 column 11)'},
  ]);
});

test.each([
  '{"smarthost": {"password": "hunter2"} "recipient"}',
  '{"password": hunter2}',
  'hunter2',
  '{"password": "hunter2',
  '{"password": "hunter2\n"}',
])('a text that is not JSON is refused without quoting it: %j', body => {
  const {problems} = refusalOf(parse(body));
  expect(problemsText(problems)).toMatch(
    /^the message is not JSON(?:, at position \d+ \(line \d+ column \d+\))?$/,
  );
});

describe('numbers', () => {
  const custom = '{"a":9007199254740993,"b":[1.10,-0,1E400,{"c":0.1000000000000000055}]}';

  test('of custom properties go through as they are written', () => {
    const body = bodyWith().replace('{', `{"custom":${custom},"big":1e20,`);
    const once = messageOf(parse(body));
    for (const text of [
      bodyOf(bodyPropertiesOf(once)),
      bodyOf(bodyPropertiesOf(messageOf(parse(bodyOf(bodyPropertiesOf(once)))))),
    ]) {
      expect(text).toContain(`"custom":${custom}`);
      expect(text).toContain('"big":1e20');
    }
    expect(bodyOf(withoutSecrets(once.properties))).toContain(`"custom":${custom}`);
  });

  test('that have a meaning become JavaScript’s', () => {
    const body = bodyWith().replace(
      '{',
      '{"maxattempts":3.0,"retries":[6e2],"keepmime":1.0,"smarthost":{"hostname":"a.example","port":2.5e1},',
    );
    expect(messageOf(parse(body))).toMatchObject({
      maxAttempts: 3,
      retries: [600],
      keepMime: true,
      smarthost: {port: 25},
    });
    for (const number of ['1e400', '9007199254740993', '-0', '1.10']) {
      const {problems} = refusalOf(parse(bodyWith().replace('{', `{"maxattempts":${number},`)));
      expect(problems).toEqual([{path: 'maxattempts', problem: 'must be a whole number from 1 to 1000000'}]);
    }
  });

  test('beside a property called __proto__ do no harm', () => {
    const body = bodyWith().replace(
      '{',
      '{"__proto__":{"maxattempts":7,"smarthost":{"hostname":"evil.example"}},"n":1.10,',
    );
    const parsed = messageOf(parse(body));
    expect(parsed).toMatchObject({maxAttempts: undefined, smarthost: undefined});
    expect(bodyOf(parsed.properties)).toContain('"__proto__":{"maxattempts":7,');
  });
});

describe('JSON that is nested too deep', () => {
  const nested = (depth: number) => bodyWith().replace('{', `{"x":${'['.repeat(depth)}${']'.repeat(depth)},`);

  test('is invalid before anything else is done with it', () => {
    expect(parse(nested(99)).ok).toBe(true);
    for (const depth of [100, 5000, 200_000]) {
      const {problems, properties} = refusalOf(parse(nested(depth)));
      expect(problems).toEqual([{path: '', problem: 'is nested more than 100 deep'}]);
      expect(properties).toBeUndefined();
    }
    expect(refusalOf(parse('{"a":'.repeat(300_000))).problems).toHaveLength(1);
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
      tracking: {...fromOutbox, attempts: 0, holds: 0},
      nextAttemptMs: undefined,
    });
    expect(bodyPropertiesOf(parsed)).toEqual(plain);
  });

  test('is known by its JSON: a header field x-mq-fate makes no message forget its attempts', () => {
    const first = messageOf(withHeaders('x-mq-fate: x\n'));
    const second = messageOf(parse(bodyOf({...bodyPropertiesOf(first), ...history})));
    expect(second.tracking.attempts).toBe(4);
  });

  test('keeps properties of its own that are called as those of an invalid one', () => {
    const own = {problems: 'mine', original: 'mine too'};
    expect(bodyPropertiesOf(message({fate: 'bounced', ...history, ...own}))).toEqual({...plain, ...own});
  });

  test('loses what an invalid one was told', () => {
    const parsed = message({
      fate: 'invalid',
      ...history,
      problems: [],
      original: null,
      originalAt: 'a-queue',
    });
    expect(bodyPropertiesOf(parsed)).toEqual(plain);
  });
});
