// What was checked, as text for a terminal and as a document.

import type {Paint} from '../terminal/paint.ts';
import {countOf, printable, shortened} from '../terminal/printable.ts';
import {wrapped} from '../terminal/wrapped.ts';
import type {Verdict} from './check.ts';
import type {Checked} from './checked.ts';

const colours = {ok: 'green', warning: 'yellow', problem: 'red', unknown: 'cyan'} as const;
const leastColumns = 40;
const mostColumns = 120;
/** Words of others can be long. */
const longestText = 800;

export function reportLines(
  checked: readonly Checked[],
  {columns, paint}: {readonly columns: number; readonly paint: Paint},
): readonly string[] {
  const width = Math.min(Math.max(columns, leastColumns), mostColumns);
  return [...checked.flatMap(each => checkLines(each, width, paint)), '', summaryOf(checked)];
}

const verdictWidth = 'problem'.length + 2;
const nameWidth = 'settings-reads'.length + 2;

function checkLines(
  {check, verdict, text, todo = []}: Checked,
  width: number,
  paint: Paint,
): readonly string[] {
  const indent = verdictWidth + nameWidth;
  const [first = '', ...rest] = wrapped(shortened(printable(text), longestText), width, indent);
  const head = paint(verdict.padEnd(verdictWidth), colours[verdict]) + check.padEnd(nameWidth);
  // What is to be typed is one line, to be copied.
  const things = todo.map(each => `${' '.repeat(indent)}> ${shortened(printable(each), longestText)}`);
  return [`${head}${first.trimStart()}`, ...rest, ...things];
}

const counted = (checked: readonly Checked[], verdict: Verdict): number =>
  checked.filter(each => each.verdict === verdict).length;

const summaryOf = (checked: readonly Checked[]): string =>
  `${countOf(counted(checked, 'problem'), 'problem')}, ${countOf(counted(checked, 'warning'), 'warning')}, ` +
  `${counted(checked, 'unknown')} unknown, ${counted(checked, 'ok')} ok`;

export const documentOf = (checked: readonly Checked[]) => ({
  checks: checked.map(({check, verdict, text, todo = []}) => ({check, verdict, text, todo})),
  problems: counted(checked, 'problem'),
  warnings: counted(checked, 'warning'),
  unknown: counted(checked, 'unknown'),
});
