import {expect, test} from 'vitest';
import {connectionOf, restoredLine} from '../../../shared/delivery/attempt-fields.ts';
import {resolveDestination} from '../../../shared/delivery/destination.ts';
import {attempted, type Outcome, refused, stopped} from '../../../shared/delivery/outcome.ts';
import {loggedAddressOf, outcomeLine} from '../../../shared/delivery/outcome-line.ts';
import {entryOf, type ResultEntry} from '../../../shared/delivery/result-entry.ts';
import type {JsonObject} from '../../../shared/json.ts';
import type {Tried} from '../../../shared/smtp/failure.ts';
import {incoming, mailbox, message, now, settings} from '../../samples/messages.ts';

const stage = settings();
const mail = message({tags: ['t']});
const candidate = {message: mail, destination: resolveDestination(mail, stage), lane: 'example.org#2'};
const about = {
  id: 'message-1',
  queue: 'example.org',
  lane: 'example.org#2',
  domain: 'example.org',
  recipient: 'rcpt@example.org',
};
const failure = {
  stage: 'rcptto',
  result: 'error',
  reply: {code: 450, status: '4.2.0', text: 'later'},
  description: 'later',
} as const;
const report = (end: Tried, facts = {}) => ({
  ...end,
  entry: entryOf(end, {mta: 'mx.example.org', ...facts}, now),
  durationMs: 70,
  tried: 2,
  passed: ['192.0.2.1: down'],
});
const attemptOf = {
  ...about,
  nextHop: 'mx:example.org',
  hop: 'mx',
  mta: 'mx.example.org',
  durationMs: 70,
  attempt: 1,
  arrived: '2030-01-01 12:00:00',
  tried: 2,
  passed: ['192.0.2.1: down'],
  tags: ['t'],
};
/** What goes without saying is left out. */
const {attempt: _attempt, ...acceptedOf} = {...attemptOf, fate: 'accepted', description: 'taken'};
const accepted = {ok: true, reply: {code: 250, text: 'taken'}} as const;
const untried = {message: mail, destination: candidate.destination};
const hold = {kind: 'hold', untilMs: now + 5000, facts: {nextHop: 'mx:example.org'}} as const;

test.each<[string, Outcome, string, string, object]>([
  ['an accepted message', attempted(candidate, report(accepted), stage, now), 'info', 'attempt', acceptedOf],
  [
    'an accepted message that a policy in testing would have refused',
    attempted(candidate, report(accepted, {policyFailure: 'no TLS'}), stage, now),
    'warn',
    'attempt',
    {
      ...attemptOf,
      fate: 'accepted',
      code: 250,
      status: '2.0.0',
      description: 'taken',
      policyfailure: 'no TLS',
    },
  ],
  [
    'a deferred message',
    attempted(candidate, report({ok: false, failure}), stage, now),
    'warn',
    'attempt',
    {
      ...attemptOf,
      fate: 'deferred',
      state: 'rcptto',
      result: 'error',
      class: 'other',
      code: 450,
      status: '4.2.0',
      description: 'later',
      nextattempt: '2030-01-01 12:10:00',
    },
  ],
  [
    'a message that a gate ends',
    stopped(
      candidate,
      {kind: 'end', fate: 'expired', entry: {state: 'process', result: 'timeout', description: 'too late'}},
      stage,
      now,
    ),
    'warn',
    'message expired',
    {...about, state: 'process', result: 'timeout', class: 'expired', reason: 'too late'},
  ],
  [
    'a message that a gate holds',
    stopped(candidate, {...hold, cause: 'its queue is over its rate'}, stage, now),
    'info',
    'message held: its queue is over its rate',
    {...about, nextHop: 'mx:example.org', delaySeconds: 5},
  ],
  [
    'no message',
    refused(incoming('x'), {problems: [{path: '', problem: 'is not JSON'}], queues: {}}, stage, now),
    'warn',
    'message invalid',
    {id: 'message-1', state: 'process', result: 'invalid', class: 'other', reason: 'the message is not JSON'},
  ],
  [
    'what somebody else put into the delivery queue',
    {fate: 'unreadable', id: 'record', lane: 'x', body: '{', reason: 'the message is not JSON'},
    'warn',
    'message held: it goes to the route function, which answers or mends it',
    {id: 'record', lane: 'x', reason: 'the message is not JSON'},
  ],
])('the log has one line for %s', (_, outcome, level, text, fields) => {
  expect(outcomeLine(outcome)).toEqual({level, message: text, fields});
});

test('what only results tell adds no octet to a log line', () => {
  const cipher = {name: 'TLS_AES_128_GCM_SHA256', version: 'TLSv1.3'};
  const lineOf = (facts: Partial<ResultEntry>) =>
    JSON.stringify(outcomeLine(attempted(candidate, report({ok: false, failure}, facts), stage, now)));
  const certificate = {common: 'x'} as unknown as NonNullable<ResultEntry['certificate']>;
  const more = {queue: 'example.org', durationMs: 70, dsn: true, banner: 'b', certificate};
  const sent = {connection: 1, data: 0};
  expect(lineOf({...more, sent, cipher: {...cipher, bits: 128, id: 4865}})).toBe(lineOf({cipher}));
});

const connectionFacts = {
  from: '192.0.2.1',
  to: '198.51.100.7',
  cipher: {name: 'TLS_AES_128_GCM_SHA256', version: 'TLSv1.3'},
  verified: true,
  authentication: 'PLAIN',
  policy: 'mta-sts',
};

test('an accepted message leaves out what another line says of its connection, and a reader finds it again', () => {
  const outcome = attempted(
    candidate,
    report(accepted, {...connectionFacts, connection: 'c', messages: 2}),
    stage,
    now,
  );
  const {fields: whole} = outcomeLine(outcome, name => name === 'another')!;
  expect(whole).toEqual({...acceptedOf, ...connectionFacts, connection: 'c'});
  const {fields: short} = outcomeLine(outcome, name => name === 'c')!;
  const {mta: _mta, ...rest} = acceptedOf;
  expect(short).toEqual({...rest, connection: 'c'});
  expect(connectionOf(whole as JsonObject)).toBeUndefined();
  expect(connectionOf(short as JsonObject)).toBe('c');
  const line = {message: 'attempt', ...(short as JsonObject)};
  expect(restoredLine(line)).toEqual({...line, code: 250, status: '2.0.0', attempt: 1});
});

test('a reader believes what a line says, of an older version too', () => {
  const older = {message: 'attempt', fate: 'accepted', code: 251, status: '2.1.5', attempt: 3};
  expect(restoredLine(older)).toEqual(older);
  expect(restoredLine({message: 'attempt', fate: 'deferred'})).toEqual({
    message: 'attempt',
    fate: 'deferred',
  });
});

test('a failure says all of its connection, whatever another line says', () => {
  const outcome = attempted(
    candidate,
    report({ok: false, failure}, {...connectionFacts, connection: 'c'}),
    stage,
    now,
  );
  expect(outcomeLine(outcome, () => true)?.fields).toMatchObject({...connectionFacts, connection: 'c'});
});

test('the line of an accepted message is short', () => {
  const facts = {...connectionFacts, connection: 'AbCdEf12', messages: 7};
  const reply = {code: 250, status: '2.0.0', text: 'Ok: queued as 4F2B81C2D3'};
  const id = '5fea7756-0ea4-451a-a703-a558b933e274';
  const named = message({relayq: {id, arrived: '2030-01-01 11:59:59', attempts: 0, hops: 0}});
  const destination = resolveDestination(named, settings({smarthost: 'smtp.example.com'}));
  const report = {durationMs: 70, tried: 1};
  const octets = (isKnown: boolean) => {
    const end = {ok: true, reply} as const;
    const entry = entryOf(end, {mta: 'smtp.example.com', ...facts}, now);
    const given = {message: named, destination, lane: '(smarthost)#3'};
    const line = outcomeLine(attempted(given, {...end, ...report, entry}, stage, now), () => isKnown)!;
    return JSON.stringify({timestamp: new Date(now), level: 'info', message: line.message, ...line.fields})
      .length;
  };
  expect(octets(true)).toBeLessThan(410);
  expect(octets(false)).toBeLessThan(600);
});

test('the log says nothing of a message that waits until it is due', () => {
  expect(outcomeLine(stopped(untried, {kind: 'hold', untilMs: now + 5000}, stage, now))).toBeUndefined();
});

test('only the first attempt says when the message arrived', () => {
  const again = message({relayq: {id: 'message-1', arrived: '2030-01-01 11:00:00', attempts: 1, hops: 0}});
  const line = outcomeLine(attempted({...candidate, message: again}, report(accepted), stage, now));
  expect(line?.fields).toMatchObject({attempt: 2});
  expect(line?.fields).not.toHaveProperty('arrived');
});

test('a recipient is logged in one spelling, in which it can be searched for', () => {
  expect(loggedAddressOf(mailbox('Jo.Doe@B\u00fccher.Example'))).toBe('jo.doe@xn--bcher-kva.example');
});
