// `relayq suppress list`: what the list says of somebody, or what is in it.

import type {SuppressionEntry} from '../../shared/delivery/suppression/entry.ts';
import type {Act, ExitStatus} from '../command/command.ts';
import type {Context} from '../command/context.ts';
import {UsageError} from '../command/problems.ts';
import {countOf} from '../terminal/printable.ts';
import {type FilterOptions, isFiltered, isMeant} from './entry-filter.ts';
import {entryDocument, entryLines} from './entry-text.ts';
import {lookUp} from './look-up.ts';
import {type StageStanding, standingOf, tellIfOff} from './standing.ts';
import {keysIn} from './subjects.ts';
import {SuppressionList} from './suppression-list.ts';

interface ListOptions extends FilterOptions {
  readonly limit: number;
}

export const list: Act<[readonly string[], ListOptions]> = async (context, texts, options) => {
  if (texts.length > 0 && isFiltered(options)) throw new UsageError('either names or options choose entries');
  const standing = await standingOf(context);
  const {terminal} = context;
  tellIfOff(context, standing.settings);
  if (texts.length > 0) return say(context, texts, standing);
  const {entries, isAll} = await some(context, options);
  show(context, entries, standing, {complete: isAll});
  if (entries.length === 0) terminal.tell('there are no such entries');
  if (!isAll) terminal.tell(`there are more than ${countOf(options.limit, 'entry', 'entries')}: see --limit`);
  return 0;
};

async function say(context: Context, texts: readonly string[], standing: StageStanding): Promise<ExitStatus> {
  const {entries, suppressed, free} = await lookUp(context, keysIn(texts), standing);
  show(context, entries, standing, {suppressed, free});
  for (const key of free) context.terminal.tell(`${key} is not suppressed`);
  return 0;
}

async function some(context: Context, options: ListOptions) {
  const entries: SuppressionEntry[] = [];
  for await (const page of new SuppressionList(context).pages()) {
    entries.push(...page.filter(entry => isMeant(entry, options)));
    if (entries.length > options.limit) return {entries: entries.slice(0, options.limit), isAll: false};
  }
  return {entries, isAll: true};
}

function show(
  {terminal, json, stage, local}: Context,
  entries: readonly SuppressionEntry[],
  standing: StageStanding,
  more: Readonly<Record<string, unknown>>,
): void {
  if (!json) {
    for (const line of entryLines(entries, standing, local)) terminal.say(line);
    return;
  }
  const {isOn, after} = standing.settings;
  const documents = entries.map(entry => entryDocument(entry, standing));
  terminal.say(JSON.stringify({version: 1, stage, on: isOn, after, entries: documents, ...more}));
}
