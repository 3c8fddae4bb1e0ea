// A smarthost is a unit: host, port, credentials and TLS level belong together and are never mixed from
// two places. Both a message and the settings can name one.

import type {Security} from './security.ts';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** A server that mail is handed to, whoever named it. */
export interface Relay {
  /** A host name in A-labels, or an IP address without brackets. */
  readonly host: string;
  readonly port: number;
  readonly credentials?: Credentials;
  readonly security?: Security;
}

export const defaultSmtpPort = 25;

/** What a relay is called in queue names and logs. */
export const nameOfRelay = ({host, port}: Relay): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
