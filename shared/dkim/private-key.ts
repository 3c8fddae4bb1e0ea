// Private keys for DKIM as people have them, and the DNS record of their public half. No problem quotes anything of a key.

import {createPrivateKey, createPublicKey, type KeyObject, sign, verify} from 'node:crypto';
import {type Parsed, right, wrong} from '../parsed.ts';

export interface PrivateKey {
  readonly privateKey: KeyObject;
  /** What works, and should be otherwise. */
  readonly warning?: string;
}

/** RFC 8301 3.2: nobody has to verify what is shorter than the least or longer than the most. */
const leastBits = 1024;
const goodBits = 2048;
const mostBits = 4096;

/** An RSA key of the most bits takes some 3,300 characters. */
const longestText = 16_384;

const form = 'must be a private key in PEM, or its base64 without the header lines';

/** PEM (PKCS#1 or PKCS#8), or the base64 of either without its header lines. */
export function parsePrivateKey(text: string): Parsed<PrivateKey> {
  if (text.length > longestText) return wrong(`must be at most ${longestText} characters long`);
  const der = parseArmour(text);
  if (!der.ok) return der;
  const privateKey = keyOf(der.value);
  if (privateKey === undefined) return wrong(form);
  const {asymmetricKeyType: type, asymmetricKeyDetails} = privateKey;
  if (type !== 'rsa' && type !== 'ed25519') return wrong('must be an RSA or an Ed25519 key');
  const bits = asymmetricKeyDetails?.modulusLength ?? 0;
  if (type === 'rsa' && bits < leastBits)
    return wrong(`is an RSA key of ${bits} bits, which receivers do not accept: it must have ${goodBits}`);
  if (type === 'rsa' && bits > mostBits)
    return wrong(`is an RSA key of ${bits} bits, which receivers need not accept: ${mostBits} are the most`);
  if (!isWhole(privateKey)) return wrong('is a private key whose parts do not belong together');
  const isShort = type === 'rsa' && bits < goodBits;
  return right({
    privateKey,
    ...(isShort && {warning: `is an RSA key of ${bits} bits: it should have ${goodBits}`}),
  });
}

/** PEM may have lost its line ends, or have them as `\n`. */
function parseArmour(text: string): Parsed<Buffer> {
  const plain = text.replaceAll('\\n', '\n').trim();
  const [, label, inside = ''] = /^-----BEGIN ([A-Z0-9 ]{1,40})-----(.*)-----END \1-----$/s.exec(plain) ?? [];
  if (label === undefined && plain.includes('-----')) return wrong(form);
  if (label?.includes('ENCRYPTED') || inside.includes('ENCRYPTED'))
    return wrong('is encrypted: it must be a private key without a passphrase');
  if (label !== undefined && !['PRIVATE KEY', 'RSA PRIVATE KEY'].includes(label))
    return wrong(otherPem(label));
  const base64 = (label === undefined ? plain : inside).replace(/\s+/g, '');
  return /^[A-Za-z0-9+/]+={0,2}$/.test(base64) ? right(Buffer.from(base64, 'base64')) : wrong(form);
}

function otherPem(label: string): string {
  if (label.endsWith('PUBLIC KEY')) return 'is a public key: it must be the private one';
  if (label.endsWith('CERTIFICATE')) return 'is a certificate: it must be a private key';
  if (label === 'OPENSSH PRIVATE KEY')
    return "is in OpenSSH's format: it must be in PEM, as openssl writes it";
  return 'must be an RSA or an Ed25519 key';
}

function keyOf(der: Buffer): KeyObject | undefined {
  for (const type of ['pkcs8', 'pkcs1'] as const) {
    try {
      return createPrivateKey({key: der, format: 'der', type});
    } catch {
      // OpenSSL's words help nobody here.
    }
  }
  return undefined;
}

/** A key that was copied wrong can still be read. What it signs would fail at each receiver. */
function isWhole(privateKey: KeyObject): boolean {
  const algorithm = privateKey.asymmetricKeyType === 'rsa' ? 'sha256' : null;
  const probe = Buffer.from('probe');
  try {
    return verify(algorithm, probe, createPublicKey(privateKey), sign(algorithm, probe, privateKey));
  } catch {
    return false;
  }
}

/** The text of the TXT record (RFC 6376 3.6.1, RFC 8463 4), which a zone may have to split into parts of 255 octets. */
export function dnsRecordOf(privateKey: KeyObject): string {
  const publicKey = createPublicKey(privateKey);
  if (privateKey.asymmetricKeyType === 'rsa') {
    const spki = publicKey.export({type: 'spki', format: 'der'});
    return `v=DKIM1; k=rsa; p=${spki.toString('base64')}`;
  }
  const {x = ''} = publicKey.export({format: 'jwk'});
  return `v=DKIM1; k=ed25519; p=${Buffer.from(x, 'base64url').toString('base64')}`;
}
