import fc from 'fast-check';
import {expect, test} from 'vitest';
import {contentOf} from '../../../shared/smtp/content.ts';

const unit = fc.oneof(
  fc.constantFrom('\r', '\n', '\r\n', '.', 'a'),
  fc.string({unit: 'binary', minLength: 1, maxLength: 1}),
);
/** What a server reads: without the closing dot, and with the dots at the start of lines unstuffed. */
function received(mime: string): Buffer {
  const wire = contentOf(mime).wire.toString('latin1');
  expect(wire.endsWith('\r\n.\r\n')).toBe(true);
  const text = wire.slice(0, -3);
  expect(text).not.toMatch(/(?:^|\n)\.(?:\r|[^.])/);
  return Buffer.from(text.replace(/(^|\n)\./g, '$1'), 'latin1');
}

const text = fc.string({unit, maxLength: 60});

test.each([
  ['a\nb\rc\r\nd', 'a\r\nb\r\nc\r\nd'],
  ['\r\r\n\n', '\r\n\r\n'],
  ['a\r\r\r\nb\r\r', 'a\r\nb\r\n\r\n'],
  ['a\n\r.\n\r', 'a\r\n\r\n..\r\n\r\n'],
  ['.\n.\n..a\r.b', '..\r\n..\r\n...a\r\n..b'],
  ['a\r\n.\u2028.', 'a\r\n..\u2028.'],
])('%j is sent as %j and a dot', (mime, wire) => {
  expect(contentOf(mime).wire.toString()).toBe(`${wire}${wire.endsWith('\r\n') ? '' : '\r\n'}.\r\n`);
});

test('no bare CR or LF is sent, and nothing else changes', () => {
  fc.assert(
    fc.property(text, mime => {
      expect(contentOf(mime).wire.toString('utf8')).not.toMatch(/\r(?!\n)|(?<!\r)\n/);
      expect(received(mime).toString('utf8').replaceAll('\r\n', '')).toBe(
        mime.toWellFormed().replace(/[\r\n]/g, ''),
      );
    }),
    {numRuns: 1000},
  );
});

test('a text whose lines end in CRLF stays as it was, octet for octet', () => {
  fc.assert(
    fc.property(fc.array(fc.string({unit: 'binary'}).map(line => line.replace(/[\r\n]/g, ''))), lines => {
      const mime = lines.join('\r\n');
      const ended = lines.at(-1) === '' && lines.length > 1 ? mime : `${mime}\r\n`;
      expect(received(mime)).toEqual(Buffer.from(ended));
    }),
  );
});

test('eightBit says exactly whether an octet is above 127', () => {
  fc.assert(
    fc.property(fc.oneof(text, fc.string({unit: 'binary-ascii'})), mime => {
      const {wire, size, eightBit} = contentOf(mime);
      expect(eightBit).toBe(wire.some(octet => octet > 127));
      expect(size).toBe(received(mime).length);
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
