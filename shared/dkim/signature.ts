// DKIM signatures of a text (RFC 6376, RFC 8301, RFC 8463).

import {createHash, hash, type KeyObject, sign} from 'node:crypto';
import {type Parsed, right, wrong} from '../parsed.ts';
import {
  type Canonicalization,
  canonicalBody,
  canonicalField,
  type Rule,
  rulesOf,
} from './canonicalization.ts';
import {type Sections, sectionsOf} from './header-section.ts';
import {type KeyName, parseSelector, parseSigningDomain} from './key-name.ts';
import {type FieldChoice, signedFieldsOf} from './signed-fields.ts';
import {FoldedTags} from './tag-folding.ts';

export const algorithms = ['rsa-sha256', 'ed25519-sha256'] as const;
export type Algorithm = (typeof algorithms)[number];

export interface DkimKey extends KeyName {
  /** RSA or Ed25519. */
  readonly privateKey: KeyObject;
}

/**
 * `headers` are further fields to sign, where they are there. `unsigned` are names that the next hop rewrites: they are
 * neither signed nor sealed.
 */
export interface Signing extends FieldChoice {
  readonly key: DkimKey;
  /** relaxed/relaxed by default. */
  readonly canonicalization?: Canonicalization;
  /** When the signature loses its worth (x=). */
  readonly expireMs?: number;
}

/** A signature has to cover From (RFC 6376 5.4), so that a text without one cannot be signed. */
export const parseSignable = (text: string | Buffer): Parsed<Sections> => {
  const sections = sectionsOf(typeof text === 'string' ? Buffer.from(text) : text);
  return sections.fields.some(({name}) => name === 'from')
    ? right(sections)
    : wrong('has no From field, which a DKIM signature has to cover');
};

/**
 * The fields to put on top of a text, each with its CRLF; '' without signings.
 * @param text with CRLF at the end of lines, as it is sent, before dots are stuffed
 * @throws Error when the text cannot be signed: see parseSignable
 */
export function dkimFieldsOf(text: string | Buffer, signings: readonly Signing[], nowMs: number): string {
  if (signings.length === 0) return '';
  const signable = parseSignable(text);
  if (!signable.ok) throw new Error(`The text ${signable.problem}.`);
  const {fields, body} = signable.value;
  const hashes = new Map<Rule, string>();
  const bodyHash = (rule: Rule): string => {
    const known = hashes.get(rule) ?? hashOfBody(body, rule);
    hashes.set(rule, known);
    return known;
  };
  const fieldOf = (signing: Signing): string => {
    const {key, canonicalization = 'relaxed/relaxed', expireMs} = signing;
    const rules = rulesOf(canonicalization);
    const signed = signedFieldsOf(fields, signing);
    const tags = new FoldedTags('DKIM-Signature: v=1;')
      .add('a', algorithmOf(key.privateKey))
      .add('c', canonicalization)
      .add('d', known(parseSigningDomain(key.domain)))
      .add('s', known(parseSelector(key.selector)));
    addTimes(tags, nowMs, expireMs);
    tags.addList('h', signed.names).add('bh', bodyHash(rules.body));
    const lines = signed.fields.map(({raw}) => `${canonicalField(raw, rules.header)}\r\n`);
    const hashed = lines.join('') + canonicalField(tags.signable(), rules.header);
    return tags.withSignature(signatureOf(Buffer.from(hashed, 'latin1'), key.privateKey));
  };
  return signings.map(fieldOf).join('');
}

/** x= has to be later than t= (RFC 6376 3.5). One that has passed stands alone, so that receivers tell what is wrong. */
function addTimes(tags: FoldedTags, nowMs: number, expireMs: number | undefined): void {
  const now = Math.floor(nowMs / 1000);
  const expire = expireMs === undefined ? undefined : Math.floor(expireMs / 1000);
  if (expire === undefined || expire > now) tags.add('t', String(now));
  if (expire !== undefined) tags.add('x', String(expire));
}

function hashOfBody(body: Buffer, rule: Rule): string {
  const sha256 = createHash('sha256');
  for (const part of canonicalBody(body, rule)) sha256.update(part);
  return sha256.digest('base64');
}

/** Ed25519 signs the hash of the text as if it were the text (RFC 8463 3). */
const signatureOf = (octets: Buffer, key: KeyObject): string =>
  (algorithmOf(key) === 'rsa-sha256'
    ? sign('sha256', octets, key)
    : sign(null, hash('sha256', octets, 'buffer'), key)
  ).toString('base64');

/** RFC 8301 3.1 and RFC 8463 3. rsa-sha1 is not to be used any more. */
export function algorithmOf({asymmetricKeyType: type}: KeyObject): Algorithm {
  if (type === 'rsa' || type === 'ed25519') return `${type}-sha256`;
  throw new Error('A key for DKIM is neither RSA nor Ed25519.');
}

function known(name: Parsed<string>): string {
  if (name.ok) return name.value;
  throw new Error(`The domain or the selector of a key for DKIM ${name.problem}.`);
}
