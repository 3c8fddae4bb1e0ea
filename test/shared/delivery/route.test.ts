import {describe, expect, test} from 'vitest';
import {maxMessageOctets} from '../../../shared/delivery/result.ts';
import {bodyOf, octetsOf} from '../../../shared/json.ts';
import type {Arrival} from '../../../shared/message/tracking.ts';
import {
  arrival,
  bodyWith,
  fromOutbox,
  incoming,
  now,
  parse,
  plain,
  settings,
} from '../../samples/messages.ts';
import {type Decision, decideRoute} from './route-under-test.ts';

const decide = (
  properties: Record<string, unknown> = {},
  nowMs = now,
  parameters: Record<string, string> = {},
  from: Arrival = fromOutbox,
) => decideBody(bodyWith(properties), nowMs, parameters, from);
const decideBody = (
  body: string,
  nowMs = now,
  parameters: Record<string, string> = {},
  from: Arrival = fromOutbox,
) => decideRoute(parse(body, from), incoming(body, from), settings(parameters), nowMs);
const kindOf = <K extends Decision['kind']>(decision: Decision, kind: K) => {
  if (decision.kind !== kind) throw new Error(`decided ${JSON.stringify(decision)}`);
  return decision as Extract<Decision, {kind: K}>;
};
const bodyIn = (decision: Decision) => JSON.parse(decision.body);
const fresh = {id: 'message-1', arrived: '2030-01-01 12:00:00', attempts: 0, hops: 0};

describe('a message that is due is delivered', () => {
  test('under its group, with the pipeline’s property', () => {
    const decision = kindOf(decide({custom: 1, mime: 'x-mq-tag: t\nS: s\n\nb'}), 'deliver');
    expect(decision).toMatchObject({
      groupId: expect.stringMatching(/^example\.org#[12]$/),
      deduplicationId: 'message-1.0.0',
    });
    expect(bodyIn(decision)).toEqual({...plain, custom: 1, mime: 'S: s\n\nb', tags: ['t'], relayq: fresh});
  });

  test.each([
    ['now', '2030-01-01 12:00:00'],
    ['in the past', '2029-01-01 12:00:00'],
  ])('when its next attempt is %s', (_, time) => {
    expect(decide({nextattempt: {time}}).kind).toBe('deliver');
    expect(decide({delayed: time}).kind).toBe('deliver');
  });

  test('and keeps its hops', () => {
    const decision = kindOf(decide({relayq: {...fresh, attempts: 2, hops: 7}}, now, {}, arrival), 'deliver');
    expect(decision.deduplicationId).toBe('message-1.2.7');
    expect(bodyIn(decision).relayq.hops).toBe(7);
  });
});

describe('a message that is not due yet is held', () => {
  test.each([
    ['2030-01-01 12:00:01', 1],
    ['2030-01-01 12:15:00', 900],
    ['2030-01-01 12:15:01', 900],
    ['2030-01-02 11:59:59', 900],
  ])('until %s: %i s for now, one hop more', (time, delaySeconds) => {
    const decision = kindOf(decide({nextattempt: {time}}), 'hold');
    expect(decision.delaySeconds).toBe(delaySeconds);
    expect(bodyIn(decision)).toEqual({...plain, nextattempt: {time}, relayq: fresh});
  });

  test('round after round until it is due, and then known by one deduplication ID, should a round be taken twice', () => {
    const seen: string[] = [];
    let body = bodyWith({nextattempt: {time: '2030-01-01 12:40:00'}});
    let time = now;
    for (;;) {
      const decision = decideBody(body, time, {}, arrival);
      if (decision.kind !== 'hold') {
        expect(kindOf(decision, 'deliver').deduplicationId).toBe('message-1.0.0');
        break;
      }
      seen.push(`${decision.delaySeconds}`);
      body = decision.body;
      time += decision.delaySeconds * 1000;
    }
    expect(seen).toEqual(['900', '900', '600']);
    expect(time).toBe(now + 2_400_000);
  });

  test('though its header was called x-mq-fate', () => {
    const first = kindOf(
      decide({mime: 'x-mq-fate: x\nx-mq-delayed: 2030-01-01 12:40:00\nS: s\n\nb'}),
      'hold',
    );
    const second = decideBody(first.body, now + 900_000, {}, arrival);
    expect(second.kind).toBe('hold');
  });
});

describe('a message is answered at once', () => {
  test.each([
    [
      'its time has come',
      {maxdelivertime: '2030-01-01 12:00:00'},
      'maxdelivertime: no time left for another attempt',
    ],
    [
      'it would be due too late',
      {nextattempt: {time: '2030-01-02 12:00:00'}},
      'maxdelivertime: no time left for another attempt',
    ],
    [
      'its attempts are used up',
      {maxattempts: 2, relayq: {...fresh, attempts: 2}},
      'maxattempts: 2 of 2 made',
    ],
  ])('when %s', (_, properties, reason) => {
    const decision = kindOf(decide({...properties, queues: {failure: 'mine'}}, now, {}, arrival), 'answer');
    expect(decision).toMatchObject({fate: 'expired', reason, queues: {failure: 'mine'}});
    const result = bodyIn(decision);
    expect(result).not.toHaveProperty('mime');
    expect(result).toMatchObject({recipient: plain.recipient, fate: 'expired'});
    expect(result.results).toEqual([
      {
        state: 'process',
        result: 'timeout',
        class: 'expired',
        time: '2030-01-01 12:00:00',
        status: '5.4.7',
        description: reason,
        fatal: true,
      },
    ]);
  });

  test('when it is invalid, with every problem, the original, and no secret', () => {
    const smarthost = {hostname: 'a b', username: 'u', password: 'hunter2'};
    const decision = kindOf(
      decide({recipient: 1, smarthost, queues: {failure: 'mine'}, custom: 2}),
      'answer',
    );
    const result = bodyIn(decision);
    expect(decision).toMatchObject({fate: 'invalid', queues: {failure: 'mine'}});
    expect(result).toMatchObject({
      fate: 'invalid',
      custom: 2,
      relayq: {...fresh, key: fresh.id},
      results: [{state: 'process', result: 'invalid', description: decision.reason}],
    });
    expect(result.problems.map((each: {path: string}) => each.path).sort()).toEqual([
      'recipient',
      'smarthost.hostname',
    ]);
    expect(JSON.parse(result.original)).toMatchObject({
      recipient: 1,
      mime: plain.mime,
      smarthost: {hostname: 'a b', username: 'u'},
    });
    expect(decision.body).not.toContain('hunter2');
  });

  test.each([
    ['{"password": "hunter2"'],
    ['["x", {"password": "hunter2"}]'],
    ['Subject: s\nx-mq-smarthost-password: hunter2\n\nbody'],
    [bodyWith({recipient: 'x', mime: 'x-mq-smarthost-password: a"hunter2\nS: s\n\nb'})],
    [
      bodyWith({
        mime: 'x-mq-smarthost-password: a\rhunter2\nx-mq-smarthost-hostname: h\nx-mq-smarthost-username: u\nS: s\n\nb',
      }),
    ],
  ])('and shows no secret of %j', body => {
    const decision = kindOf(decideBody(body), 'answer');
    expect(decision.fate).toBe('invalid');
    expect(decision.body).not.toContain('hunter2');
  });

  const empty = octetsOf(bodyOf({...plain, mime: ''}));
  const mime = (octets: number) => `ü${'x'.repeat(octets - empty - 2)}`;

  test('when it takes up too much room, to the octet', () => {
    expect(decide({mime: mime(maxMessageOctets)}).kind).toBe('deliver');
    const decision = kindOf(decide({mime: mime(maxMessageOctets + 1)}), 'answer');
    expect(decision.reason).toBe(
      `the message takes up ${maxMessageOctets + 1} octets; at most ${maxMessageOctets} fit through the queues`,
    );
  });

  test('when it takes up too much room, whatever tracking it brings; what has waited may be larger', () => {
    for (const round of [{hops: 1}, {attempts: 1}, {hops: 1e9}, {attempts: 2 ** 53 - 1}, {origin: 'x'}]) {
      const properties = {mime: mime(maxMessageOctets + 1_025), relayq: {...fresh, ...round}};
      expect(decide(properties).kind, JSON.stringify(round)).toBe('answer');
      expect(decide(properties, now, {}, arrival).kind, JSON.stringify(round)).toBe('deliver');
    }
  });

  test('when the entries that it brings take up more than the pipeline’s own', () => {
    const results = (octets: number) => [{text: 'x'.repeat(octets - octetsOf('[{"text":""}]'))}];
    expect(decide({results: results(12_288), mime: mime(maxMessageOctets - 100)}).kind).toBe('deliver');
    const decision = kindOf(decide({results: results(12_289)}), 'answer');
    expect(decision.reason).toBe('results takes up 12289 octets of at most 12288');
  });
});

describe('two messages are never one, and one sent twice is', () => {
  const idOf = (decision: Decision) => kindOf(decision, 'deliver').deduplicationId;
  const forged = {...fresh, id: 'one', attempts: 1, hops: 1};
  const record = (id: string, ours = false) => ({id, arrivedMs: now, ours});

  test.each([
    ['without tracking', {}],
    ['with the same tracking', {relayq: forged}],
    ['with the origin of another', {relayq: {...forged, origin: 'a'}}],
    ['that are results with their mime', {fate: 'bounced', relayq: forged}],
    ['that are results whose fate was taken out', {relayq: {...forged, key: 'one.1'}}],
  ])('messages %s', (_, properties) => {
    const [a, again, b] = ['a', 'a', 'b'].map(id => idOf(decide(properties, now, {}, record(id))));
    expect(again).toBe(a);
    expect(b).not.toBe(a);
  });

  test('a message that is held, and sent on twice, whatever its records are called', () => {
    const held = kindOf(decide({relayq: forged, nextattempt: {time: '2030-01-01 12:10:00'}}), 'hold');
    const later = now + 600_000;
    const twice = ['w1', 'w2'].map(id => idOf(decideBody(held.body, later, {}, record(id, true))));
    expect(twice).toEqual(['message-1.1.1', 'message-1.1.1']);
  });
});

describe('an answer is small enough for its queue, and says what is missing', () => {
  const room = 1_048_576 - 256;
  const blob = 'x'.repeat(1_040_000);
  test.each<[string, string]>([
    ['a custom property that fills it', bodyWith({recipient: 1, blob})],
    ['a recipient that fills it', bodyWith({recipient: blob})],
    ['a name that fills it', bodyWith({recipient: 1, [blob]: 1})],
    [
      'many properties',
      JSON.stringify({...Object.fromEntries([...'x'.repeat(70_000)].map((_, n) => [`p${n}`, n]))}),
    ],
    ['a text that doubles in quotes', bodyWith({recipient: 1, mime: '"'.repeat(520_000)})],
    ['a text that is no JSON', '"'.repeat(1_000_000)],
    [
      'header fields with a name that fills it',
      bodyWith({recipient: 1, mime: `x-mq-${blob}: 1\nx-mq-${blob.slice(5)}: 2\n\n`.slice(0, 1_000_000)}),
    ],
    [
      'the same field twice, with a long name',
      bodyWith({mime: ['1', '2'].map(value => `x-mq-${'n'.repeat(500_000)}: ${value}\n`).join('')}),
    ],
    ['a smarthost that fills it', bodyWith({recipient: 1, smarthost: {hostname: blob}})],
    ['escapes', bodyWith({recipient: 1, blob: '\u0001'.repeat(170_000)})],
  ])('to %s', (_, body) => {
    const decision = kindOf(decideBody(body), 'answer');
    expect(decision.fate).toBe('invalid');
    expect(octetsOf(decision.body)).toBeLessThanOrEqual(room);
    const {original, originalAt, relayq, problems, results} = bodyIn(decision);
    expect(problems.length).toBeGreaterThan(0);
    expect(relayq).toMatchObject({...fresh, key: 'message-1'});
    expect(results).toHaveLength(1);
    expect([original === null, originalAt]).toEqual(
      decision.isOversize ? [true, 'oversize'] : [false, undefined],
    );
    expect(octetsOf(decision.reason)).toBeLessThan(100_000);
  });

  test('to a message that expired, with all that is its own but what is too large', () => {
    const properties = {'my-id': 7, blob, keepmime: true, maxdelivertime: '2030-01-01 12:00:00'};
    const result = bodyIn(kindOf(decide({...properties, mime: plain.mime}, now, {}, arrival), 'answer'));
    expect(result).toMatchObject({fate: 'expired', recipient: plain.recipient, 'my-id': 7, blob});
    const larger = kindOf(
      decide({...properties, more: 'y'.repeat(8_000), mime: plain.mime}, now, {}, arrival),
      'answer',
    );
    expect(bodyIn(larger)).toMatchObject({'my-id': 7, relayq: {omitted: 1}, more: expect.any(String)});
    expect(bodyIn(larger)).not.toHaveProperty('blob');
    expect(octetsOf(larger.body)).toBeLessThanOrEqual(room);
  });
});

test.each([
  [undefined, {}],
  ['results', {success: null, failure: null, retry: null}],
  ['results,retry', {success: null, failure: null}],
  ['success', {results: null, failure: null, retry: null}],
])('with results-kinds %s, a message’s own names still count', (kinds, off) => {
  const parameters: Record<string, string> = kinds === undefined ? {} : {'results-kinds': kinds};
  expect(kindOf(decide({recipient: 1}, now, parameters), 'answer').queues).toEqual(off);
  const named = kindOf(decide({maxattempts: 0, queues: {failure: 'mine'}}, now, parameters), 'answer');
  expect(named.queues).toEqual({...off, failure: 'mine'});
  const none = kindOf(decide({maxattempts: 0, queues: {results: null}}, now, parameters), 'answer');
  expect(none.queues).toEqual({...off, results: null});
});
