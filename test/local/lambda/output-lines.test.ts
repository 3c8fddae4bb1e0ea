import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {maximumLineOctets, OutputLines} from '../../../local/lambda/output-lines.ts';

function linesOf(...chunks: readonly Buffer[]): string[] {
  const lines: string[] = [];
  const output = new OutputLines(line => lines.push(line));
  for (const chunk of chunks) output.write(chunk);
  output.flush();
  return lines;
}

describe('the lines of an output', () => {
  it('are the same, whatever pieces it comes in', () => {
    const line = fc.string({unit: 'grapheme'}).map(text => text.replaceAll(/[\r\n]/g, ''));
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.nat(200)), (lines, cuts) => {
        const octets = Buffer.from(lines.map(each => `${each}\n`).join(''));
        const ends = [...cuts, octets.length].sort((a, b) => a - b);
        expect(linesOf(...ends.map((end, index) => octets.subarray(ends[index - 1] ?? 0, end)))).toEqual(
          lines,
        );
      }),
    );
  });

  it('end with a line feed, with a carriage return before it, or with the output', () => {
    expect(linesOf(Buffer.from('one\r\ntwo\n\nthree'))).toEqual(['one', 'two', '', 'three']);
  });

  it('have carriage returns for their own line feeds on the way', () => {
    expect(linesOf(Buffer.from('one\rtwo\n'))).toEqual(['one\ntwo']);
  });

  it('longer than a log event are cut, never within a character', () => {
    const text = `${'x'.repeat(maximumLineOctets - 1)}🌇${'é'.repeat(maximumLineOctets)}`;
    const octets = Buffer.from(`${text}\nnext\n`);
    const middle = maximumLineOctets + 1;
    const lines = linesOf(octets.subarray(0, middle), octets.subarray(middle));
    expect(lines.map(line => Buffer.byteLength(line))).toEqual([
      maximumLineOctets - 1,
      maximumLineOctets,
      maximumLineOctets,
      4,
      4,
    ]);
    expect(lines.slice(0, -1).join('')).toBe(text);
    expect(linesOf(Buffer.from(`${'x'.repeat(maximumLineOctets)}\n`))).toHaveLength(1);
  });
});
