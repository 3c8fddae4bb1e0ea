// Certificates of authorities in PEM (RFC 7468), as people paste them.

import {X509Certificate} from 'node:crypto';
import {type Parsed, right, wrong} from '../parsed.ts';

const block = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]*)-----END CERTIFICATE-----/g;

/**
 * One certificate or several. Text around them is dropped, as OpenSSL does. Line ends that became `\n` or spaces in
 * JSON or a shell are restored. Anything else in PEM, such as a private key, is refused.
 */
export function parseAuthorities(text: string): Parsed<string> {
  const lines = text.replaceAll('\\r', '').replaceAll('\\n', '\n');
  const certificates = [...lines.matchAll(block)].map(([, base64]) => pemOf(base64!));
  const begun = lines.match(/-----BEGIN /g)?.length ?? 0;
  if (certificates.length > 0 && certificates.length === begun && certificates.every(isCertificate))
    return right(certificates.join('\n'));
  return wrong('must be one or more certificates in PEM, and nothing else in PEM');
}

function pemOf(base64: string): string {
  const lines = base64.replaceAll(/\s/g, '').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----'].join('\n');
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}
