import {describe, expect, test} from 'vitest';
import {bodyOf, octetsOf} from '../../shared/json.ts';
import {maxMessageOctets} from '../../shared/result.ts';
import {type Decision, decideRoute} from '../../shared/route.ts';
import {arrival, bodyWith, now, parse, plain, settings} from './samples.ts';

const decide = (
  properties: Record<string, unknown> = {},
  nowMs = now,
  parameters: Record<string, string> = {},
) => {
  const body = bodyWith(properties);
  return decideRoute(parse(body), {...arrival, body}, settings(parameters), nowMs);
};
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
    const decision = kindOf(decide({relayq: {...fresh, attempts: 2, hops: 7}}), 'deliver');
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
      const decision = decideRoute(parse(body), {...arrival, body}, settings(), time);
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
    const second = decideRoute(parse(first.body), {...arrival, body: first.body}, settings(), now + 900_000);
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
    const decision = kindOf(decide({...properties, queues: {failure: 'mine'}}), 'answer');
    expect(decision).toMatchObject({fate: 'expired', reason, queues: {failure: 'mine'}});
    const result = bodyIn(decision);
    expect(result).not.toHaveProperty('mime');
    expect(result).toMatchObject({recipient: plain.recipient, fate: 'expired'});
    expect(result.results).toEqual([
      {
        state: 'process',
        result: 'timeout',
        time: '2030-01-01 12:00:00',
        status: '5.4.7',
        description: reason,
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
      relayq: fresh,
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
    const decision = kindOf(decideRoute(parse(body), {...arrival, body}, settings(), now), 'answer');
    expect(decision.fate).toBe('invalid');
    expect(decision.body).not.toContain('hunter2');
  });

  test('when it takes up too much room, to the octet; a later round may be larger', () => {
    const empty = octetsOf(bodyOf({...plain, mime: '', relayq: fresh}));
    const mime = (octets: number) => `ü${'x'.repeat(octets - empty - 2)}`;
    expect(decide({mime: mime(maxMessageOctets)}).kind).toBe('deliver');
    const decision = kindOf(decide({mime: mime(maxMessageOctets + 1)}), 'answer');
    expect(decision.reason).toBe(
      `the message takes up ${maxMessageOctets + 1} octets; at most ${maxMessageOctets} fit through the queues`,
    );
    for (const round of [{hops: 1}, {attempts: 1}, {hops: 1, attempts: 1}])
      expect(decide({mime: mime(maxMessageOctets + 1), relayq: {...fresh, ...round}}).kind).toBe('deliver');
  });
});
