// The settings of a stage as lines for people, and as a document for programs.

import type {Problem} from '../../shared/parsed.ts';
import type {ListedSetting} from '../../shared/settings/settings-list.ts';
import {brokenOffIn} from '../../shared/settings/writing-order.ts';
import {utcTimeOf} from '../../shared/utc-time.ts';
import type {StoredParameter} from '../aws/parameters.ts';
import {printable, shortened} from '../terminal/printable.ts';
import {valuesOf} from './planned-change.ts';
import {problemText, suggestionFor} from './problem-text.ts';

export interface Finding {
  readonly name: string;
  readonly problem: string;
  readonly suggestion: string | undefined;
}

const brokenOff =
  'says that a change of what belongs to it was broken off: until it is done, functions go on with what they had before, and mail waits where they had nothing. Type the change again';

/** @param problems as the functions see them */
export function findingsOf(
  stored: readonly StoredParameter[],
  problems: readonly Problem[],
): readonly Finding[] {
  const broken = brokenOffIn(valuesOf(stored));
  return problems.map(each => {
    const {path: name} = each;
    const problem = broken.has(name) ? brokenOff : problemText(each).slice(name.length + 1);
    return {name, problem, suggestion: suggestionFor(name)};
  });
}

interface Layout {
  readonly columns: number;
  readonly timeOf: (ms: number) => string;
}

const title = ['SETTING', 'VALUE', 'FROM', 'VERSION', 'SINCE'] as const;

export function settingsLines(
  settings: readonly ListedSetting[],
  findings: readonly Finding[],
  {columns, timeOf}: Layout,
): readonly string[] {
  const rows = settings.map(({name, value = '–', source, isIdle, version, modifiedMs}) => [
    printable(name),
    `${isIdle ? '(does not count) ' : ''}${printable(value)}`,
    source,
    version === undefined ? '' : String(version),
    modifiedMs === undefined ? '' : timeOf(modifiedMs),
  ]);
  const widths = title.map((text, at) => Math.max(text.length, ...rows.map(row => row[at]!.length)));
  const others = widths.reduce((sum, width, at) => (at === 1 ? sum : sum + width + 2), 0);
  widths[1] = Math.min(widths[1]!, Math.max(columns - others, 20));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, at) => shortened(cell, widths[at]!).padEnd(widths[at]!))
      .join('  ')
      .trimEnd();
  return [
    ...[title, ...rows].map(line),
    ...(findings.length > 0 ? [''] : []),
    ...findings.map(({name, problem}) => printable(`${name} ${problem}`)),
  ];
}

/** What `--json` prints. */
export const settingsDocument = (
  stage: string,
  settings: readonly ListedSetting[],
  findings: readonly Finding[],
) => ({
  version: 1,
  stage,
  settings: settings.map(({name, value, source, isHidden, isIdle, version, modifiedMs}) => ({
    name,
    value: isHidden ? null : (value ?? null),
    source,
    counts: !isIdle,
    version: version ?? null,
    since: modifiedMs === undefined ? null : utcTimeOf(modifiedMs),
  })),
  problems: findings.map(({name, problem, suggestion}) => ({name, problem, suggestion: suggestion ?? null})),
});
