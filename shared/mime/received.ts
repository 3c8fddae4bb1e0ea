// The trace that a server leaves in a text (RFC 5321 4.4), and how many others have left theirs.

import {nameOf, sectionOf, textOf} from './header-section.ts';

export interface Trace {
  /** What the client calls itself in EHLO. */
  readonly helo: string;
  readonly address: string;
  /** What this server is called. */
  readonly by: string;
  /** RFC 3848, RFC 6531: `ESMTPSA`. */
  readonly protocol: string;
  /** For this server's log. */
  readonly id: string;
  readonly timeMs: number;
}

/** A field with its line ends. */
export function receivedField({helo, address, by, protocol, id, timeMs}: Trace): string {
  const literal = address.includes(':') ? `[IPv6:${address}]` : `[${address}]`;
  const time = new Date(timeMs).toUTCString().replace('GMT', '+0000');
  return `Received: from ${atomsOf(helo)} (${literal})\r\n\tby ${atomsOf(by)} with ${protocol} id ${id};\r\n\t${time}\r\n`;
}

/** A client may call itself anything: what is no name or literal of an address is not repeated. */
const atomsOf = (name: string): string =>
  /^(?:[a-z0-9_](?:[a-z0-9_.-]{0,252})|\[[a-z0-9.:]{2,60}\])$/i.test(name) ? name : 'unknown';

/** How many servers have passed the text on. */
export const hopsOf = (text: string): number =>
  sectionOf(text).fields.filter(field => nameOf(field) === 'received').length;

/** The text with the field on top: what begins it and is no field becomes no part of it. */
export function traced(text: string, field: string): string {
  const {before, fields, rest} = sectionOf(text);
  return textOf({before: before + field, fields, rest}, fields.length === 0);
}
