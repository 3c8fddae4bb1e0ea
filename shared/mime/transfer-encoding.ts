// Content as quoted-printable or base64 (RFC 2045 6.7, 6.8): lines of at most 76 characters, each with a CRLF. They are
// such that no line of them is taken for a boundary, or changed by a server on the way.

const hex = (octet: number): string => `=${octet.toString(16).toUpperCase().padStart(2, '0')}`;
const encodedOctets = Array.from({length: 256}, (_, octet) => hex(octet));
const literals = Array.from({length: 256}, (_, octet) =>
  octet >= 33 && octet <= 126 && octet !== 61 ? String.fromCharCode(octet) : undefined,
);

/** Without the `=` of a soft line break. */
const longest = 75;

/** @param octets with CRLF at the end of each line */
export function quotedPrintable(octets: Buffer): string {
  const lines: string[] = [];
  let line = '';
  const {length} = octets;
  for (let at = 0; at < length; at++) {
    const octet = octets[at]!;
    if (octet === 13 && octets[at + 1] === 10) {
      lines.push(line);
      line = '';
      at++;
      continue;
    }
    const isBlank = octet === 32 || octet === 9;
    const isLast = at + 1 === length || (octets[at + 1] === 13 && octets[at + 2] === 10);
    let unit = isBlank && !isLast ? String.fromCharCode(octet) : (literals[octet] ?? encodedOctets[octet]!);
    if (line.length + unit.length > longest && !(isLast && line.length + unit.length === longest + 1)) {
      lines.push(`${line}=`);
      line = '';
      // A line that begins here and not in the content must not look like a boundary.
      if (unit === '-') unit = encodedOctets[octet]!;
    }
    // Programs that keep mail in mbox files write `>From ` at the beginning of a line.
    if (line === '' && unit === 'F' && octets.toString('latin1', at, at + 5) === 'From ')
      unit = encodedOctets[octet]!;
    line += unit;
  }
  return [...lines, line].join('\r\n');
}

export const base64 = (octets: Buffer): string => octets.toString('base64').replace(/.{76}(?=.)/g, '$&\r\n');

/** Quoted-printable can be read without decoding. It takes up more than base64 beyond a sixth of other octets; up to a
 * third of them that is worth it. */
export function isReadable(octets: Buffer): boolean {
  let encoded = 0;
  for (const octet of octets) if (literals[octet] === undefined && octet > 32) encoded++;
  return encoded * 3 <= octets.length;
}
