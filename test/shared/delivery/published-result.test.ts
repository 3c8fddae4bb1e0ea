import {expect, expectTypeOf, test} from 'vitest';
import {resolveDestination} from '../../../shared/delivery/destination.ts';
import type {PublishedEntry, PublishedResult} from '../../../shared/delivery/published-result.ts';
import {type Fate, resultOf} from '../../../shared/delivery/result.ts';
import {entryProperty, type ResultEntry} from '../../../shared/delivery/result-entry.ts';
import {message, now, settings} from '../../samples/messages.ts';

const cipher = {name: 'TLS_AES_256_GCM_SHA384', version: 'TLSv1.3', bits: 256, id: 4866};
const alike = {
  fatal: false,
  durationMs: 70,
  queue: 'example.org',
  dsn: true,
  banner: 'mx.example.org ESMTP',
  certificate: {
    notbefore: '2029-01-01 00:00:00',
    notafter: '2031-01-01 00:00:00',
    version: 3,
    verified: true,
    result: 'ok',
    'self-signed': false,
    subject: {common: 'mx.example.org', country: 'NL', locality: 'Delft', state: 'ZH', organization: 'E'},
    issuer: {common: 'Authority'},
    altnames: ['mx.example.org'],
    altnamesomitted: 1,
  },
  sent: {connection: 400, data: 100},
} satisfies Partial<ResultEntry> & Partial<PublishedEntry>;
/** What the list of entries says of one of them. */
const ofTheList = {omitted: 1, dropped: 2};

const entry: Required<ResultEntry> = {
  state: 'message',
  result: 'lost',
  class: 'network',
  timeMs: now,
  mta: 'mx.example.org',
  from: '192.0.2.1',
  to: '198.51.100.7',
  code: 451,
  status: '4.7.1',
  description: 'later',
  cipher,
  verified: true,
  authentication: 'PLAIN',
  policy: 'mta-sts-testing',
  policyFailure: 'no certificate',
  messages: 2,
  maybeSent: true,
  connection: 'c',
  ...alike,
};

const published: Required<PublishedEntry> = {
  state: 'message',
  result: 'lost',
  class: 'network',
  time: '2030-01-01 12:00:00',
  mta: 'mx.example.org',
  from: '192.0.2.1',
  to: '198.51.100.7',
  code: 451,
  status: '4.7.1',
  description: 'later',
  cipher,
  verified: true,
  authentication: 'PLAIN',
  policy: 'mta-sts-testing',
  policyfailure: 'no certificate',
  messages: 2,
  maybesent: true,
  ...alike,
  ...ofTheList,
};

test('the type of an entry has all that an entry can say, and no more', () => {
  expect({...entryProperty(entry), ...ofTheList}).toEqual(published);
  expectTypeOf<PublishedEntry['state']>().toEqualTypeOf<ResultEntry['state']>();
  expectTypeOf<PublishedEntry['result']>().toEqualTypeOf<ResultEntry['result']>();
  expectTypeOf<PublishedEntry['class']>().toEqualTypeOf<ResultEntry['class']>();
});

test('the type of a result fits a result', () => {
  expectTypeOf<PublishedResult['fate']>().toEqualTypeOf<Fate>();
  const mail = message({tags: ['welcome']});
  const common = {message: mail, destination: resolveDestination(mail, settings()), timeMs: now, queues: {}};
  const body = resultOf({
    ...common,
    fate: 'deferred',
    entries: [{...entryProperty(entry), ...ofTheList}],
    nextMs: now,
  });
  const {id, arrivedMs: _, attempts, holds: hops} = mail.tracking;
  const result: PublishedResult = {
    ...mail.properties,
    fate: 'deferred',
    relayq: {id, arrived: expect.any(String), attempts, hops, key: `${id}.${attempts}`},
    nextattempt: {time: '2030-01-01 12:00:00'},
    results: [published],
  };
  expect(JSON.parse(body)).toEqual(result);
});
