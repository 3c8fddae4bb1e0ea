import {expect, test} from 'vitest';
import {extractedOf} from '../../../functions/outcome/extracted.ts';
import {resolveDestination} from '../../../shared/delivery/destination.ts';
import type {Told} from '../../../shared/delivery/outcome.ts';
import type {PublishedResult} from '../../../shared/delivery/published-result.ts';
import {resultOf} from '../../../shared/delivery/result.ts';
import type {ResultDetail} from '../../../shared/settings/groups/results-detail.ts';
import {growthOf, linear} from '../../growth.ts';
import {message, now, settings} from '../../samples/messages.ts';

const told = (mime: string, details?: readonly ResultDetail[], more = {}): Told => {
  const mail = message({mime, ...more});
  const common = {message: mail, destination: resolveDestination(mail, settings()), timeMs: now};
  return {fate: 'accepted', ...common, entries: [], queues: {}, ...(details && {details: new Set(details)})};
};
const extracted = (mime: string, more = {}) => extractedOf(told(mime, ['extracted'], more));
const sides = {
  envelope: {domain: 'example.com', local: 'sender'},
  recipient: {domain: 'example.org', local: 'rcpt'},
};

test('addresses are alone, and the subject is decoded', () => {
  const mime = [
    'From: "Doe, Jo" <jo@example.com>, second@example.com',
    'to: a@example.org,',
    ' "B" <b@example.org>, friends: c@example.org, d@example.org;',
    'SUBJECT: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?=',
    '\t=?UTF-8?B?8J+YgA==?= to all',
    'Subject: second',
    '',
    'Subject: in the body',
  ].join('\r\n');
  expect(extracted(mime)).toEqual({
    from: 'jo@example.com',
    to: ['a@example.org', 'b@example.org', 'c@example.org', 'd@example.org'],
    subject: 'Grüße😀 to all',
    ...sides,
  } satisfies PublishedResult['extracted']);
});

test('what the text does not say is not there, nor is the null reverse-path', () => {
  expect(extracted('\r\nSubject: in the body\r\n', {envelope: '<>'})).toEqual({recipient: sides.recipient});
});

test('a subject that cannot be decoded stays as it is', () => {
  expect(extracted('Subject: =?x-unknown?Q?a?=\r\n\r\n')).toMatchObject({subject: '=?x-unknown?Q?a?='});
});

test('only the header says it, however its lines end', () => {
  expect(extracted('X: 1\nFrom: a@example.com\rSubject: s\n\nTo: b@example.org\n')).toEqual({
    from: 'a@example.com',
    subject: 's',
    ...sides,
  });
  expect(extracted('X: y\u2028From: forged@example.com\r\n\r\n')).toEqual(sides);
});

test('all of it is bounded, and shows no control characters', () => {
  const many = Array.from({length: 50}, (_, index) => `${'x'.repeat(60)}${index}@example.org`).join(', ');
  const mime = `To: ${many}\r\nSubject: \u0007${'😀'.repeat(1_000)}\r\n\r\n`;
  const all = extracted(mime)!;
  expect(all.to).toHaveLength(20);
  expect(all.toomitted).toBe(30);
  expect(String(all.subject)).toHaveLength(500);
  expect(String(all.subject)).toMatch(/^ ?😀/u);
  expect(String(all.subject).isWellFormed()).toBe(true);
  expect(JSON.stringify(extracted(`From: ${'('.repeat(9_000)}\r\n\r\n`))).toBeDefined();
});

test.each(['<', '"', '(', ',', ':', ';', ' ', '\n ', '=?', 'a@b,'])('it is read in linear time: %j', part => {
  const text = (length: number) => `From: ${part.repeat(length)}\r\nTo: x\r\n\r\n`;
  expect(growthOf(length => () => extracted(text(length)), 1_000)).toBeLessThan(linear);
});

test('without the setting nothing is read, and a result shows no secret of a subject', () => {
  expect(extractedOf(told('Subject: s\r\n\r\n'))).toBeUndefined();
  expect(extractedOf(told('Subject: s\r\n\r\n', ['sent']))).toBeUndefined();
  const outcome = told('Subject: smtp://user:hunter2@mx.example.org\r\n\r\n', ['extracted']);
  const body = resultOf(outcome, extractedOf(outcome));
  expect(JSON.parse(body).extracted.subject).toBe('smtp://user:***@mx.example.org');
});
