import {describe, expect, test} from 'vitest';
import {resolveDestination} from '../../../shared/delivery/destination.ts';
import {withEntry} from '../../../shared/delivery/entries.ts';
import {messageBody} from '../../../shared/delivery/next-round.ts';
import {refused} from '../../../shared/delivery/outcome.ts';
import {
  resultOf as bodyOfResult,
  fates,
  invalidResultOf,
  kindsOf,
  maxMessageOctets,
  reasonOf,
} from '../../../shared/delivery/result.ts';
import {entryProperty, type ResultEntry} from '../../../shared/delivery/result-entry.ts';
import {bodyOf, type JsonObject, octetsOf} from '../../../shared/json.ts';
import {bodyPropertiesOf, type Message} from '../../../shared/message/message.ts';
import {incoming, message, now, settings} from '../../samples/messages.ts';

const resultOf = (mail: Message, fate: 'accepted' | 'deferred', entries: readonly JsonObject[]) => {
  const destination = resolveDestination(mail, settings());
  return bodyOfResult({fate, message: mail, destination, timeMs: now, entries, queues: {}, nextMs: now});
};

const sqsOctets = 1_048_576;
const entry: ResultEntry = {state: 'data', result: 'error', timeMs: now, code: 451, description: 'later'};

test('an entry has its time in words, and says maybesent only when it may be', () => {
  expect(entryProperty(entry)).toEqual({
    state: 'data',
    result: 'error',
    time: '2030-01-01 12:00:00',
    code: 451,
    description: 'later',
  });
  expect(entryProperty({...entry, maybeSent: true})).toMatchObject({maybesent: true});
  expect(entryProperty({...entry, maybeSent: false})).not.toHaveProperty('maybesent');
});

test('an entry says what a policy in testing would have refused, all in lower case as results are', () => {
  const {policyfailure, ...rest} = entryProperty({...entry, policyFailure: 'no TLS'});
  expect([policyfailure, rest]).toEqual(['no TLS', entryProperty(entry)]);
});

describe('a result', () => {
  const smarthost = {hostname: 'h', username: 'u', password: 'hunter2'};

  test('is the message without its MIME and its secrets', () => {
    expect(JSON.parse(resultOf(message({smarthost, tags: ['t']}), 'accepted', [{state: 'x'}]))).toEqual({
      envelope: 'sender@example.com',
      recipient: 'rcpt@example.org',
      smarthost: {hostname: 'h', username: 'u'},
      tags: ['t'],
      relayq: {id: 'message-1', arrived: '2030-01-01 12:00:00', attempts: 0, hops: 0, key: 'message-1'},
      fate: 'accepted',
      results: [{state: 'x'}],
    });
  });

  test('keeps the MIME when the message asks for it, still without secrets', () => {
    const mime =
      'x-mq-smarthost-hostname: h\nx-mq-smarthost-username: u\nx-mq-smarthost-password: hunter2\nS: s\n\nb';
    const body = resultOf(message({mime, keepmime: true}), 'accepted', []);
    expect(JSON.parse(body)).toMatchObject({mime: 'S: s\n\nb', smarthost: {hostname: 'h', username: 'u'}});
    expect(body).not.toContain('hunter2');
  });

  test('of the largest message, with the MIME and the largest entries, fits into SQS, and so does its next round', () => {
    const small = message({mime: 'x', keepmime: true});
    const room = maxMessageOctets - octetsOf(bodyOf(bodyPropertiesOf(small))) + 1;
    const mail = message({mime: 'x'.repeat(room), keepmime: true});
    let entries: readonly JsonObject[] = [];
    for (let attempt = 0; attempt < 20; attempt++)
      entries = withEntry(entries, {...entry, description: '\u0001€'.repeat(500), mta: 'm'.repeat(253)});
    const later = {...mail, tracking: {...mail.tracking, attempts: 1_000_000, holds: 1_000_000}};
    expect(octetsOf(resultOf(later, 'deferred', entries))).toBeLessThanOrEqual(sqsOctets);
    const again = messageBody(later, {results: entries, nextattempt: {time: '2030-01-01 12:00:00'}});
    expect(octetsOf(again)).toBeLessThanOrEqual(sqsOctets);
  });

  test('of something that is not a message quotes it without secrets', () => {
    const problems = [{path: '', problem: 'is not JSON'}];
    const text = 'x "password": "hunter2" y';
    const refusal = {problems, queues: {}};
    const {body, isQuoted} = invalidResultOf(refused(incoming(text), refusal, settings(), now));
    const reason = reasonOf(refusal);
    expect([reason, isQuoted]).toEqual(['the message is not JSON', true]);
    expect(JSON.parse(body)).toEqual({
      relayq: {id: 'message-1', arrived: '2030-01-01 12:00:00', attempts: 0, hops: 0, key: 'message-1'},
      fate: 'invalid',
      problems,
      original: 'x "password": *** y',
      results: [
        {
          state: 'process',
          result: 'invalid',
          class: 'other',
          time: '2030-01-01 12:00:00',
          description: 'the message is not JSON',
          fatal: true,
        },
      ],
    });
  });
});

test('a fate’s results go to these queues', () => {
  expect(fates.map(fate => `${fate}: ${kindsOf(fate).join(' ')}`)).toEqual([
    'accepted: results success',
    'bounced: results failure',
    'deferred: results retry',
    'expired: results failure',
    'invalid: results failure',
  ]);
});
