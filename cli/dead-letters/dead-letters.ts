// `relayq dead-letters`: messages at which our own functions have failed. To look at them, to have them tried again, or to
// drop them.

import {InvalidArgumentError, Option} from 'commander';
import type {AddCommand} from '../command/command.ts';
import {drop} from './drop.ts';
import {queueNames} from './letter-queues.ts';
import {list} from './list.ts';
import {redrive} from './redrive.ts';
import {show} from './show.ts';

const mostListed = 1000;

function limitOf(text: string): number {
  const limit = Number(text);
  if (/^\d+$/.test(text) && limit >= 1 && limit <= mostListed) return limit;
  throw new InvalidArgumentError(`A number from 1 to ${mostListed} is wanted.`);
}

export const deadLetters: AddCommand = (program, acting) => {
  const command = program
    .command('dead-letters')
    .summary('messages at which relayq has failed: look, redrive, drop')
    .description(
      'Messages at which relayq itself has failed, and invalid texts that are too large for a result.',
    );
  const add = (name: string, summary: string) =>
    command
      .command(name, {isDefault: name === 'list'})
      .summary(summary)
      .description(summary)
      .addOption(new Option('--queue <name>', 'one queue alone').choices(queueNames));
  add('list', 'shows some of each queue; exit status 1 when there are dead letters')
    .option('--limit <number>', 'how many of each queue', limitOf, 10)
    .action(acting(list));
  add('show', 'shows a message without its secrets')
    .argument('<id>', 'of the message')
    .option('--output <file>', 'writes its body as it is into a new file that only you can read')
    .action(acting(show));
  add('redrive', 'puts messages back to where they came from')
    .argument('[id]', 'of one message')
    .option('--all', 'all dead letters')
    .action(acting(redrive));
  add('drop', 'writes messages to a file, and deletes them')
    .argument('[id]', 'of one message')
    .option('--all', 'all messages')
    .option('--to <file>', 'the new file; only you can read it')
    .action(acting(drop));
};
