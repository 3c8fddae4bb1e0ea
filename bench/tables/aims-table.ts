// The aims, met or missed. Pure.

import {aimsOf} from '../aims.ts';
import type {BenchResults} from '../results.ts';
import {numberText, type Table} from '../table.ts';

export function aimsTable(results: BenchResults): readonly Table[] {
  const aims = aimsOf(results);
  if (aims.length === 0) return [];
  const rows = aims.map(({aim, got, most, least, unit, met}) => {
    const wanted =
      least === undefined ? `at most ${numberText(most, 2)}` : `at least ${numberText(least, 2)}`;
    return [
      aim,
      `${wanted} ${unit}`,
      numberText(got, 2),
      met ? 'met' : `missed by ${missedBy(got, most ?? least!)}`,
    ];
  });
  return [{title: 'Aims', head: ['', 'wanted', 'measured', ''], rows}];
}

const missedBy = (got: number, bound: number): string =>
  `${numberText(100 * Math.abs(got / bound - 1), 0)} %`;
