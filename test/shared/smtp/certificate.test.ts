import {X509Certificate} from 'node:crypto';
import {expect, test} from 'vitest';
import {octetsOf} from '../../../shared/json.ts';
import {certificateOf} from '../../../shared/smtp/certificate.ts';
import {fixture} from '../../fixtures/fixture.ts';

const shown = (name: string, problem?: string) => certificateOf(new X509Certificate(fixture(name)), problem);

test('a certificate that somebody has issued', () => {
  const {notbefore, notafter, ...rest} = shown('issued.crt');
  for (const time of [notbefore, notafter]) expect(time).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
  expect(rest).toMatchObject({verified: true, result: 'ok', version: 3, 'self-signed': false});
  expect(rest.issuer).not.toEqual(rest.subject);
});

test('one that proves nothing says why', () => {
  expect(shown('localhost.crt', 'the certificate is self-signed')).toMatchObject({
    verified: false,
    result: 'the certificate is self-signed',
    'self-signed': true,
    subject: {common: 'localhost'},
    altnames: ['localhost', '127.0.0.1'],
  });
});

test('one of X.509’s first version has no alternative names', () => {
  expect(shown('version-1.crt')).toMatchObject({
    version: 1,
    subject: {common: 'old.example.org'},
    altnames: [],
  });
});

test('of one with very many names a bounded part is told, and how many more there are', () => {
  const certificate = shown('many-names.crt');
  expect(certificate.subject).toEqual({
    common: 'first.example.org',
    country: 'NL',
    locality: 'Delft',
    state: 'Zuid-Holland',
    organization: 'Grüße BV',
  });
  // A name that holds what looks like another name is one name, and addresses of mail are none.
  expect(certificate.altnames.slice(0, 3)).toEqual([
    'evil.example, DNS:forged.example',
    '192.0.2.1',
    'mx2.a-long-name-of-a-large-provider.example.org',
  ]);
  expect(certificate.altnames.length + certificate.altnamesomitted!).toBe(121);
  expect(octetsOf(JSON.stringify(certificate))).toBeLessThan(3_000);
});
