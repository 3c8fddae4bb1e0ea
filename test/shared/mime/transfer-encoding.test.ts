import fc from 'fast-check';
import {expect, test} from 'vitest';
import {base64, quotedPrintable} from '../../../shared/mime/transfer-encoding.ts';

/** As RFC 2045 6.7 has it. */
const decoded = (text: string): Buffer =>
  Buffer.from(
    text
      .replace(/=\r\n/g, '')
      .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );

const content = fc
  .array(
    fc.oneof(
      fc.string({unit: fc.constantFrom('a', 'ü', '=', ' ', '\t', '-', '.', 'F', '\r', '\n'), maxLength: 200}),
      fc.constantFrom('\r\n', 'From ', '--b', 'x'.repeat(75), 'x'.repeat(76), ' \r\n', 'x'.repeat(72)),
    ),
    {maxLength: 20},
  )
  .map(list => Buffer.from(list.join('')));

test('both encodings hold the content, octet for octet, in lines that no server changes', () => {
  fc.assert(
    fc.property(content, octets => {
      const printable = quotedPrintable(octets);
      expect(decoded(printable)).toEqual(octets);
      expect(printable).toMatch(/^(?:[\t -~]|\r\n)*$/);
      expect(printable).not.toMatch(/[ \t](?:\r\n|$)|(?:^|\r\n)From |=\r\n-/);
      const digits = base64(octets);
      expect(Buffer.from(digits, 'base64')).toEqual(octets);
      for (const line of [...printable.split('\r\n'), ...digits.split('\r\n')])
        expect(line.length).toBeLessThanOrEqual(76);
    }),
    {numRuns: 3_000},
  );
});
