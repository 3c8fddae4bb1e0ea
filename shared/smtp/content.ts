// The message text as it goes over the wire: UTF-8, every line ended by CRLF.

import {lineEnd} from './line-end.ts';

export interface Content {
  /** What goes over the wire: dots stuffed, the closing dot included (RFC 5321 4.5.2). */
  readonly wire: Buffer;
  /** Octets of the message itself, as SIZE counts them (RFC 1870). */
  readonly size: number;
  /** Whether an octet is above 127: the server must offer 8BITMIME (RFC 6152). */
  readonly eightBit: boolean;
}

/**
 * A bare CR or LF becomes CRLF, and so does CR CR LF: receivers differ in what they take for a line end, and where
 * they do, a text with bare ones can smuggle a second message past the first dot.
 */
export function contentOf(mime: string): Content {
  const lines = mime.replace(lineEnd, '\r\n');
  const text = lines.endsWith('\r\n') ? lines : `${lines}\r\n`;
  const stuffed = text.replace(/(^|\r\n)\./g, '$1..');
  const wire = Buffer.from(`${stuffed}.\r\n`, 'utf8');
  const size = wire.length - 3 - (stuffed.length - text.length);
  // In UTF-8 only ASCII takes as many octets as JavaScript takes code units.
  return {wire, size, eightBit: size !== text.length};
}
