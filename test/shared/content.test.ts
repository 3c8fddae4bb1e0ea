import fc from 'fast-check';
import {expect, test} from 'vitest';
import {contentOf} from '../../shared/content.ts';

const unit = fc.oneof(
  fc.constantFrom('\r', '\n', '\r\n', '.', 'a'),
  fc.string({unit: 'binary', minLength: 1, maxLength: 1}),
);
const text = fc.string({unit, maxLength: 60});

test.each([
  ['a\nb\rc\r\nd', 'a\r\nb\r\nc\r\nd'],
  ['\r\r\n\n', '\r\n\r\n\r\n'],
  ['a\n\r.\n\r', 'a\r\n\r\n.\r\n\r\n'],
  ['', ''],
])('%j goes over the wire as %j', (mime, wire) => {
  expect(contentOf(mime).octets.toString()).toBe(wire);
});

test('no bare CR and no bare LF leaves, and nothing else changes', () => {
  fc.assert(
    fc.property(text, mime => {
      const wire = contentOf(mime).octets.toString('utf8');
      expect(wire).not.toMatch(/\r(?!\n)|(?<!\r)\n/);
      expect(wire.replaceAll('\r\n', '')).toBe(mime.toWellFormed().replace(/[\r\n]/g, ''));
    }),
    {numRuns: 1000},
  );
});

test('a text whose lines end in CRLF stays as it was, octet for octet', () => {
  fc.assert(
    fc.property(fc.array(fc.string({unit: 'binary'}).map(line => line.replace(/[\r\n]/g, ''))), lines => {
      const mime = lines.join('\r\n');
      expect(contentOf(mime).octets).toEqual(Buffer.from(mime));
    }),
  );
});

test('eightBit says exactly whether an octet is above 127', () => {
  fc.assert(
    fc.property(fc.oneof(text, fc.string({unit: 'binary-ascii'})), mime => {
      const {octets, eightBit} = contentOf(mime);
      expect(eightBit).toBe(octets.some(octet => octet > 127));
    }),
    {numRuns: 500},
  );
  expect(['a\u007f', '\u0080', '\ud800', '😀'].map(mime => contentOf(mime).eightBit)).toEqual([
    false,
    true,
    true,
    true,
  ]);
});
