// Bars as SVG. It knows numbers and labels, not what they mean. Pure.

interface Bar {
  readonly label: string;
  /** One part, or several, stacked. */
  readonly parts: readonly {readonly value: number; readonly series: number}[];
  /** Written at the end of the bar. */
  readonly text: string;
}

export interface Chart {
  readonly title: string;
  readonly groups: readonly {readonly label: string; readonly bars: readonly Bar[]}[];
  /** Names of the series; absent where the labels of the bars say enough. */
  readonly legend?: readonly string[];
  /** A line across, at this value. */
  readonly mark?: {readonly value: number; readonly label: string};
}

const width = 860;
const left = 250;
const right = 110;
const barHeight = 15;
const gap = 4;
// The colours of Okabe and Ito, which everyone can tell apart.
const colours = [
  '#0072b2',
  '#56b4e9',
  '#e69f00',
  '#009e73',
  '#cc79a7',
  '#d55e00',
  '#f0e442',
  '#999999',
  '#004d7a',
  '#8c6100',
  '#00654a',
  '#7d4b67',
];

export function svgOf(charts: readonly Chart[]): string {
  const titles = charts.map(({title}) => title).join('; ');
  let top = 12;
  const drawn: string[] = [];
  for (const chart of charts) {
    const {body, height} = drawnChart(chart, top);
    drawn.push(body);
    top += height + 28;
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${top}" font-family="sans-serif" font-size="12">`,
    `<title>${escaped(titles)}</title>`,
    `<rect width="${width}" height="${top}" fill="#ffffff"/>`,
    ...drawn,
    '</svg>',
    '',
  ].join('\n');
}

function drawnChart({title, groups, legend = [], mark}: Chart, top: number): {body: string; height: number} {
  const sums = groups.flatMap(({bars}) =>
    bars.map(({parts}) => parts.reduce((sum, {value}) => sum + value, 0)),
  );
  const most = Math.max(mark?.value ?? 0, ...sums, Number.MIN_VALUE);
  const x = (value: number) => round(left + (value / most) * (width - left - right));
  const out = [text(12, top + 14, title, 'font-size="15" font-weight="bold"')];
  let y = top + 30;
  for (const [index, name] of legend.entries()) {
    const [column, row] = [index % 3, Math.floor(index / 3)];
    out.push(
      rect([12 + column * 280, y + row * 18], [11, 11], index),
      text(28 + column * 280, y + row * 18 + 10, name),
    );
  }
  y += Math.ceil(legend.length / 3) * 18 + (legend.length > 0 ? 6 : 0);
  const firstY = y;
  const marked = out.length;
  for (const {label, bars} of groups) {
    out.push(text(12, y + 12, label, 'font-weight="bold"'));
    y += 20;
    for (const bar of bars) {
      out.push(text(left - 8, y + 12, bar.label, 'text-anchor="end"'));
      let sum = 0;
      for (const {value, series} of bar.parts) {
        const start = x(sum);
        sum += value;
        out.push(rect([start, y], [round(x(sum) - start), barHeight], series));
      }
      out.push(text(x(sum) + 6, y + 12, bar.text, halo));
      y += barHeight + gap;
    }
    y += 8;
  }
  if (mark !== undefined) {
    const at = x(mark.value);
    // Drawn first, so that it is behind the bars and their texts.
    const line = [
      `<line x1="${at}" y1="${firstY + 14}" x2="${at}" y2="${y - 6}" stroke="#444444" stroke-dasharray="4 3"/>`,
      text(at, firstY + 10, mark.label, 'text-anchor="middle" fill="#444444"'),
    ];
    out.splice(marked, 0, ...line);
  }
  return {body: out.join('\n'), height: y - top};
}

/** Keeps a text readable across a line. */
const halo = 'paint-order="stroke" stroke="#ffffff" stroke-width="4"';

const round = (value: number): number => Math.round(10 * value) / 10;

const rect = ([x, y]: readonly [number, number], [w, h]: readonly [number, number], series: number): string =>
  `<rect x="${x}" y="${y}" width="${w}" height="${h}" fill="${colours[series % colours.length]}"/>`;

const text = (x: number, y: number, content: string, attributes = ''): string =>
  `<text x="${x}" y="${y}" ${attributes}>${escaped(content)}</text>`;

const escaped = (content: string): string =>
  content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
