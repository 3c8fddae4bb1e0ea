// `relayq suppress import`: a list that another system has made. What is wrong with a row is told, and costs that row alone.

import type {Act} from '../command/command.ts';
import type {Context} from '../command/context.ts';
import {UsageError} from '../command/problems.ts';
import {countOf, printable} from '../terminal/printable.ts';
import {type CsvProblem, csvRows} from './csv/csv-rows.ts';
import {entryIn, formNames, type Reading, readingOf} from './csv/list-form.ts';
import {ListImport} from './list-import.ts';
import {octetsIn} from './octets.ts';
import {type StageStanding, standingOf, tellIfOff} from './standing.ts';
import {SuppressionList} from './suppression-list.ts';

interface ImportOptions {
  readonly dryRun?: boolean;
}

/** What came of the rows so far. */
interface Tally {
  form: string | undefined;
  rows: number;
  wrong: number;
  /** The first of what is wrong. */
  readonly problems: CsvProblem[];
}

const mostTold = 100;
const tellEveryMs = 5_000;

export const importList: Act<[string, ImportOptions]> = async (context, path, {dryRun}) => {
  const {terminal, json, stage, mayChange} = context;
  const isDry = dryRun === true;
  const standing = await standingOf(context);
  if (!isDry)
    await mayChange(`suppress all addresses in ${path === '-' ? 'stdin' : printable(path)}`, 'destructive');
  const tally: Tally = {form: undefined, rows: 0, wrong: 0, problems: []};
  const into = new ListImport({list: new SuppressionList(context), standing, isDry});
  try {
    await readInto(into, context, {path, standing, tally});
  } catch (error) {
    if (error instanceof UsageError || tally.rows === 0) throw error;
    const {message} = error as Error;
    const done = countOf(into.counts.added, 'entry', 'entries');
    throw new Error(`${message}; ${done} added: type the same again to go on`, {cause: error});
  } finally {
    await into.settled();
  }
  const {problems, wrong, ...read} = tally;
  const omitted = wrong - problems.length;
  if (json) {
    const told = {...read, ...into.counts, wrong, problems, omitted, dryRun: isDry};
    terminal.say(JSON.stringify({version: 1, stage, ...told}));
  } else {
    if (omitted > 0) terminal.tell(`… and ${countOf(omitted, 'row')} more that are wrong`);
    terminal.say(summaryOf(tally, into.counts, isDry));
  }
  if (!isDry) tellIfOff(context, standing.settings);
  return wrong === 0 ? 0 : 1;
};

function summaryOf(
  {form, rows, wrong}: Tally,
  {added, there, repeated}: ListImport['counts'],
  isDry: boolean,
): string {
  const parts = [
    `${countOf(added, 'entry', 'entries')} ${isDry ? 'would be added' : 'added'}`,
    `${there.toLocaleString('en')} suppressed already`,
    ...(repeated > 0 ? [`${repeated.toLocaleString('en')} repeated`] : []),
    `${wrong.toLocaleString('en')} wrong`,
  ];
  return `${countOf(rows, 'row')} of the form ${form}: ${parts.join(', ')}`;
}

interface Source {
  readonly path: string;
  readonly standing: StageStanding;
  readonly tally: Tally;
}

async function readInto(into: ListImport, context: Context, {path, standing, tally}: Source): Promise<void> {
  const {terminal, signal, now, json} = context;
  let reading: Reading | undefined;
  let toldMs = now();
  const complain = (problem: CsvProblem) => {
    tally.wrong += 1;
    if (tally.problems.length >= mostTold) return;
    tally.problems.push(problem);
    if (!json) terminal.tell(printable(`line ${problem.line} ${problem.problem}`));
  };
  for await (const row of csvRows(octetsIn(path, signal))) {
    if (reading === undefined) {
      reading = 'fields' in row ? readingOf(row.fields) : undefined;
      if (reading === undefined) throw new UsageError(unknownForm(path));
      tally.form = reading.form.name;
      if (reading.hasHeader) continue;
    }
    tally.rows += 1;
    const parsed =
      'fields' in row ? entryIn(row.fields, reading, standing.nowMs) : {ok: false as const, ...row};
    if (parsed.ok) await into.add(parsed.value);
    else complain({line: row.line, problem: parsed.problem});
    if (now() - toldMs < tellEveryMs) continue;
    toldMs = now();
    terminal.tell(`${countOf(tally.rows, 'row')} read`);
  }
  if (reading === undefined) throw new UsageError(`${path}: there are no rows`);
  await into.finish();
}

const unknownForm = (path: string): string =>
  `${path}: its first line is of no form that is known: ${formNames.join(', ')} (docs/suppression.md)`;
