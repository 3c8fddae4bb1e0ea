// Whether receivers would verify what a key signs: a small text is signed as mail is, and verified with the key that the DNS
// has (RFC 6376 6.1.3).

import {hash, type KeyObject, verify} from 'node:crypto';
import {canonicalBody, canonicalField} from '../../shared/dkim/canonicalization.ts';
import {sectionsOf} from '../../shared/dkim/header-section.ts';
import {type DkimKey, dkimFieldsOf} from '../../shared/dkim/signature.ts';
import {parseTags} from './tag-list.ts';

const trialOf = (domain: string): string =>
  [`From: trial@${domain}`, `To: trial@${domain}`, 'Subject: a trial', '', 'Is it signed?', ''].join('\r\n');

export function isVerified(key: DkimKey, publicKey: KeyObject, nowMs: number): boolean {
  const text = trialOf(key.domain);
  return isSignedBy(Buffer.from(dkimFieldsOf(text, [{key}], nowMs) + text), publicKey);
}

/** @param text with one signature in relaxed/relaxed, as its first field */
function isSignedBy(text: Buffer, publicKey: KeyObject): boolean {
  const {fields, body} = sectionsOf(text);
  const [signature, ...rest] = fields;
  if (signature?.name !== 'dkim-signature') return false;
  const parsed = parseTags(signature.raw.slice(signature.raw.indexOf(':') + 1));
  if (!parsed.ok) return false;
  const value = (name: string) => (parsed.value.get(name) ?? '').replace(/\s+/g, '');
  const bodyHash = hash('sha256', Buffer.concat(canonicalBody(body, 'relaxed')), 'base64');
  if (value('bh') !== bodyHash) return false;
  // Fields of a name are taken from the bottom up (5.4.2).
  const left = [...rest];
  const lines = value('h')
    .split(':')
    .map(name => {
      const at = left.findLastIndex(field => field.name === name.toLowerCase());
      const [field] = at < 0 ? [] : left.splice(at, 1);
      return field === undefined ? '' : `${canonicalField(field.raw, 'relaxed')}\r\n`;
    });
  const unsigned = canonicalField(signature.raw, 'relaxed').replace(/(;\s*b\s*=)[^;]*/, '$1');
  const octets = Buffer.from(lines.join('') + unsigned, 'latin1');
  const given = Buffer.from(value('b'), 'base64');
  return publicKey.asymmetricKeyType === 'rsa'
    ? verify('sha256', octets, publicKey, given)
    : verify(null, hash('sha256', octets, 'buffer'), publicKey, given);
}
