// `relayq suppress`: who gets no mail.

import {InvalidArgumentError} from 'commander';
import type {AddCommand} from '../command/command.ts';
import {add} from './add.ts';
import {formNames} from './csv/list-form.ts';
import {withFilter} from './entry-filter.ts';
import {exportList} from './export.ts';
import {importList} from './import.ts';
import {list} from './list.ts';
import {futureOf} from './moment.ts';
import {remove} from './remove.ts';

const mostListed = 10_000;

function limitOf(text: string): number {
  const limit = Number(text);
  if (/^\d+$/.test(text) && limit >= 1 && limit <= mostListed) return limit;
  throw new InvalidArgumentError(`A number from 1 to ${mostListed} is wanted.`);
}

function codeOf(text: string): number {
  if (/^5\d\d$/.test(text)) return Number(text);
  throw new InvalidArgumentError('A code from 500 to 599 is wanted.');
}

function statusOf(text: string): string {
  if (/^5\.\d{1,3}\.\d{1,3}$/.test(text)) return text;
  throw new InvalidArgumentError('An enhanced status code such as 5.1.1 is wanted.');
}

export const suppress: AddCommand = (program, acting) => {
  const command = program
    .command('suppress')
    .summary('who gets no mail: add, remove, list, import, export')
    .description(
      'The suppression list: addresses and domains that get no mail while the setting suppression is on.',
    );
  const own = (name: string, summary: string, more = '') =>
    command
      .command(name)
      .summary(summary)
      .description(`${summary[0]!.toUpperCase()}${summary.slice(1)}.${more}`);
  own('add', 'suppresses addresses and domains')
    .argument('<who...>', 'such as jo@example.org, or example.org for all of it')
    .option('--reason <text>', 'why; results tell it')
    .option('--source <name>', 'who says so', 'manual')
    .option('--code <number>', 'the code that results have, from 500 on', codeOf)
    .option('--status <code>', 'the enhanced status code that results have', statusOf)
    .option('--expires <time>', 'until when: a time in UTC, or 90d', futureOf(Date.now))
    .action(acting(add));
  withFilter(
    own(
      'remove',
      'takes entries off the list: those that are named, or all that options choose',
      ' It says how many that are, and asks.',
    ).argument('[who...]', 'addresses and domains'),
  )
    .option('--dry-run', 'says how many, and removes none')
    .action(acting(remove));
  withFilter(
    own('list', 'shows what the list says of somebody, or what is in it').argument(
      '[who...]',
      'addresses, with their domains, and domains',
    ),
  )
    .option('--limit <number>', 'how many at most', limitOf, 100)
    .action(acting(list));
  own(
    'import',
    'adds a list from a CSV file',
    ` The forms that it knows by their first line: ${formNames.join(', ')}. Rows that are wrong are told with their lines; the others are added. Who is suppressed already stays as it is. Exit status 1 where rows are wrong.`,
  )
    .argument('<file>', 'as downloaded; - for stdin')
    .option('--dry-run', 'tells what would be added, and adds nothing')
    .action(acting(importList));
  withFilter(
    own('export', 'writes the list as CSV, which import takes back').argument(
      '[file]',
      'a new file; - for stdout',
      '-',
    ),
  ).action(acting(exportList));
};
