// Where a line of a message ends. Both who reads the text and who puts it on the wire must agree on it, or what is a
// header field to one is something else to the other.

/**
 * CRLF, LF or CR, mixed as they come; so is CR CR LF, which programs make that write CRLF to a file in text mode.
 * To be used for splitting and replacing only: the expression is shared, and so would be its `lastIndex`.
 */
export const lineEnd = /(?<!\r)\r*\n|\r/g;
