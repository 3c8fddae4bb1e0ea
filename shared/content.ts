// The message text as it goes over the wire: UTF-8, every line ended by CRLF.

export interface Content {
  readonly octets: Buffer;
  /** Whether an octet is above 127: the server must offer 8BITMIME (RFC 6152). */
  readonly eightBit: boolean;
}

/**
 * A bare CR or LF becomes CRLF: receivers differ in what they take for a line end, and where they do, a text
 * with bare ones can smuggle a second message past the first dot. Dots are stuffed by who sends.
 */
export function contentOf(mime: string): Content {
  const text = mime.replace(/\r\n|\r|\n/g, '\r\n');
  const octets = Buffer.from(text, 'utf8');
  // In UTF-8 only ASCII takes as many octets as JavaScript takes code units.
  return {octets, eightBit: octets.length !== text.length};
}
