import {describe, expect, test} from 'vitest';
import {hopsOf, receivedField, traced} from '../../../shared/mime/received.ts';

const trace = {
  helo: 'client.example.com',
  address: '192.0.2.1',
  by: 'mail.example.com',
  protocol: 'ESMTPSA',
  id: 'abc.1',
  timeMs: Date.UTC(2030, 0, 2, 3, 4, 5),
};

describe('the field', () => {
  test('says who came, where, how and when', () => {
    expect(receivedField(trace)).toBe(
      'Received: from client.example.com ([192.0.2.1])\r\n\tby mail.example.com with ESMTPSA id abc.1;\r\n\tWed, 02 Jan 2030 03:04:05 +0000\r\n',
    );
    expect(receivedField({...trace, address: '2001:db8::1'})).toContain('([IPv6:2001:db8::1])');
  });

  test.each([
    ['[192.0.2.1]', '[192.0.2.1]'],
    ['[ipv6:2001:db8::1]', '[ipv6:2001:db8::1]'],
    ['a_b-c.d', 'a_b-c.d'],
    ['a(b)', 'unknown'],
    ['a;b', 'unknown'],
    ['müller', 'unknown'],
    ['"a"', 'unknown'],
    ['', 'unknown'],
    ['x'.repeat(300), 'unknown'],
  ])('of what the client calls itself it repeats names alone: %s', (helo, said) => {
    expect(receivedField({...trace, helo})).toMatch(`Received: from ${said} (`);
  });
});

const field = 'Received: x\r\n';

test.each<[text: string, withField: string]>([
  ['A: 1\r\n\r\nx', `${field}A: 1\r\n\r\nx`],
  ['', field],
  ['\r\nx', `${field}\r\nx`],
  ['no field\r\n', `${field}\r\nno field\r\n`],
  [' fold\r\nA: 1\r\n\r\n', `${field}\r\n fold\r\nA: 1\r\n\r\n`],
  ['\tfold', `${field}\r\n\tfold`],
  ['From a@example.com\r\nA: 1\r\n\r\nx', `From a@example.com\r\n${field}A: 1\r\n\r\nx`],
])('it stands on top, and nothing becomes a part of it: %j', (text, withField) => {
  expect(traced(text, field)).toBe(withField);
});

test.each<[text: string, hops: number]>([
  ['A: 1\r\n\r\nReceived: x\r\n', 0],
  ['Received: a\r\nRECEIVED : b\r\nX-Received: c\r\nreceived:\r\n d\r\n\r\n', 3],
  ['no field\r\nReceived: a\r\n', 0],
])('how many servers a text has passed: %j', (text, hops) => {
  expect(hopsOf(text)).toBe(hops);
});
