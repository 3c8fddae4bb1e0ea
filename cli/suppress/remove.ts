// `relayq suppress remove`: entries by name, or all that options choose. Whoever releases many sees before how many they are.

import type {Act, ExitStatus} from '../command/command.ts';
import type {Context} from '../command/context.ts';
import {UsageError} from '../command/problems.ts';
import {countOf} from '../terminal/printable.ts';
import {type FilterOptions, isFiltered, isMeant} from './entry-filter.ts';
import {keysIn} from './subjects.ts';
import {SuppressionList} from './suppression-list.ts';

interface RemoveOptions extends FilterOptions {
  readonly dryRun?: boolean;
}

export const remove: Act<[readonly string[], RemoveOptions]> = async (context, texts, options) => {
  if (texts.length > 0 === isFiltered(options))
    throw new UsageError('addresses and domains are wanted, or options that choose entries');
  return texts.length > 0 ? removeNamed(context, keysIn(texts), options) : release(context, options);
};

async function removeNamed(
  context: Context,
  keys: readonly string[],
  {dryRun}: RemoveOptions,
): Promise<ExitStatus> {
  const {terminal, json, stage, mayChange} = context;
  const list = new SuppressionList(context);
  const there = await list.get(keys);
  const [removed, missing] = [keys.filter(key => there.has(key)), keys.filter(key => !there.has(key))];
  if (dryRun !== true && removed.length > 0) {
    await mayChange(`remove ${entriesText(removed.length)} from the suppression list`, 'destructive');
    await list.remove(removed);
  }
  if (json)
    terminal.say(
      JSON.stringify({
        version: 1,
        stage,
        removed: removed.length,
        keys: removed,
        missing,
        dryRun: dryRun === true,
      }),
    );
  else for (const key of removed) terminal.say(`${key} ${dryRun === true ? 'would be' : 'is'} removed`);
  for (const key of missing) terminal.tell(`${key} is not in the list`);
  return missing.length === 0 ? 0 : 1;
}

async function release(context: Context, options: RemoveOptions): Promise<ExitStatus> {
  const {terminal, json, stage, mayChange} = context;
  const list = new SuppressionList(context);
  // What comes meanwhile was not counted, and is not removed.
  const chosen = {...options, until: Math.min(options.until ?? Number.POSITIVE_INFINITY, context.now())};
  let count = 0;
  for await (const page of list.pages()) count += page.filter(entry => isMeant(entry, chosen)).length;
  const isDry = options.dryRun === true;
  if (!json) terminal.tell(`${entriesText(count)} ${isDry || count === 0 ? 'would be' : 'will be'} removed`);
  let removed = 0;
  if (!isDry && count > 0) {
    await mayChange(`remove ${entriesText(count)} from the suppression list`, 'destructive');
    for await (const page of list.pages()) {
      const keys = page.filter(entry => isMeant(entry, chosen)).map(({who}) => who);
      await list.remove(keys);
      removed += keys.length;
    }
  }
  if (json) terminal.say(JSON.stringify({version: 1, stage, matching: count, removed, dryRun: isDry}));
  else if (removed > 0) terminal.say(`${entriesText(removed)} removed`);
  return 0;
}

const entriesText = (count: number): string => countOf(count, 'entry', 'entries');
