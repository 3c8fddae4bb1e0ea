// Mailboxes as SMTP writes them (RFC 5321 4.1.2, with RFC 6531's UTF-8). They are read leniently where servers are
// known to be lenient (dots anywhere in a local part), and strictly where a character could end a command or begin
// another.

import {domainToASCII} from 'node:url';
import {type Parsed, right, wrong} from '../parsed.ts';
import {familyOf} from './ip-address.ts';

export interface Mailbox {
  /** As given, without a dot at its end. MAIL FROM and RCPT TO say this. */
  readonly address: string;
  readonly localPart: string;
  /** In lower case and A-labels. An address literal has its brackets. */
  readonly domain: string;
}

// RFC 5321 4.1.2 atext, RFC 6531 3.3 UTF8-non-ascii. A dot may be anywhere, as such mailboxes exist.
const dotString = /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~.\u0080-\u{10ffff}]+$/u;
const quotedString = /^"(?:[ !#-[\]-~\u0080-\u{10ffff}]|\\[ -~])*"$/u;
// Control characters, C1 included. Angle brackets would close the path.
const forbidden = /[\p{Cc}<>\u2028\u2029]/u;
const unpairedSurrogate = /\p{Surrogate}/u;

// The root's dot, or what IDNA takes for one (RFC 3490 3.1), may end a domain. SMTP has none. Postfix drops it, too.
const rootDot = /(?<=@[^@]*[^@.\]\u3002\uff0e\uff61])[.\u3002\uff0e\uff61]$/;

/** RFC 3696 3: 64 octets of local part, the @, 255 of domain. Servers take local parts of more than RFC 5321's 64. */
const maxAddressOctets = 320;

const tooLong = wrong(`must be at most ${maxAddressOctets} octets long`);

/** A mailbox such as `Jo.Doe@example.org`, without display name and angle brackets. */
export function parseMailbox(given: string): Parsed<Mailbox> {
  // This comes before anything that reads the whole text.
  if (given.length > maxAddressOctets + 1) return tooLong;
  const text = given.replace(rootDot, '');
  if (forbidden.test(text)) return wrong('must not hold control characters, line ends or angle brackets');
  if (unpairedSurrogate.test(text)) return wrong('must be valid Unicode');
  if (Buffer.byteLength(text) > maxAddressOctets) return tooLong;
  const at = text.lastIndexOf('@');
  if (at < 1 || at === text.length - 1) return wrong('must be an address such as user@example.org');
  const localPart = text.slice(0, at);
  if (!dotString.test(localPart) && !quotedString.test(localPart)) {
    return wrong('has characters before the @ that need quoting, as in "jo doe"@example.org');
  }
  const domain = parseDomain(text.slice(at + 1));
  return domain.ok ? right({address: text, localPart, domain: domain.value}) : domain;
}

/** The domain of a mailbox: a host name, or an address literal in brackets (RFC 5321 4.1.3). */
function parseDomain(text: string): Parsed<string> {
  if (text.startsWith('[')) {
    if (parseAddressLiteral(text) !== undefined) return right(text.toLowerCase());
    return wrong('has an address literal that is not [192.0.2.1] or [IPv6:2001:db8::1]');
  }
  if (familyOf(text) === 4) return wrong(`has a bare IP address for a domain; write user@[${text}]`);
  return parseHostname(text);
}

const hostnameLabel = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;

/** RFC 1035 2.3.4, without the root. U-labels are never longer than their A-labels. */
const maxHostnameLength = 253;

/** A host name in lower case and A-labels (RFC 5890). A dot at the end is refused, as SMTP has none. */
export function parseHostname(text: string): Parsed<string> {
  // domainToASCII reads "1.1" as an IPv4 address, so that it is asked for U-labels only. It reads as a URL does: a
  // slash ends the host, %41 is a letter, and tabs are nothing.
  const urlSyntax = /[^\w.\-\u0080-\u{10ffff}]/u.test(text);
  const isAscii = /^[\0-\x7f]*$/.test(text);
  const unreadable = text.length > maxHostnameLength || (urlSyntax && !isAscii);
  const ascii = unreadable ? '' : isAscii ? text.toLowerCase() : domainToASCII(text);
  const labels = ascii.split('.');
  if (ascii.length > maxHostnameLength || !labels.every(label => hostnameLabel.test(label))) {
    return wrong('has a domain that is not a host name such as example.org');
  }
  if (/^\d+$/.test(labels.at(-1) ?? '')) return wrong('has a domain that ends in a number');
  return right(ascii);
}

/** Where a connection may be made to: a host name, or an IPv4 or IPv6 address, with or without brackets. */
export function parseHost(text: string): Parsed<string> {
  const bare = /^\[.*\]$/.test(text) ? (parseAddressLiteral(text) ?? text.slice(1, -1)) : text;
  if (familyOf(bare) !== 0) return right(bare.toLowerCase());
  if (/:\d+$/.test(text)) return wrong('must be a host name alone; the port goes into its own property');
  const hostname = parseHostname(text);
  return hostname.ok ? hostname : wrong('must be a host name or an IP address');
}

/** The address inside `[192.0.2.1]` or `[IPv6:2001:db8::1]`. */
export function parseAddressLiteral(text: string): string | undefined {
  const inner = /^\[(?:IPv6:)?([^\]]*)\]$/i.exec(text)?.[1];
  if (inner === undefined) return undefined;
  return familyOf(inner) === (/^\[IPv6:/i.test(text) ? 6 : 4) ? inner.toLowerCase() : undefined;
}

/** RFC 6531: an address needs SMTPUTF8 if its local part is not ASCII. A domain can be written in A-labels. */
export const needsSmtpUtf8 = (mailbox: Mailbox): boolean => !/^[\0-\x7f]*$/.test(mailbox.localPart);

/** The same mailbox, for a server that does not offer SMTPUTF8: the domain is in A-labels. */
export const asciiAddressOf = (mailbox: Mailbox): string =>
  /^[\0-\x7f]*$/.test(mailbox.address) ? mailbox.address : `${mailbox.localPart}@${mailbox.domain}`;
