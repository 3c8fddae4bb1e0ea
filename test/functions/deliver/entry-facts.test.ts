import {expect, test} from 'vitest';
import {entryFactsOf} from '../../../functions/deliver/entry-facts.ts';
import {resolveDestination} from '../../../shared/delivery/destination.ts';
import {message, settings} from '../../samples/messages.ts';

const destination = resolveDestination(message(), settings());
const certificate = {
  notbefore: '2029-01-01 00:00:00',
  notafter: '2031-01-01 00:00:00',
  version: 3,
  verified: true,
  result: 'ok',
  'self-signed': false,
  subject: {common: 'mx.example.org'},
  issuer: {common: 'Authority'},
  altnames: [],
};
const attempt = {
  mta: 'mx.example.org',
  facts: {to: '192.0.2.2', banner: 'b'.repeat(1_000), certificate, dsn: true},
  messages: 2,
  sentOctets: {connection: 400, data: 100},
};
const always = {mta: 'mx.example.org', to: '192.0.2.2', dsn: true, messages: 2, queue: 'example.org'};

test('a kept connection that knows more than the setting now asks for tells no more', () => {
  expect(entryFactsOf(attempt, destination, new Set())).toEqual(always);
});

test('each detail is told where the setting names it, and is bounded', () => {
  const banner = 'b'.repeat(500);
  const {sentOctets: sent} = attempt;
  expect(entryFactsOf(attempt, destination, new Set(['banner']))).toEqual({...always, banner});
  expect(entryFactsOf(attempt, destination, new Set(['certificate']))).toEqual({...always, certificate});
  expect(entryFactsOf(attempt, destination, new Set(['sent']))).toEqual({...always, sent});
  expect(entryFactsOf(attempt, destination, new Set(['extracted']))).toEqual(always);
});

test('without a connection there is little to tell', () => {
  expect(entryFactsOf({}, destination, new Set(['banner', 'certificate', 'sent']))).toEqual({
    queue: 'example.org',
  });
});
