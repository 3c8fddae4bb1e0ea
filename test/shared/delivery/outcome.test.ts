import {describe, expect, test} from 'vitest';
import {resolveDestination} from '../../../shared/delivery/destination.ts';
import {nextRoundOf} from '../../../shared/delivery/next-round.ts';
import {attempted, stopped} from '../../../shared/delivery/outcome.ts';
import type {Wait} from '../../../shared/delivery/rate.ts';
import {resultOf} from '../../../shared/delivery/result.ts';
import {entryOf} from '../../../shared/delivery/result-entry.ts';
import type {Message} from '../../../shared/message/message.ts';
import type {Settings} from '../../../shared/settings/settings.ts';
import type {Failure, Tried} from '../../../shared/smtp/failure.ts';
import {incoming, message, messageOf, now, parse, plain, settings} from '../../samples/messages.ts';
import {decideRoute} from './route-under-test.ts';

const accepted: Tried = {ok: true, reply: {code: 250, status: '2.6.0', text: 'queued'}};
const failed = (failure: Omit<Failure, 'description'>): Tried => {
  const whole = {description: 'in words', ...failure};
  return {ok: false, failure: whole};
};
const refused = failed({stage: 'rcptto', result: 'error', reply: {code: 550, status: '5.1.1', text: 'no'}});
const greylisted = failed({stage: 'rcptto', result: 'error', reply: {code: 450, text: 'later'}});
const lost = failed({stage: 'message', result: 'lost'});

const facts = {mta: 'mx.example.org', from: '192.0.2.1', to: '192.0.2.2'};
const candidateOf = (mail: Message, stage = settings()) => ({
  message: mail,
  destination: resolveDestination(mail, stage),
  lane: 'example.org#1',
});
/** An attempt's outcome, and what is made of it. */
const decideFate = (mail: Message, end: Tried, stage: Settings, nowMs: number) => {
  const attempt = {...end, entry: entryOf(end, facts, nowMs), durationMs: 0, tried: 1};
  const outcome = attempted(candidateOf(mail, stage), attempt, stage, nowMs);
  const {fate, queues} = outcome;
  return {fate, queues, body: resultOf(outcome), again: nextRoundOf(outcome)};
};
const settle = (
  end: Tried,
  properties: Record<string, unknown> = {},
  parameters: Record<string, string> = {},
  nowMs = now,
) => decideFate(message(properties), end, settings(parameters), nowMs);
const hold = (mail: Message, {untilMs, slotMs}: {untilMs: number; slotMs?: number | null}) => {
  const held = stopped(
    candidateOf(mail),
    {kind: 'hold', untilMs, ...(slotMs !== undefined && {slotMs})},
    settings(),
    now,
  );
  return {fate: held.fate, again: nextRoundOf(held)!};
};
const holdForRate = (mail: Message, wait: Wait) => hold(mail, {slotMs: null, ...wait});
const holdUntil = (mail: Message, untilMs: number) => hold(mail, {untilMs});
const time = '2030-01-01 12:00:00';
const earlier = {state: 'connect', result: 'timeout', time: '2030-01-01 11:00:00'};
const secondRound = {
  results: [earlier],
  relayq: {id: 'm', arrived: '2030-01-01 11:00:00', attempts: 1, hops: 3},
};

describe('an attempt’s entry in the results', () => {
  test.each([
    [
      'accepted',
      accepted,
      {state: 'message', result: 'accepted', code: 250, status: '2.6.0', description: 'queued'},
    ],
    [
      'accepted without a status',
      {ok: true, reply: {code: 250, text: ''}} as const,
      {state: 'message', result: 'accepted', code: 250, status: '2.0.0', description: ''},
    ],
    [
      'refused',
      refused,
      {
        state: 'rcptto',
        result: 'error',
        class: 'recipient',
        code: 550,
        status: '5.1.1',
        description: 'in words',
        fatal: true,
      },
    ],
    [
      'without a reply',
      failed({stage: 'connect', result: 'timeout'}),
      {
        state: 'connect',
        result: 'timeout',
        class: 'network',
        status: '4.4.1',
        description: 'in words',
        fatal: false,
      },
    ],
    [
      'perhaps accepted',
      lost,
      {
        state: 'message',
        result: 'lost',
        class: 'network',
        status: '4.4.2',
        description: 'in words',
        fatal: false,
        maybeSent: true,
      },
    ],
  ])('%s', (_, outcome, entry) => {
    expect(entryOf(outcome, facts, now)).toEqual({...facts, ...entry, timeMs: now});
  });
});

test.each([
  ['authplain', 501, '5.5.2', undefined, 'deferred', '5.5.2'],
  ['authlogin', 535, '5.7.8', undefined, 'deferred', '5.7.8'],
  ['authcram', 454, '4.7.0', undefined, 'deferred', '4.7.0'],
  ['authplain', 535, undefined, undefined, 'deferred', '4.7.8'],
  ['intro', 554, '5.3.2', undefined, 'deferred', '5.3.2'],
  ['intro', 554, undefined, undefined, 'deferred', '4.4.1'],
  ['ehlo', 550, '5.7.1', undefined, 'deferred', '5.7.1'],
  ['starttls', 501, '5.5.4', undefined, 'deferred', '5.5.4'],
  ['starttls', 454, '4.7.0', 'tls-failed', 'deferred', '4.7.0'],
  ['mailfrom', 503, '5.5.1', undefined, 'deferred', '5.5.1'],
  ['mailfrom', 530, '5.7.0', undefined, 'deferred', '5.7.0'],
  ['rcptto', 554, '5.7.1', 'authentication-wanted', 'deferred', '5.7.1'],
  ['mailfrom', 501, undefined, 'parameter-refused', 'bounced', '5.5.4'],
  ['mailfrom', 553, '5.6.7', 'parameter-refused', 'bounced', '5.6.7'],
  ['rcptto', 552, '4.2.2', undefined, 'deferred', '4.2.2'],
  ['rcptto', 552, '5.2.2', undefined, 'bounced', '5.2.2'],
  ['rcptto', 552, undefined, undefined, 'deferred', '4.5.3'],
  ['rcptto', 450, '5.2.1', undefined, 'deferred', '5.2.1'],
  ['rcptto', 550, '4.1.1', undefined, 'bounced', '4.1.1'],
  ['message', 354, undefined, undefined, 'deferred', '4.5.0'],
] as const)('at %s, %d with %s (%s) is %s and shows %s', (stage, code, status, fact, fate, shown) => {
  const reply = {code, text: '', ...(status && {status})};
  const outcome = failed({stage, result: 'error', reply, ...(fact && {fact})});
  expect([settle(outcome).fate, entryOf(outcome, facts, now).status]).toEqual([fate, shown]);
});

describe('the fate of a message', () => {
  test.each([
    ['accepted', accepted],
    ['bounced', refused],
  ])('%s is final', (fate, outcome) => {
    const properties = {
      ...secondRound,
      smarthost: {hostname: 'h', username: 'u', password: 'hunter2'},
      queues: {success: 'mine'},
      custom: 1,
    };
    const settlement = settle(outcome, properties);
    expect(settlement).toMatchObject({fate, queues: {success: 'mine'}});
    expect(settlement.again).toBeUndefined();
    expect(JSON.parse(settlement.body)).toEqual({
      envelope: plain.envelope,
      recipient: plain.recipient,
      smarthost: {hostname: 'h', username: 'u'},
      queues: {success: 'mine'},
      custom: 1,
      relayq: {...secondRound.relayq, attempts: 2, key: 'm'},
      fate,
      results: [earlier, expect.objectContaining({time, mta: 'mx.example.org'})],
    });
  });

  test('bounced at its last attempt is bounced, not expired', () => {
    expect(settle(refused, {maxattempts: 1}).fate).toBe('bounced');
  });

  test('deferred goes to those that wait whole, with what it needs to go on', () => {
    const smarthost = {hostname: 'h', username: 'u', password: 'p'};
    const settlement = settle(greylisted, {...secondRound, smarthost}, {'retry-interval': '60,5000'});
    expect(settlement).toMatchObject({fate: 'deferred', again: {delaySeconds: 900}});
    const {relayq, results, ...rest} = JSON.parse(settlement.again!.body);
    expect(rest).toEqual({...plain, smarthost, nextattempt: {time: '2030-01-01 13:23:20'}});
    expect(relayq).toEqual({...secondRound.relayq, attempts: 2});
    expect(results).toEqual([earlier, expect.objectContaining({state: 'rcptto', code: 450, time})]);
    expect(JSON.parse(settlement.body)).toMatchObject({
      fate: 'deferred',
      relayq: {...relayq, key: 'm.2'},
      nextattempt: rest.nextattempt,
      results,
    });
    expect(settlement.body).not.toContain('"password"');
  });

  test('deferred within a second is never due too early', () => {
    const settlement = settle(greylisted, {retries: '1'}, {}, now + 1);
    expect(JSON.parse(settlement.again!.body).nextattempt.time).toBe('2030-01-01 12:00:02');
    expect(settlement.again!.delaySeconds).toBe(1);
  });

  test.each([
    ['its attempts', {maxattempts: 2}, {}, 'maxattempts: 2 of 2 made'],
    ['the stage’s attempts', {}, {'max-attempts': '2'}, 'maxattempts: 2 of 2 made'],
    [
      'its time',
      {maxdelivertime: '2030-01-01 12:10:00'},
      {},
      'maxdelivertime: no time left for another attempt',
    ],
    ['the stage’s time', {}, {'max-delivertime': '4200'}, 'maxdelivertime: no time left for another attempt'],
  ])('deferred beyond %s is expired, and says so after the attempt', (_, properties, parameters, reason) => {
    const settlement = settle(greylisted, {...secondRound, ...properties}, parameters);
    expect(settlement.fate).toBe('expired');
    expect(settlement.again).toBeUndefined();
    const {results, relayq, fate} = JSON.parse(settlement.body);
    expect({fate, attempts: relayq.attempts}).toEqual({fate: 'expired', attempts: 2});
    expect(results).toEqual([
      earlier,
      expect.objectContaining({state: 'rcptto', code: 450}),
      {
        state: 'process',
        result: 'timeout',
        class: 'expired',
        time,
        status: '5.4.7',
        description: reason,
        fatal: true,
      },
    ]);
  });
});

describe('a message over the rate of its queue', () => {
  const slotMs = now + 5300;
  const heldOnce = () => holdForRate(message(), {untilMs: slotMs, slotMs});

  test('waits until its slot, without an attempt, and keeps the slot when it waits for something else', () => {
    const {fate, again} = heldOnce();
    expect({fate, delaySeconds: again.delaySeconds}).toEqual({fate: 'held', delaySeconds: 6});
    const back = messageOf(parse(again.body));
    expect(back.tracking).toMatchObject({attempts: 0, holds: 1, slotMs: now + 5000});
    const {again: later} = holdUntil(back, now + 60_000);
    expect(messageOf(parse(later.body)).tracking).toMatchObject({holds: 2, slotMs: now + 5000});
  });

  test('without a slot to be had comes back without one', () => {
    const back = messageOf(parse(heldOnce().again.body));
    const {again} = holdForRate(back, {untilMs: now + 900_000});
    expect(again.delaySeconds).toBe(900);
    expect(messageOf(parse(again.body)).tracking).not.toHaveProperty('slotMs');
  });

  test('has used its slot with an attempt: the next one, and the result, have none', () => {
    const back = messageOf(parse(heldOnce().again.body));
    const settlement = decideFate(back, greylisted, settings(), now);
    expect(messageOf(parse(settlement.again!.body)).tracking).toEqual({
      ...back.tracking,
      attempts: 1,
      slotMs: undefined,
    });
    for (const body of [settlement.body, settlement.again!.body]) expect(body).not.toContain('"slot"');
  });

  test('has the slot that the pipeline gave it, or is refused', () => {
    for (const slot of ['soon', 5, '2030-02-30 00:00:00']) {
      const relayq = {id: 'a', arrived: '2030-01-01 12:00:00', attempts: 0, hops: 0, slot};
      expect(parse(JSON.stringify({...plain, relayq})).ok).toBe(false);
    }
  });
});

test('a message that is always deferred is tried as often as the schedule says, each time under an ID of its own', () => {
  const stage = settings({'max-attempts': '5', 'retry-interval': '1,1000,1'});
  let body = JSON.stringify(plain);
  const ids: string[] = [];
  for (let clock = now, round = 1; round < 50; round++) {
    const record = {id: `record-${round}`, arrivedMs: clock, ours: round > 1};
    const decision = decideRoute(parse(body, record), incoming(body, record), stage, clock);
    body = decision.body;
    if (decision.kind === 'hold') clock += decision.delaySeconds * 1000;
    if (decision.kind !== 'deliver') continue;
    ids.push(decision.deduplicationId);
    const mail = messageOf(parse(decision.body));
    const settlement = decideFate(mail, greylisted, stage, clock);
    if (settlement.again === undefined) {
      expect(settlement.fate).toBe('expired');
      expect(JSON.parse(settlement.body).results).toHaveLength(6);
      break;
    }
    clock += settlement.again.delaySeconds! * 1000;
    body = settlement.again.body;
  }
  expect(ids).toEqual([0, 1, 2, 3, 4].map(attempts => `record-1.${attempts}.0`));
});
