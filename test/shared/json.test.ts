import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {
  bodyOf,
  isJsonObject,
  type JsonObject,
  octetsOf,
  omit,
  parseJson,
  plainNumbers,
  surveyOf,
} from '../../shared/json.ts';

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
  // V8's JSON.parse takes a name that has an escape for one that ends in a backslash, where an object that it has parsed
  // before had that one in the same place: no name here ends in one.
  const name = text.map(each => `${each}.`);
  fc.assert(
    fc.property(fc.dictionary(name, text), value => {
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

const inexact = [
  '9007199254740993',
  '123456789012345678901234567890',
  '-0',
  '-0.0',
  '1.10',
  '1.0',
  '1e20',
  '1E5',
  '1E400',
  '-1e400',
  '1e-400',
  '0.1000000000000000055',
  '2.5e+3',
];

describe('numbers that JavaScript would write otherwise', () => {
  test.each(inexact)('%s stays as it is written', number => {
    const text = `{"a":${number},"b":[[${number}],"${number}",1.5,true]}`;
    expect(surveyOf(text)).toEqual({depth: 3, exact: false});
    expect(JSON.stringify(parseJson(text))).toBe(text);
    expect(isJsonObject((parseJson(text) as JsonObject).a)).toBe(false);
    expect(plainNumbers(parseJson(text))).toEqual(JSON.parse(text));
  });

  test('of those that it writes the same nothing is made', () => {
    const text =
      '{"a":[0,-1,1.5,9007199254740991,1e+21,5e-324],"b":{"c":"1.10 \\" -0","true":[true,false,null]}}';
    expect(surveyOf(text)).toEqual({depth: 3, exact: true});
    expect(parseJson(text)).toEqual(JSON.parse(text));
    expect(JSON.stringify(parseJson(text))).toBe(text);
  });

  test('any JSON text is read as JSON.parse reads it, but for its numbers, and written as it was', () => {
    const number = fc.oneof(
      fc.constantFrom(...inexact),
      fc.double({noNaN: true, noDefaultInfinity: true}).map(String),
    );
    const {json} = fc.letrec<{json: string}>(tie => ({
      json: fc.oneof(
        {maxDepth: 4},
        number,
        fc.string({unit: 'binary'}).map(text => JSON.stringify(text)),
        fc.constantFrom('true', 'false', 'null', '"\\\\"', '"\\""'),
        fc.array(tie('json')).map(items => `[${items.join(',')}]`),
        fc
          .uniqueArray(fc.tuple(fc.oneof(fc.string(), fc.constant('__proto__')), tie('json')), {
            selector: ([name]) => name,
          })
          // Names that are numbers come first in an object of JavaScript.
          .map(
            members =>
              `{${members.map(([name, value]) => `${JSON.stringify(`_${name}`)}:${value}`).join(',')}}`,
          ),
      ),
    }));
    fc.assert(
      fc.property(json, text => {
        expect(JSON.stringify(parseJson(text))).toBe(text);
        expect(plainNumbers(parseJson(text))).toEqual(JSON.parse(text));
      }),
      {numRuns: 500},
    );
  });

  test('a name that is there twice counts the second time, __proto__ is a name like others', () => {
    const value = parseJson('{"a":1e400,"a":1.10,"__proto__":{"b":1.0}}') as JsonObject;
    expect(JSON.stringify(value)).toBe('{"a":1.10,"__proto__":{"b":1.0}}');
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });
});

test.each([
  ['1', 0],
  ['"[[["', 0],
  ['"\\"[["', 0],
  ['"\\\\"', 0],
  ['["\\\\", [1]]', 2],
  ['{"a": [{"[": "]"}], "b": {}}', 3],
  ['['.repeat(100_000), 100_000],
  ['['.repeat(50_000) + ']'.repeat(50_000), 50_000],
])('%.20s… is nested %i deep', (text, depth) => {
  expect(surveyOf(text).depth).toBe(depth);
});
