import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {InvalidFilterPattern, parseFilterPattern} from '../../../local/logs/filter-pattern.ts';

const matches = (pattern: string, message: string) => parseFilterPattern(pattern)(message);

describe('a pattern of terms', () => {
  it.each([
    ['', 'anything', true],
    ['   ', 'anything', true],
    ['ERROR', 'Exiting with ERRORCODE: -1', true],
    ['ERROR', 'an error', false],
    ['ERROR Exception', '[ERROR] Unhandled Exception', true],
    ['ERROR Exception', '[ERROR] Unhandled', false],
    ['-ERROR', 'all is well', true],
    ['-ERROR', 'ERROR', false],
    ['ERROR -Exiting', 'ERROR: Exiting', false],
    ['ERROR -Exiting', 'ERROR: Staying', true],
    ['"try later"', '451 4.7.0 try later', true],
    ['"try later"', 'later, try', false],
    ['-"try later"', '451 4.7.0 try later', false],
    ['?ERROR ?WARN', 'WARN message', true],
    ['?ERROR ?"WARN mess"', 'WARN message', true],
    ['?ERROR ?WARN', 'INFO message', false],
    // Terms with question marks are ignored next to other terms.
    ['?ERROR REQUEST', 'REQUEST', true],
    ['?ERROR -REQUEST', 'well', true],
    ['"\\"fate\\":\\"deferred\\""', '{"fate":"deferred"}', true],
    ['"a\\\\b"', 'a\\b', true],
    ['"[ERROR]"', '[ERROR] no', true],
    ['snake_case 42', '42 snake_case', true],
  ])('%j on %j: %j', (pattern, message, expected) => {
    expect(matches(pattern, message)).toBe(expected);
  });

  it.each([
    ['Status: timeout', ':'],
    ['?Status: timeout', ':'],
    ['(ERROR)', '('],
    ['a.b', '.'],
    ['"open', '"'],
    ['""', '""'],
    ['-', '-'],
    ['Grüße', 'üß'],
    ['"a"b', '"'],
  ])('%j is refused for %j', (pattern, characters) => {
    expect(() => parseFilterPattern(pattern)).toThrow(`Invalid character(s) in term '${characters}'`);
  });

  it('finds any text in quotes', () => {
    const text = fc.string({unit: 'grapheme', minLength: 1}).filter(each => each.trim() !== '');
    fc.assert(
      fc.property(text, fc.string(), fc.string(), (term, before, after) => {
        const pattern = `"${term.replaceAll(/["\\]/g, '\\$&')}"`;
        expect(matches(pattern, before + term + after)).toBe(true);
        expect(matches(`-${pattern}`, before + term + after)).toBe(false);
      }),
    );
  });
});

describe('a JSON pattern', () => {
  const event = JSON.stringify({
    level: 'error',
    code: 451,
    ratio: 0.5,
    text: '451',
    address: '111.111.111.111',
    nothing: null,
    flag: true,
    off: false,
    'dotted.name': 'd',
    'next-hop': 'mx.example.net:25',
    user: {id: 1, email: 'John.Stiles@example.com'},
    users: [{id: 2}, {id: 3}],
    matrix: [[0, 1], [4]],
    wild: 'Ev*ent',
    quote: 'say "hi"',
  });

  it.each([
    ['{ $.level = "error" }', true],
    ['{$.level=error}', true],
    ['{ $.level = "err" }', false],
    ['{ $.level != "warn" }', true],
    ['{ $.level = "err*" }', true],
    ['{ $.level = *or }', true],
    ['{ $.level = *rro* }', true],
    ['{ $.level = "*warn*" }', false],
    ['{ $.level = * }', true],
    ['{ $.address != 123.123.* }', true],
    ['{ $.address = 111.111.* }', true],
    ['{ $.wild = Ev*ent }', true],
    ['{ $.level = e*r }', false],
    ['{ $.quote = "say \\"hi\\"" }', true],
    ['{ $.next-hop = "mx.example.net:25" }', true],
    ["{ $.['dotted.name'] = d }", true],
    ['{ $.code = 451 }', true],
    ['{ $.code = 451.0 }', true],
    ['{ $.code = 4* }', true],
    ['{ $.code = "451" }', true],
    ['{ $.code != 250 }', true],
    ['{ $.code > 450 }', true],
    ['{ $.code > 451 }', false],
    ['{ $.code >= 451 }', true],
    ['{ $.code < +4.52e2 }', true],
    ['{ $.code <= 450 }', false],
    ['{ $.ratio > -1 }', true],
    ['{ $.ratio = .5 }', true],
    ['{ $.text = 451 }', true],
    ['{ $.text > 1 }', false],
    ['{ $.nothing IS NULL }', true],
    ['{ $.level IS NULL }', false],
    ['{ $.absent IS NULL }', false],
    ['{ $.flag IS TRUE }', true],
    ['{ $.flag IS FALSE }', false],
    ['{ $.off IS FALSE }', true],
    ['{ $.absent NOT EXISTS }', true],
    ['{ $.nothing NOT EXISTS }', false],
    ['{ $.toString NOT EXISTS }', true],
    ['{ $.user.id = 1 }', true],
    ['{ $.users[1].id = 3 }', true],
    ['{ $.users[2].id NOT EXISTS }', true],
    ['{ $.matrix[1][0] = 4 }', true],
    ['{ $.level[0] = e }', false],
    // What is neither string nor number, or is missing, is neither equal nor unequal.
    ['{ $.users = 1 }', false],
    ['{ $.users != 1 }', false],
    ['{ $.nothing != 1 }', false],
    ['{ $.flag = true }', false],
    ['{ $.absent != 1 }', false],
    ['{ ($.user.id = 1) && ($.code > 400) }', true],
    ['{ $.user.id = 2 || $.code = 451 && $.level = warn }', false],
    ['{ $.user.id = 1 || $.code = 451 && $.level = warn }', true],
    ['{ ($.user.id = 1 || $.code = 451) && $.level = warn }', false],
    ['{ (($.user.id = 1)) }', true],
  ])('%s: %j', (pattern, expected) => {
    expect(matches(pattern, event)).toBe(expected);
  });

  it('matches no event that is not an object', () => {
    const absent = parseFilterPattern('{ $.absent NOT EXISTS }');
    for (const message of ['', 'text', '{not json', '[1]', 'null', '2026-01-01 {"a":1}'])
      expect(absent(message)).toBe(false);
    expect(absent(' {"a":1}\n')).toBe(true);
  });

  it.each([
    '{ }',
    '{ level = error }',
    '{ $.level }',
    '{ $.level = }',
    '{ $.level == error }',
    '{ $.level = error $.code = 1 }',
    '{ $.level = error && }',
    '{ ($.level = error }',
    '{ $.level < error }',
    '{ $.level < "5" }',
    '{ $.level IS UNKNOWN }',
    '{ $.level = a,b }',
    '{ $ = 1 }',
  ])('%s is refused', pattern => {
    expect(() => parseFilterPattern(pattern)).toThrow(/^Invalid filter pattern$/);
  });

  it('must end with a brace', () => {
    expect(() => parseFilterPattern('{ $.a = 1')).toThrow(
      "If a filter pattern starts with '{' it must end with '}'",
    );
  });
});

it.each(['[a, b = 1]', '%ERR.R%', '{ $.a = %x% }', '{ $.a[*] = 1 }', '{ $.* = 1 }'])(
  'what CloudWatch Logs has and this one has not is refused by name: %s',
  pattern => {
    expect(() => parseFilterPattern(pattern)).toThrow(/^The local CloudWatch Logs has no /);
  },
);

it('any text is a pattern, or is refused as one', () => {
  const piece = fc.oneof(
    fc.string(),
    fc.constantFrom(
      '{',
      '}',
      '$.a',
      ' ',
      '=',
      '"',
      '\\',
      '(',
      ')',
      '&&',
      '||',
      'IS NULL',
      '-',
      '?',
      '*',
      '1',
    ),
  );
  fc.assert(
    fc.property(fc.array(piece), pieces => {
      try {
        expect(parseFilterPattern(pieces.join(''))('{"a":"1"}')).toBeTypeOf('boolean');
      } catch (error) {
        expect(error).toBeInstanceOf(InvalidFilterPattern);
      }
    }),
    {numRuns: 2000},
  );
});
