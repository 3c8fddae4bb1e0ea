// A smarthost is a unit: host, port, credentials and TLS level belong together and are never mixed from
// two places. Both a message and the settings can name one.

import {type Parsed, parseHost} from './address.ts';
import type {Security} from './security.ts';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** A server that mail is handed to, whoever named it. */
export interface Relay {
  /** In the order to try them: host names in A-labels, or IP addresses without brackets. */
  readonly hosts: readonly string[];
  readonly port: number;
  readonly credentials?: Credentials;
  readonly security?: Security;
  /** Authorities that its certificate may come from, in PEM, in place of the public ones. */
  readonly ca?: string;
}

export const defaultSmtpPort = 25;

/** What a relay is called in queue names and logs. */
export const nameOfRelay = ({hosts, port}: Pick<Relay, 'hosts' | 'port'>): string =>
  `${hosts.map(host => (host.includes(':') ? `[${host}]` : host)).join(',')}:${port}`;

/** More of them are no redundancy, and each that is down costs a message time. */
const maxHosts = 10;

/** One host, several with commas between them, or a list. */
export function parseHosts(value: unknown): Parsed<readonly string[]> {
  const texts = typeof value === 'string' ? value.split(',') : value;
  const wrong = 'must be a host name or an IP address, or several of them in the order to try them';
  if (!Array.isArray(texts) || texts.length === 0 || texts.length > maxHosts)
    return {ok: false, problem: wrong};
  const hosts: string[] = [];
  for (const text of texts) {
    const host = typeof text === 'string' ? parseHost(text.trim()) : undefined;
    if (host === undefined) return {ok: false, problem: wrong};
    if (!host.ok) return host;
    if (!hosts.includes(host.value)) hosts.push(host.value);
  }
  return {ok: true, value: hosts};
}
