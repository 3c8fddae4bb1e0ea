import {expect, test} from 'vitest';
import {parseExtensions, parseReply, printable, sizeLimitOf} from '../../shared/reply.ts';

test.each([
  ['250 OK', {code: 250, text: 'OK'}],
  ['250', {code: 250, text: ''}],
  ['250 ', {code: 250, text: ''}],
  ['250  OK ', {code: 250, text: 'OK'}],
  ['250 2.1.5 fine\r\n', {code: 250, status: '2.1.5', text: 'fine'}],
  ['550 5.1.1', {code: 550, status: '5.1.1', text: ''}],
  ['550-5.1.1 no such\r\n550 5.1.1 user here', {code: 550, status: '5.1.1', text: 'no such user here'}],
  ['550-5.7.1 first\n550 second', {code: 550, status: '5.7.1', text: 'first second'}],
  ['451 4.7.650 x', {code: 451, status: '4.7.650', text: 'x'}],
  ['550-first\r\n550 5.7.1 second', {code: 550, text: 'first 5.7.1 second'}],
  ['550 user 5.1.1 unknown', {code: 550, text: 'user 5.1.1 unknown'}],
  ['550 5.10.100 x', {code: 550, status: '5.10.100', text: 'x'}],
  ['550 5.1.1: x', {code: 550, text: '5.1.1: x'}],
  ['550 3.1.1 x', {code: 550, text: '3.1.1 x'}],
  ['550 5.1.1111 x', {code: 550, text: '5.1.1111 x'}],
  ['554 a\tb\u0007c', {code: 554, text: 'a b c'}],
  ['554 a\u2028b', {code: 554, text: 'a b'}],
  ['250 queued\r\r\n', {code: 250, text: 'queued'}],
  ['354 go', {code: 354, text: 'go'}],
])('%j is a reply', (raw, reply) => {
  expect(parseReply(raw)).toStrictEqual(reply);
});

test.each([
  '',
  '\r\n',
  'OK',
  '25 OK',
  '2500 OK',
  '150 x',
  '650 x',
  '250OK',
  ' 250 OK',
  '250-a\r\n251 b',
  '250-a\r\nnonsense',
  'HTTP/1.1 400 Bad Request',
])('%j is no reply', raw => {
  expect(parseReply(raw)).toBeUndefined();
});

test('a text without an end is cut', () => {
  expect(parseReply(`550 ${'x'.repeat(5000)}`)?.text).toHaveLength(1000);
  expect(printable('a\r\n\0b\u009f\u2029c')).toBe('a b c');
});

test('extensions are read by keyword, in upper case, with their parameters', () => {
  const reply =
    '250-mx.example.org greets\r\n250-size 1000\r\n250-8BITMIME\r\n250-AUTH PLAIN LOGIN\r\n250-AUTH=CRAM-MD5\r\n250 STARTTLS';
  expect([...parseExtensions(reply)]).toEqual([
    ['SIZE', '1000'],
    ['8BITMIME', ''],
    ['AUTH', 'PLAIN LOGIN CRAM-MD5'],
    ['STARTTLS', ''],
  ]);
  expect([...parseExtensions('250-x\n250 AUTH PLAIN LOGIN ')]).toEqual([['AUTH', 'PLAIN LOGIN']]);
  expect(parseExtensions('250 SIZE 5').size).toBe(0);
});

test.each([
  ['250-x\n250 SIZE 1000', 1000],
  ['250-x\n250 SIZE 1', 1],
  ['250-x\n250 SIZE', undefined],
  ['250-x\n250 SIZE 0', undefined],
  ['250-x\n250 SIZE lots', undefined],
  ['250-x\n250 SIZE -5', undefined],
  ['250-x\n250 8BITMIME', undefined],
])('the size limit of %j is %s', (reply, limit) => {
  expect(sizeLimitOf(parseExtensions(reply))).toBe(limit);
});
