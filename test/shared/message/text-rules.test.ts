import {describe, expect, test} from 'vitest';
import {arrival, bodyWith, parse, refusalOf} from '../../samples/messages.ts';

describe('a strict text', () => {
  const strict = (mime: string, properties: Record<string, unknown> = {strict: true}, rule = false) =>
    parse(bodyWith({mime, ...properties}), arrival, {mqHeaders: 'obeyed', strict: rule});
  const long = 'ü'.repeat(500);

  test.each([
    ['A: 1\n\nb', 'has line ends other than CRLF: line 1, 2'],
    ['A: 1\r\n\r\nb\rc', 'has line ends other than CRLF: line 3'],
    ['A: 1\r\r\n\r\n', 'has line ends other than CRLF: line 1'],
    ['\n'.repeat(9), 'has line ends other than CRLF: line 1, 2, 3, 4, 5 and 4 more'],
    [`A: ${long}\r\n\r\n${long}`, 'has lines of more than 998 octets: line 1, 3'],
  ])('%.20j', (mime, problem) => {
    expect(refusalOf(strict(mime)).problems).toEqual([{path: 'mime', problem}]);
    expect(strict(mime, {}, true).ok).toBe(false);
    expect(strict(mime, {}, false).ok).toBe(true);
    expect(strict(mime, {strict: false}, true).ok).toBe(true);
  });

  test('has CRLF, and lines of at most 998 octets', () => {
    expect(strict(`A: 1\r\n\r\n${'ü'.repeat(499)}\r\n${'a'.repeat(998)}`).ok).toBe(true);
  });
});
