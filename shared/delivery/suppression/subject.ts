// What an entry of the suppression list is about: an address, or a whole domain. However it is written, it has one spelling
// here, which is its key.
//
// The domain is in lower case and A-labels. The local part is in lower case and NFC, and without quotes that it does not
// need: RFC 5321 2.4 leaves its case to the receiver, but hardly any tells Jo@ from jo@, and mail to somebody who has
// complained must not go out because a form had a capital letter. Tags (jo+news@) are part of the address.

import {type Parsed, right, wrong} from '../../parsed.ts';
import {type Mailbox, parseMailbox} from '../../smtp/address.ts';

/** `jo@example.org`, or `example.org`, or `@example.org` for the same domain. */
export function parseSubject(text: string): Parsed<string> {
  const given = text.trim();
  const isDomain = given.lastIndexOf('@') <= 0;
  const parsed = parseMailbox(isDomain ? `postmaster@${given.replace('@', '')}` : given);
  if (parsed.ok) return right(isDomain ? parsed.value.domain : addressKeyOf(parsed.value));
  return isDomain
    ? wrong('must be an address such as jo@example.org, or a domain such as example.org')
    : parsed;
}

export function addressKeyOf({localPart, domain}: Mailbox): string {
  return `${plainLocalPart(localPart).normalize('NFC').toLowerCase()}@${domain}`;
}

/** What mail to somebody can be suppressed by: the address, and its domain, in this order. */
export const keysOf = (recipient: Mailbox): readonly [string, string] => [
  addressKeyOf(recipient),
  recipient.domain,
];

export const isAddress = (key: string): boolean => key.includes('@');

/** `"jo"` is `jo` (RFC 5321 4.1.2: quoting for its own sake changes nothing). */
function plainLocalPart(localPart: string): string {
  if (!localPart.startsWith('"')) return localPart;
  const text = localPart.slice(1, -1).replaceAll(/\\(.)/gu, '$1');
  return parseMailbox(`${text}@example.org`).ok ? text : localPart;
}
