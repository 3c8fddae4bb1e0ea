// Why TLS failed, in words for whoever has to fix it. What Node and OpenSSL say is about their own options.

import type {X509Certificate} from 'node:crypto';
import {printable} from './reply.ts';

/** Node's verification errors (they are OpenSSL's) for a chain that leads to no trusted authority. */
const unknownIssuer: ReadonlySet<string> = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_UNTRUSTED',
]);

/** How many names of a certificate are shown. It may have hundreds. */
const namesShown = 5;

/**
 * Why a certificate does not prove the host.
 * @param code Node's `authorizationError`
 * @param chain the server's certificate and those that it sent behind it
 */
export function certificateProblemOf(
  code: string,
  [own, ...authorities]: readonly X509Certificate[],
  host: string,
  nowMs: number,
): string {
  const help = 'smarthost-ca can name the authority of a smarthost';
  if (own === undefined) return 'the server has no certificate';
  if (code === 'DEPTH_ZERO_SELF_SIGNED_CERT') return `the certificate is self-signed; ${help}`;
  if (unknownIssuer.has(code)) {
    const issuer = nameIn((authorities.at(-1) ?? own).issuer);
    return `the certificate is from ${issuer}, which is no known authority; ${help}`;
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const names = namesOf(own);
    const shown = names.slice(0, namesShown).join(', ') + (names.length > namesShown ? ', …' : '');
    return printable(`the certificate is for ${shown || 'no host name'}, not for ${host}`);
  }
  const expired = [own, ...authorities].find(({validToDate}) => validToDate.getTime() < nowMs) ?? own;
  const whose = expired === own ? 'the certificate' : `the certificate of ${nameIn(expired.subject)}`;
  if (code === 'CERT_HAS_EXPIRED') return `${whose} expired on ${dayOf(expired.validToDate)}`;
  if (code === 'CERT_NOT_YET_VALID') return `the certificate is not valid before ${dayOf(own.validFromDate)}`;
  return `the certificate is not valid: ${code.toLowerCase().replaceAll('_', ' ')}`;
}

const dayOf = (date: Date): string => date.toISOString().slice(0, 10);

/** Node writes a name as lines such as `O=Example` and `CN=mx.example.org`. */
function nameIn(distinguished: string): string {
  const fields = distinguished.split('\n');
  const field = ['CN=', 'O='].map(kind => fields.find(each => each.startsWith(kind))).find(Boolean);
  return printable(field?.replace(/^\w+=/, '') ?? (distinguished || 'an authority without a name'));
}

/** From `DNS:a.example, IP Address:192.0.2.1`. A certificate without them has its subject's name. */
const namesOf = ({subjectAltName, subject}: X509Certificate): readonly string[] =>
  subjectAltName?.split(', ').map(name => name.replace(/^[^:]*:/, '')) ?? (subject ? [nameIn(subject)] : []);

/** What Node adds to an error of TLS. `reason` is OpenSSL's. */
export interface TlsError extends Error {
  readonly code?: string;
  readonly reason?: string;
}

const handshakeProblems: readonly (readonly [RegExp, string])[] = [
  [
    /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|UNEXPECTED_MESSAGE|BAD_RECORD_TYPE/,
    'the server does not speak TLS here',
  ],
  [/PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL/, 'the server speaks no version of TLS from 1.2 on'],
  [/CERTIFICATE_REQUIRED/, 'the server wants a certificate of its clients, and there is none'],
  [/ALERT/, 'the server refused the TLS handshake'],
];

export function handshakeProblemOf({code = '', reason, message}: TlsError): string {
  if (!isOfTls({code}))
    return `the connection was lost during the TLS handshake: ${printable(code || message)}`;
  const words = handshakeProblems.find(([pattern]) => pattern.test(code))?.[1] ?? 'the TLS handshake failed';
  return reason === undefined ? words : `${words} (${printable(reason)})`;
}

/** Whether an error is one of TLS rather than of the connection below it. */
export const isOfTls = ({code = ''}: {readonly code?: string}): boolean =>
  /^ERR_(?:SSL|TLS|OSSL)_/.test(code);
