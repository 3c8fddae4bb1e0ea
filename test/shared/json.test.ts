import fc from 'fast-check';
import {expect, test} from 'vitest';
import {bodyOf, isJsonObject, octetsOf, omit} from '../../shared/json.ts';

test.each([
  ['\ufffe', '"\\ufffe"'],
  ['\uffff', '"\\uffff"'],
  ['\ufffd€😀', '"\ufffd€😀"'],
  ['\ud800', '"\\ud800"'],
  ['\u0000\u001f\u007f', '"\\u0000\\u001f\u007f"'],
])('the body of %j holds only what SQS takes', (text, body) => {
  expect(bodyOf(text)).toBe(body);
});

test('any value’s body is made of characters that SQS takes, and reads back as the value', () => {
  const text = fc.string({
    unit: fc.oneof(
      fc.integer({min: 0, max: 0xffff}).map(unit => String.fromCharCode(unit)),
      fc.constantFrom('\ufffe', '\uffff', '\\', '"'),
    ),
  });
  fc.assert(
    fc.property(fc.dictionary(text, text), value => {
      const body = bodyOf(value);
      // SendMessage, MessageBody: #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF
      expect(body).toMatch(/^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u);
      expect(JSON.parse(body)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
    {numRuns: 500},
  );
});

test('octets are UTF-8’s', () => {
  expect(['a', 'ü', '€', '😀'].map(octetsOf)).toEqual([1, 2, 3, 4]);
});

test('only an object is a JSON object, and omit leaves the rest of it', () => {
  expect([{}, [], null, 'x', 1, undefined].map(isJsonObject)).toEqual([
    true,
    false,
    false,
    false,
    false,
    false,
  ]);
  expect(omit({a: 1, b: 2, c: 3}, ['a', 'c', 'd'])).toEqual({b: 2});
});
