// The DNS record of a DKIM key as receivers read it (RFC 6376 3.6.1, RFC 8301, RFC 8463), and what is wrong with one that
// they cannot read.

import {createPublicKey, type KeyObject} from 'node:crypto';
import {type Parsed, right, wrong} from '../../shared/parsed.ts';
import {parseTags, type Tags} from './tag-list.ts';

export interface DkimRecord {
  readonly publicKey: KeyObject;
  readonly type: 'rsa' | 'ed25519';
  /** Of an RSA key. */
  readonly bits: number | undefined;
  /** t=y: the domain is testing. */
  readonly isTesting: boolean;
  /** t=s: i= may name no subdomain. */
  readonly isStrict: boolean;
  /** What receivers pass over. */
  readonly oddities: readonly string[];
}

/** RFC 8301 3.2. */
const leastBits = 1024;

const known: ReadonlySet<string> = new Set(['v', 'k', 'p', 'h', 's', 't', 'n', 'g']);

/** @returns or what is wrong, as it goes on behind `the record` */
export function parseDkimRecord(text: string): Parsed<DkimRecord> {
  const damage = damageOf(text);
  if (damage !== undefined) return wrong(damage);
  const tags = parseTags(text);
  if (!tags.ok) return tags;
  const limits = limitOf(tags.value);
  if (limits !== undefined) return wrong(limits);
  const type = (tags.value.get('k') ?? 'rsa').toLowerCase();
  const p = tags.value.get('p')?.replace(/\s+/g, '');
  if (p === undefined) return wrong('has no p=, so that it is no key');
  if (p === '') return wrong('is revoked: its p= is empty');
  if (type !== 'rsa' && type !== 'ed25519')
    return wrong(`is of the type k=${type}, which receivers do not know`);
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(p)) return wrong('has a p= that is not base64');
  const publicKey = type === 'rsa' ? rsaKeyOf(p) : ed25519KeyOf(p);
  if (!publicKey.ok)
    return wrong(text.length === 255 ? 'is cut off after 255 characters' : publicKey.problem);
  const flags = listOf(tags.value.get('t'));
  const bits = publicKey.value.asymmetricKeyDetails?.modulusLength;
  if (bits !== undefined && bits < leastBits)
    return wrong(`has a key of ${bits} bits, which receivers do not accept`);
  return right({
    publicKey: publicKey.value,
    type,
    bits,
    isTesting: flags.includes('y'),
    isStrict: flags.includes('s'),
    oddities: [...tags.value.keys()]
      .filter(name => !known.has(name))
      .map(name => `a tag ${name}= that nobody knows`),
  });
}

/** What becomes of a record on its way into a zone. */
function damageOf(text: string): string | undefined {
  if (text.includes('\\;')) return 'has backslashes before its semicolons: the zone takes them literally';
  if (text.includes('\\')) return 'has backslashes inside';
  if (text.includes('"')) return 'has quotation marks inside: its strings are wrongly split';
  if (text.includes('-----')) return 'has the header lines of PEM in it: p= wants the base64 alone';
  if (/.v\s*=\s*DKIM1/.test(text)) return 'has v=DKIM1 inside: its strings are two records, or wrongly split';
  return undefined;
}

/** What keeps a record from being one for mail that is signed with SHA-256. */
function limitOf(tags: Tags): string | undefined {
  const [first] = tags.keys();
  const version = tags.get('v');
  if (version !== undefined && (first !== 'v' || version !== 'DKIM1'))
    return 'has a v= that is not v=DKIM1 in the first place, so that receivers discard it';
  const hashes = listOf(tags.get('h'));
  if (tags.has('h') && !hashes.includes('sha256'))
    return `allows h=${hashes.join(':')} alone, and not sha256`;
  const services = listOf(tags.get('s'));
  if (tags.has('s') && !services.includes('*') && !services.includes('email'))
    return `is for s=${services.join(':')} alone, and not for mail`;
  return undefined;
}

const listOf = (value: string | undefined): readonly string[] =>
  (value ?? '')
    .split(':')
    .map(word => word.trim().toLowerCase())
    .filter(word => word !== '');

/** RFC 6376 3.6.1 says PKCS#1, its examples and everybody else SPKI: receivers take both. */
function rsaKeyOf(base64: string): Parsed<KeyObject> {
  const key = Buffer.from(base64, 'base64');
  for (const type of ['spki', 'pkcs1'] as const) {
    try {
      const publicKey = createPublicKey({key, format: 'der', type});
      if (publicKey.asymmetricKeyType === 'rsa') return right(publicKey);
      return wrong(`says k=rsa, and its p= is a key of another type`);
    } catch {
      // The other form may fit.
    }
  }
  return wrong(
    key.length === 32
      ? 'has an Ed25519 key, and no k=ed25519'
      : 'has a p= that is no whole RSA key: it may be cut off',
  );
}

/** RFC 8463 4: the 32 octets alone. */
function ed25519KeyOf(base64: string): Parsed<KeyObject> {
  const octets = Buffer.from(base64, 'base64');
  if (octets.length === 44)
    return wrong('has its Ed25519 key in SPKI form; receivers want the 32 octets alone (RFC 8463)');
  if (octets.length !== 32) return wrong(`has a p= of ${octets.length} octets; an Ed25519 key has 32`);
  const x = octets.toString('base64url');
  return right(createPublicKey({key: {kty: 'OKP', crv: 'Ed25519', x}, format: 'jwk'}));
}
