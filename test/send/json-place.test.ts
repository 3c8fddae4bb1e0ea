import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {offsetOfError} from '../../cli/send/json-place.ts';

const jsonLike = fc.string({unit: fc.constantFrom(...'{}[]:,"\\\\ 1-tx\n'), maxLength: 3});

describe('the place where a text stops being JSON', () => {
  it.each([
    ['{"a": x}', 6],
    ['[1, 2,]', 6],
    ['{"a" 1}', 5],
    ['{,}', 1],
    ['[01]', 1],
    ['{"a": "b\nc"}', 6],
    ['{"a": "\\x"}', 6],
    ['{} {}', 3],
    ['[1}', 2],
    ['', 0],
    ['[tru', 1],
  ])('in %j is %i', (text, offset) => {
    expect(offsetOfError(text)).toBe(offset);
  });

  it('is at the end of JSON, and where V8 sees it when V8 says so', () => {
    const edits = fc.record({json: fc.json(), at: fc.nat(), removed: fc.nat(3), insertion: jsonLike});
    fc.assert(
      fc.property(edits, ({json, at, removed, insertion}) => {
        expect(offsetOfError(json)).toBe(json.length);
        const cut = at % (json.length + 1);
        const changed = json.slice(0, cut) + insertion + json.slice(cut + removed);
        const offset = offsetOfError(changed);
        try {
          JSON.parse(changed);
          expect(offset).toBe(changed.length);
        } catch (error) {
          const position = / at position (\d+)/.exec((error as Error).message)?.[1];
          if (position === undefined) return;
          // V8 points into a bad string, number or word; here it is the place where that begins.
          if (/^["\w-]/.test(changed.slice(offset))) expect(offset).toBeLessThanOrEqual(Number(position));
          else expect(offset).toBe(Number(position));
        }
      }),
      {numRuns: 1000},
    );
  });
});
