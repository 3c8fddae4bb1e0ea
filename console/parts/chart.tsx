// One quantity over time, drawn small: bars for what is counted, lines for what is measured.

import {useEffect, useRef, useState} from 'preact/hooks';
import uPlot from 'uplot';
import {useTheme} from '../app/theme.ts';
import type {Numbers} from '../data/documents.ts';
import {Time} from './time.tsx';

export type Colour = '--accent' | '--good' | '--warn' | '--bad' | '--ink-2';

interface Line {
  readonly name: string;
  readonly values: Numbers;
  readonly colour: Colour;
  readonly isDashed?: boolean;
}

interface Props {
  readonly title: string;
  /** The number that is large: what all of it comes to. */
  readonly headline: string;
  readonly note?: string;
  readonly times: readonly number[];
  readonly lines: readonly Line[];
  readonly kind: 'bars' | 'lines';
  /** Half a one makes no sense. */
  readonly isWhole?: boolean;
  readonly textOf: (value: number) => string;
}

const height = 84;
/** All charts of the page show the same time under the pointer. */
const sync = uPlot.sync('console');

const colourOf = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name);

const clockOf = (seconds: number): string =>
  new Date(seconds * 1000).toLocaleTimeString('en-GB', {hour: '2-digit', minute: '2-digit'});

export function Chart({title, headline, note, times, lines, kind, isWhole = kind === 'bars', textOf}: Props) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const [at, setAt] = useState<number | null>(null);
  const theme = useTheme();
  const shape = lines.map(({name, colour}) => name + colour).join();

  useEffect(() => {
    const element = place.current!;
    const options = optionsOf({lines, kind, isWhole, textOf, width: element.clientWidth}, setAt);
    const made = new uPlot(options, dataOf(times, lines), element);
    plot.current = made;
    const resize = new ResizeObserver(() => made.setSize({width: element.clientWidth, height}));
    resize.observe(element);
    return () => {
      resize.disconnect();
      made.destroy();
    };
  }, [theme, shape, kind]);
  useEffect(() => plot.current?.setData(dataOf(times, lines)), [times, lines]);

  const shown = at === null ? undefined : lines.map(({values}) => values[at]);
  const isEmpty = lines.every(({values}) => values.every(value => value === null));
  return (
    <figure class="chart">
      <figcaption>
        <span class="chart-title">{title}</span>
        <strong>{headline}</strong>
        <span class="chart-note">
          {shown && at !== null ? (
            <>
              <Time ms={times[at]! * 1000} />{' '}
              {lines
                .map(({name}, each) => {
                  const value = shown[each];
                  const text = value === null || value === undefined ? '–' : textOf(value);
                  return lines.length > 1 ? `${name} ${text}` : text;
                })
                .join(', ')}
            </>
          ) : (
            note
          )}
        </span>
      </figcaption>
      <div class="plot" ref={place} role="img" aria-label={`${title}: ${headline}${note ? `, ${note}` : ''}`}>
        {isEmpty && <span class="no-data">no data</span>}
      </div>
    </figure>
  );
}

const dataOf = (times: readonly number[], lines: readonly Line[]): uPlot.AlignedData =>
  [[...times], ...lines.map(({values}) => [...values])] as uPlot.AlignedData;

interface Drawing extends Pick<Props, 'lines' | 'kind' | 'textOf'> {
  readonly isWhole: boolean;
  readonly width: number;
}

function optionsOf(
  {lines, kind, isWhole, textOf, width}: Drawing,
  onCursor: (index: number | null) => void,
): uPlot.Options {
  const [grid, ink] = [colourOf('--line'), colourOf('--ink-3')];
  const font = `11px ${getComputedStyle(document.body).fontFamily}`;
  const axis = {stroke: ink, font, grid: {stroke: grid, width: 1}, ticks: {show: false}};
  return {
    width,
    height,
    padding: [6, 14, 0, 0],
    legend: {show: false},
    cursor: {sync: {key: sync.key}, y: false, drag: {x: false, y: false}, points: {size: 5}},
    scales: {
      y: {range: (_, _min, max) => [0, max > 0 ? max * 1.08 : 1]},
    },
    axes: [
      {...axis, size: 20, space: 56, gap: 2, values: (_, splits) => splits.map(clockOf)},
      {
        ...axis,
        size: 44,
        space: 22,
        gap: 4,
        incrs: isWhole ? wholeSteps : anySteps,
        // Where zero is, the time begins to be written.
        values: (_, splits) => splits.map(value => (value === 0 ? '' : textOf(value))),
      },
    ],
    series: [
      {},
      ...lines.map(({name, colour, isDashed}): uPlot.Series => {
        const stroke = colourOf(colour);
        const common = {label: name, stroke, width: 1.5};
        if (kind === 'lines')
          return {
            ...common,
            ...(isDashed && {dash: [4, 3]}),
            spanGaps: false,
            points: {show: true, size: 5, filter: aloneIn},
          };
        return {
          ...common,
          width: 0,
          fill: stroke,
          points: {show: false},
          paths: uPlot.paths.bars!({size: [0.8, 12, 1]}),
        };
      }),
    ],
    hooks: {setCursor: [({cursor}) => onCursor(cursor.idx ?? null)]},
  };
}

/** A value without a neighbour has no line: it is a point. */
function aloneIn(plot: uPlot, series: number): number[] {
  const values = plot.data[series]!;
  const isThere = (at: number) => values[at] !== null && values[at] !== undefined;
  return [...values.keys()].filter(at => isThere(at) && !isThere(at - 1) && !isThere(at + 1));
}

const powers = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
/** Nothing happens half a time. */
const wholeSteps = powers.flatMap(power => [1, 2, 5].map(digit => digit * 10 ** power));
const anySteps = [...powers.flatMap(power => [1, 2, 5].map(digit => digit * 10 ** (power - 3)))];
