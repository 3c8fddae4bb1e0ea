// Whatever a stranger writes, reading it takes time in proportion to its length: the cost of each parser for ten times
// the text is compared with that for the text, in CPU time of this process, which a busy machine does not change.

import {describe, expect, test} from 'vitest';
import {growthOf, linear} from '../growth.ts';
import {repeated, rows} from './growth-rows.ts';
import {masked, secretRows} from './growth-secret-rows.ts';

const growthOfReading = (
  read: (text: string) => unknown,
  textOf: (length: number) => string,
  size = 10_000,
) =>
  growthOf(
    length => {
      const text = textOf(length);
      return () => read(text);
    },
    size,
    40_000,
  );

describe('ten times the text costs far less than forty times the CPU time', () => {
  test.each(rows)('%s', (_, read, textOf) => {
    expect(growthOfReading(read, textOf)).toBeLessThan(linear);
  });

  test.each(secretRows)('secrets: %s', (_, textOf) => {
    expect(growthOfReading(masked, textOf)).toBeLessThan(linear);
  });

  test('as it would be seen', () => {
    const quadratic = (text: string) => {
      let found = 0;
      for (let at = 0; at < text.length; at += 4) found += text.indexOf('b', at);
      return found;
    };
    expect(growthOfReading(quadratic, repeated('a'), 1_000)).toBeGreaterThan(40);
  });
});
