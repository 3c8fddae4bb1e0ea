// Where a line of a message ends. Code that reads the text and code that sends it must agree on this, or a header
// field to one would be something else to the other.

/**
 * CRLF, LF or CR, in any mixture; and CR CR LF, which comes from programs that write CRLF to a file in text mode. It
 * is for splitting and replacing only: the expression is shared, and its `lastIndex` would be, too.
 */
export const lineEnd = /(?<!\r)\r*\n|\r/g;
