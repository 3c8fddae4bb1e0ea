// What the RFCs say of their own examples.

import {createPrivateKey, createPublicKey, hash, sign, verify} from 'node:crypto';
import {describe, expect, test} from 'vitest';
import {canonicalBody, canonicalField} from '../../../shared/dkim/canonicalization.ts';
import {sectionsOf} from '../../../shared/dkim/header-section.ts';

const bodyOf = (body: string, rule: 'relaxed' | 'simple'): string =>
  Buffer.concat(canonicalBody(Buffer.from(body, 'latin1'), rule)).toString('latin1');
const bodyHash = (body: string, rule: 'relaxed' | 'simple'): string =>
  hash('sha256', Buffer.from(bodyOf(body, rule), 'latin1'), 'base64');

test('RFC 6376 3.4.5', () => {
  const {fields, body} = sectionsOf(Buffer.from('A: X\r\nB : Y\t\r\n\tZ  \r\n\r\n C \r\nD \t E\r\n\r\n\r\n'));
  const text = body.toString();
  expect(fields.map(({raw}) => canonicalField(raw, 'relaxed'))).toEqual(['a:X', 'b:Y Z']);
  expect(fields.map(({raw}) => canonicalField(raw, 'simple'))).toEqual(['A: X', 'B : Y\t\r\n\tZ  ']);
  expect(bodyOf(text, 'relaxed')).toBe(' C\r\nD E\r\n');
  expect(bodyOf(text, 'simple')).toBe(' C \r\nD \t E\r\n');
});

test('RFC 6376 3.4.3 and 3.4.4: the hashes of an empty body', () => {
  expect(bodyHash('', 'simple')).toBe('frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY=');
  expect(bodyHash('', 'relaxed')).toBe('47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=');
});

test.each([
  ['', '', '\r\n'],
  ['\r\n', '', '\r\n'],
  [' ', '', ' \r\n'],
  [' \r\n\t\r\n', '', ' \r\n\t\r\n'],
  ['a', 'a\r\n', 'a\r\n'],
  ['a \t', 'a\r\n', 'a \t\r\n'],
  ['a\r\n\r\nb\r\n \r\n', 'a\r\n\r\nb\r\n', 'a\r\n\r\nb\r\n \r\n'],
  [' \ta\t \r\n', ' a\r\n', ' \ta\t \r\n'],
  ['\r\n\r\na', '\r\n\r\na\r\n', '\r\n\r\na\r\n'],
  ['\xa0 \x85\x0c\r\n', '\xa0 \x85\x0c\r\n', '\xa0 \x85\x0c\r\n'],
])('the body %j', (body, relaxed, simple) => {
  expect(bodyOf(body, 'relaxed')).toBe(relaxed);
  expect(bodyOf(body, 'simple')).toBe(simple);
});

test.each([
  ['Cc:', 'cc:'],
  ['Cc: ', 'cc:'],
  ['Cc: \r\n \r\n\t', 'cc:'],
  ['Cc :a', 'cc:a'],
  ['CC:a:b', 'cc:a:b'],
  ['Cc:\r\n a\r\n\t b ', 'cc:a b'],
  ['Cc: \xa0a\x0c', 'cc:\xa0a\x0c'],
])('the field %j', (field, relaxed) => {
  expect(canonicalField(field, 'relaxed')).toBe(relaxed);
  expect(canonicalField(field, 'simple')).toBe(field);
});

describe('the message of RFC 8463 A.3', () => {
  const message = [
    'From: Joe SixPack <joe@football.example.com>',
    'To: Suzie Q <suzie@shopping.example.net>',
    'Subject: Is dinner ready?',
    'Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)',
    'Message-ID: <20030712040037.46341.5F8J@football.example.com>',
    '',
    'Hi.',
    '',
    'We lost the game.  Are you hungry yet?',
    '',
    'Joe.',
    '',
  ].join('\r\n');
  const {fields, body} = sectionsOf(Buffer.from(message));

  test('has the body hash that is told there', () => {
    expect(bodyHash(body.toString(), 'relaxed')).toBe('2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=');
  });

  test('has that of RFC 6376 A.2, whose layout has a space more between the sentences than what was signed', () => {
    const signed = body.toString().replace('  ', ' ');
    expect(bodyHash(signed, 'simple')).toBe('2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=');
  });

  /** What is hashed for one of its signatures, which name each field twice but for To and Message-ID. */
  const hashed = (signature: string): Buffer =>
    Buffer.from(
      [
        ...['from', 'to', 'subject', 'date', 'message-id'].map(
          name => fields.find(field => field.name === name)!.raw,
        ),
      ]
        .map(raw => `${canonicalField(raw, 'relaxed')}\r\n`)
        .join('') + canonicalField(signature, 'relaxed'),
    );

  const start = ['d=football.example.com; i=@football.example.com;', 'q=dns/txt;'].join('\r\n ');
  const end = 'bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n b=';

  test('is signed with Ed25519 as there', () => {
    const signature = [
      'DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;',
      `${start} s=brisbane; t=1528637909; h=from : to :`,
      'subject : date : message-id : from : subject : date;',
      end,
    ].join('\r\n ');
    const seed = Buffer.from('nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=', 'base64');
    const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
    const key = createPrivateKey({key: der, format: 'der', type: 'pkcs8'});
    expect(sign(null, hash('sha256', hashed(signature), 'buffer'), key).toString('base64')).toBe(
      '/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11BusFa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==',
    );
  });

  test('is signed with RSA as there', () => {
    const signature = [
      'DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;',
      `${start} s=test; t=1528637909; h=from : to : subject :`,
      'date : message-id : from : subject : date;',
      end,
    ].join('\r\n ');
    const spki =
      'MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB';
    const key = createPublicKey({key: Buffer.from(spki, 'base64'), format: 'der', type: 'spki'});
    const b =
      'F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2JzdA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=';
    expect(verify('sha256', hashed(signature), key, Buffer.from(b, 'base64'))).toBe(true);
  });
});
