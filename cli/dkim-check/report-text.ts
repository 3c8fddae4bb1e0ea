// A check as text for a terminal of so many columns.

import type {Paint} from '../terminal/paint.ts';
import {wrapped} from '../terminal/wrapped.ts';
import {type Finding, type Section, type Subject, zoneLineOf} from './finding.ts';

export const titles: Readonly<Record<Subject, string>> = {
  dkim: 'DKIM',
  spf: 'SPF',
  dmarc: 'DMARC',
  addresses: 'Addresses',
  unsubscribe: 'One-click unsubscribe',
};

const leastColumns = 40;
const mostColumns = 160;
const colours = {good: 'green', bad: 'red', hint: 'yellow'} as const;
/** Behind `  good  `. */
const indent = 8;

export function reportLines(
  sections: readonly Section[],
  {columns, paint}: {readonly columns: number; readonly paint: Paint},
): readonly string[] {
  const width = Math.min(Math.max(columns, leastColumns), mostColumns);
  return sections.flatMap(({subject, findings, drawing = []}) => [
    paint(titles[subject], 'bold'),
    ...findings.flatMap(finding => findingLines(finding, width, paint)),
    ...(drawing.length > 0 ? ['', ...drawing.map(line => `${' '.repeat(indent)}${line}`)] : []),
    '',
  ]);
}

function findingLines({grade, what, is, publish}: Finding, width: number, paint: Paint): readonly string[] {
  const [first = '', ...rest] = wrapped(`${what}: ${is}`, width, indent);
  return [
    `  ${paint(grade.padEnd(4), colours[grade])}  ${first.trimStart()}`,
    ...rest,
    // In one piece, so that it can be copied.
    ...(publish === undefined ? [] : [`${' '.repeat(indent)}publish: ${zoneLineOf(publish)}`]),
  ];
}
