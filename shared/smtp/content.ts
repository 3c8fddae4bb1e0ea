// The message text as it is sent: in UTF-8, with CRLF at the end of every line.

/**
 * Where a line ends: CRLF, LF or CR, mixed as they come; so is CR CR LF, which programs make that write CRLF to a file in
 * text mode. Whoever reads the text must agree with the wire, or a header field to one is something else to the other.
 * To be used for splitting and replacing only: the expression is shared, and so would be its `lastIndex`.
 */
export const lineEnd = /(?<!\r)\r*\n|\r/g;

export interface Content {
  /** What is sent: dots are stuffed, and the closing dot is included (RFC 5321 4.5.2). */
  readonly wire: Buffer;
  /** The octets of the message itself, as BDAT has them (RFC 3030): no dot is stuffed. */
  readonly octets: () => Buffer;
  /** The octets of the message itself, as SIZE counts them (RFC 1870). */
  readonly size: number;
  /** Whether an octet is above 127, so that the server must offer 8BITMIME (RFC 6152). */
  readonly eightBit: boolean;
}

/** The text in the lines that are sent. */
export function sentLines(mime: string): string {
  const lines = mime.replace(lineEnd, '\r\n');
  return lines.endsWith('\r\n') ? lines : `${lines}\r\n`;
}

/**
 * A bare CR or LF becomes CRLF, and so does CR CR LF. Servers differ in what they take for a line end, and a text with
 * bare ones could smuggle a second message past the first dot.
 */
export function contentOf(mime: string): Content {
  const text = sentLines(mime);
  const stuffed = text.replace(/(^|\r\n)\./g, '$1..');
  const wire = Buffer.from(`${stuffed}.\r\n`, 'utf8');
  const size = wire.length - 3 - (stuffed.length - text.length);
  const isStuffed = stuffed.length > text.length;
  const octets = () => (isStuffed ? Buffer.from(text, 'utf8') : wire.subarray(0, size));
  // Only ASCII has as many octets in UTF-8 as JavaScript has code units.
  return {wire, octets, size, eightBit: size !== text.length};
}
