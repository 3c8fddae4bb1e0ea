// A smarthost is a unit: host, port, credentials and TLS level belong together and are never mixed from two places. A
// message can name one, and so can the settings.

import {type Parsed, parsePort, right, wrong} from '../parsed.ts';
import {parseHost} from './address.ts';
import {type CredentialPair, pairOf, parseCredential} from './credentials.ts';
import type {Security} from './security.ts';

/** Where mail is handed to: a smarthost or a sink, whoever named it. */
export interface Relay extends CredentialPair {
  /** Host names in A-labels, or IP addresses without brackets, in the order to try them. */
  readonly hosts: readonly string[];
  readonly port: number;
  readonly security?: Security;
  /** Authorities that its certificate may come from, in PEM, in place of the public ones. */
  readonly ca?: string;
  /** TLS from the start, whatever the port (`smtps://`). */
  readonly implicitTls?: true;
}

export const defaultSmtpPort = 25;

/** RFC 8314 3.3. */
const defaultSmtpsPort = 465;

/** What a relay is called in queue names and logs. */
export const nameOfRelay = ({hosts, port}: Pick<Relay, 'hosts' | 'port'>): string =>
  `${hosts.map(host => (host.includes(':') ? `[${host}]` : host)).join(',')}:${port}`;

/** The first host in such a name. */
export const firstHostIn = (name: string): string =>
  name.replace(/[,:]\d*$|,.*$/g, '').replace(/^\[|\]$/g, '');

/** More of them are no redundancy. Each that is down costs a message time. */
const maxHosts = 10;

/** One host, several with commas between them, or a list. */
export function parseHosts(value: unknown): Parsed<readonly string[]> {
  const texts = typeof value === 'string' ? value.split(',') : value;
  const problem = wrong('must be a host name or an IP address, or several of them in the order to try them');
  if (!Array.isArray(texts) || texts.length === 0 || texts.length > maxHosts) return problem;
  const hosts: string[] = [];
  for (const text of texts) {
    const host = typeof text === 'string' ? parseHost(text.trim()) : undefined;
    if (host === undefined) return problem;
    if (!host.ok) return host;
    if (!hosts.includes(host.value)) hosts.push(host.value);
  }
  return right(hosts);
}

/** Whether a text is meant to be a URL, whatever the scheme. */
export const isUrl = (text: string): boolean => /^\s*[a-z][a-z0-9+.-]{0,40}:\/\//i.test(text);

/**
 * A relay as a URL: `smtp://user:password@host:587`, or `smtps://` for TLS from the start. User and password are
 * percent-encoded (RFC 3986 3.2.1). A problem never quotes the URL: there may be a password in it.
 */
export function parseRelayUrl(text: string): Parsed<Relay> {
  const [, scheme, authority = '', rest] = /^(smtps?):\/\/([^/?#]*)(.*)$/is.exec(text.trim()) ?? [];
  if (scheme === undefined) return wrong('must be a URL such as smtp://host:587 or smtps://host');
  if (rest !== '' && rest !== '/')
    return wrong(
      'is a URL with something behind the host and the port; in user and password write / as %2F, ? as %3F and # as %23',
    );
  const at = authority.lastIndexOf('@');
  const pair = parseUserinfo(authority.slice(0, Math.max(at, 0)));
  if (!pair.ok) return pair;
  // In a URL an IPv6 address needs its brackets, as the last colon is the one before the port.
  const [, host = '', digits = ''] =
    /^((?:\[[^\]]*\]|[^[\]:])*)(?::(\d*))?$/.exec(authority.slice(at + 1)) ?? [];
  const implicitTls = scheme.toLowerCase() === 'smtps';
  const port = parsePort(digits || (implicitTls ? defaultSmtpsPort : defaultSmtpPort));
  const hosts = parseHosts(host);
  if (!hosts.ok) return wrong('is a URL whose host is not a host name or an IP address');
  if (digits.length > 5 || !port.ok)
    return wrong('is a URL whose port is not a whole number from 1 to 65535');
  return right({hosts: hosts.value, port: port.value, ...pair.value, ...(implicitTls && {implicitTls})});
}

function parseUserinfo(text: string): Parsed<CredentialPair> {
  // This is a result that is sent again. Every attempt with this password would be refused.
  if (text.endsWith(':***'))
    return wrong('is a URL whose password is masked, as results show it: write the password itself');
  const colon = text.includes(':') ? text.indexOf(':') : text.length;
  let pair: readonly [string, string];
  try {
    pair = [decodeURIComponent(text.slice(0, colon)), decodeURIComponent(text.slice(colon + 1))];
  } catch {
    return wrong(
      'is a URL with a % in user or password that does not begin an encoded character: write % as %25',
    );
  }
  if (pair.some(part => part !== '' && !parseCredential(part).ok))
    return wrong('is a URL with a control character in user or password');
  return right(pairOf(...pair));
}
