import {X509Certificate} from 'node:crypto';
import {describe, expect, test} from 'vitest';
import {certificateProblemOf, handshakeProblemOf} from '../../../shared/smtp/tls-failure.ts';
import {fixture} from '../../fixtures/fixture.ts';

const certificate = (name: string) => new X509Certificate(fixture(`${name}.crt`));
const issued = certificate('issued');
const authority = certificate('authority');
const own = certificate('example.org');
const duringMs = Date.parse('2026-12-01');
const afterMs = Date.parse('2120-06-01');

describe('a certificate that does not prove the host', () => {
  const help = 'smarthost-ca can name the authority of a smarthost';
  const unknown = `the certificate is from Example Authority, which is no known authority; ${help}`;
  test.each([
    ['DEPTH_ZERO_SELF_SIGNED_CERT', [own], duringMs, `the certificate is self-signed; ${help}`],
    ['SELF_SIGNED_CERT_IN_CHAIN', [issued, authority], duringMs, unknown],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', [issued], duringMs, unknown],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', [issued], duringMs, unknown],
    ['CERT_HAS_EXPIRED', [issued, authority], afterMs, 'the certificate expired on 2120-01-01'],
    [
      'CERT_HAS_EXPIRED',
      [certificate('localhost'), authority],
      afterMs,
      'the certificate of Example Authority expired on 2120-01-01',
    ],
    ['CERT_NOT_YET_VALID', [own], 0, 'the certificate is not valid before 2020-01-01'],
    [
      'ERR_TLS_CERT_ALTNAME_INVALID',
      [own],
      duringMs,
      'the certificate is for example.org, *.example.org, not for mx.example.net',
    ],
    [
      'ERR_TLS_CERT_ALTNAME_INVALID',
      [authority],
      duringMs,
      'the certificate is for Example Authority, not for mx.example.net',
    ],
    ['INVALID_PURPOSE', [own], duringMs, 'the certificate is not valid: invalid purpose'],
    ['UNABLE_TO_GET_ISSUER_CERT', [], duringMs, 'the server has no certificate'],
  ])('(%s) is told in words', (code, chain, nowMs, words) => {
    expect(certificateProblemOf(code, chain, 'mx.example.net', nowMs)).toBe(words);
  });
});

describe('a handshake that failed', () => {
  test.each([
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'wrong version number', 'the server does not speak TLS here'],
    ['ERR_SSL_PACKET_LENGTH_TOO_LONG', undefined, 'the server does not speak TLS here'],
    [
      'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
      'tlsv1 alert protocol version',
      'the server speaks no version of TLS from 1.2 on',
    ],
    ['ERR_SSL_UNSUPPORTED_PROTOCOL', undefined, 'the server speaks no version of TLS from 1.2 on'],
    [
      'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
      'tlsv13 alert certificate required',
      'the server wants a certificate of its clients, and there is none',
    ],
    [
      'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE',
      'ssl/tls alert handshake failure',
      'the server refused the TLS handshake',
    ],
    ['ERR_SSL_DH_KEY_TOO_SMALL', 'dh key too small', 'the TLS handshake failed'],
    ['ECONNRESET', undefined, 'the connection was lost during the TLS handshake: ECONNRESET'],
  ])('(%s, %s) is told in words', (code, reason, words) => {
    const error = Object.assign(new Error('of Node'), {code, ...(reason !== undefined && {reason})});
    expect(handshakeProblemOf(error)).toBe(reason === undefined ? words : `${words} (${reason})`);
  });
});
