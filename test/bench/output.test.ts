import {describe, expect, it} from 'vitest';
import {svgOf} from '../../bench/svg.ts';
import {markdownTable, numberText, textTable} from '../../bench/table.ts';

describe('tables', () => {
  const table = {
    title: 'Speed',
    head: ['', 'messages/s', 'note'],
    rows: [
      ['relayq', '12,345', 'a|b'],
      ['other', '9.5 ×', ''],
    ],
    notes: ['of one run'],
  };

  it('align numbers on a terminal', () => {
    expect(textTable(table)).toBe(
      [
        'Speed',
        '',
        '        messages/s  note',
        '──────  ──────────  ────',
        'relayq      12,345  a|b',
        'other        9.5 ×',
        '  of one run',
        '',
      ].join('\n'),
    );
  });

  it('are valid Markdown, whatever is in a cell', () => {
    expect(markdownTable(table)).toBe(
      [
        '|  | messages/s | note |',
        '| --- | ---: | --- |',
        '| relayq | 12,345 | a\\|b |',
        '| other | 9.5 × |  |',
        '',
        'of one run',
        '',
      ].join('\n'),
    );
  });

  it('show a dash where nothing was measured', () => {
    expect([
      numberText(undefined),
      numberText(Number.NaN),
      numberText(1234.56, 0),
      numberText(0.5, 2),
    ]).toEqual(['–', '–', '1,235', '0.50']);
  });
});

describe('charts', () => {
  const bar = (label: string, ...values: number[]) => ({
    label,
    parts: values.map((value, series) => ({value, series})),
    text: `${label}!`,
  });
  const rectangles = (svg: string) =>
    [...svg.matchAll(/<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="15"/g)].map(
      ([, x, y, width]) => ({
        x: Number(x),
        y: Number(y),
        width: Number(width),
      }),
    );

  it('draw bars as long as their values, parts end to end, one bar below the other', () => {
    const svg = svgOf([{title: 'T', groups: [{label: 'g', bars: [bar('a', 1, 3), bar('b', 2)]}]}]);
    const [first, second, other] = rectangles(svg);
    expect(second!.width / first!.width).toBeCloseTo(3, 1);
    expect(second!.x).toBeCloseTo(first!.x + first!.width, 1);
    expect(other!.width / first!.width).toBeCloseTo(2, 1);
    expect(other!.y).toBeGreaterThan(first!.y);
  });

  it('are XML whatever the labels are, with room for all charts', () => {
    const chart = {
      title: 'a < b & c',
      groups: [{label: 'g', bars: [bar('<x>', 0)]}],
      legend: ['s > t'],
      mark: {value: 1, label: 'pool'},
    };
    const [one, two] = [svgOf([chart]), svgOf([chart, chart])];
    expect(one).toContain('a &lt; b &amp; c');
    expect(one).toContain('&lt;x&gt;');
    expect(one).not.toMatch(/NaN|Infinity|undefined/);
    const height = (svg: string) => Number(/viewBox="0 0 860 ([\d.]+)"/.exec(svg)![1]);
    expect(height(two)).toBeGreaterThan(1.7 * height(one));
    expect(svgOf([])).toMatch(/^<svg[\s\S]*<\/svg>\n$/);
  });
});
