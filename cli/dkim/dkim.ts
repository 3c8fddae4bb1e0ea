// `relayq dkim`: the keys that mail is signed with, and whether receivers can use them.

import {InvalidArgumentError} from 'commander';
import type {AddCommand} from '../command/command.ts';
import {addCheck} from '../dkim-check/check.ts';
import {create} from './create.ts';
import {importKeys} from './import/import.ts';
import {list} from './list.ts';
import {bitsOption, typeOption} from './new-key.ts';
import {remove} from './remove.ts';
import {rotate} from './rotate.ts';
import {show} from './show.ts';

const mostListed = 10_000;

function limitOf(text: string): number {
  const limit = Number(text);
  if (/^\d+$/.test(text) && limit >= 1 && limit <= mostListed) return limit;
  throw new InvalidArgumentError(`A number from 1 to ${mostListed} is wanted.`);
}

export const dkim: AddCommand = (program, acting) => {
  const command = program
    .command('dkim')
    .summary('keys for DKIM: create, import, rotate, check')
    .description('The keys that mail is signed with. Private keys are in SSM, and are never shown.');
  const add = (name: string, summary: string, more = '') =>
    command
      .command(name)
      .summary(summary)
      .description(`${summary[0]!.toUpperCase()}${summary.slice(1)}.${more}`);
  const zone = ['--zone', 'the record as a line of a zone file'] as const;
  const kmsKey = ['--kms-key <id>', 'a key of KMS to encrypt it with, in place of SSM’s own'] as const;
  add('create', 'makes a key for a domain, and shows the TXT record for it')
    .argument('<domain>', 'such as example.org')
    .option('--selector <name>', 'such as 2026a; relayq-YEAR-MONTH by default')
    .addOption(typeOption())
    .addOption(bitsOption())
    .option(...kmsKey)
    .option(...zone)
    .action(acting(create));
  add(
    'import',
    'imports keys from a file, a folder or stdin',
    ' It reads PEM or base64, the KeyTable of OpenDKIM, folders as rspamd and opendkim-genkey have them, and JSON with domain, selector and key. Where something is wrong, nothing is imported.',
  )
    .argument('<file>', 'a file or a folder; - for stdin')
    .option('--domain <name>', 'of the key, where nothing else says it')
    .option('--selector <name>', 'of the keys, where nothing else says it')
    .option('--names <pattern>', 'what names of files are made of, such as DOMAIN.SELECTOR.key')
    .option('--signing-table <file>', 'OpenDKIM’s, where the KeyTable has % for domains')
    .option('--keep-going', 'imports what is right beside what is wrong')
    .option('--replace', 'overwrites other keys of the same names')
    .option(...kmsKey)
    .action(acting(importKeys));
  add('show', 'shows the keys of a domain with their TXT records')
    .argument('<domain>', 'such as example.org')
    .argument('[selector]', 'of one key')
    .option(...zone)
    .action(acting(show));
  add('list', 'shows the keys of all domains')
    .option('--limit <number>', 'how many at most', limitOf, 1000)
    .action(acting(list));
  add(
    'rotate',
    'puts a new key in the place of an old one',
    ' The first time it makes the key, and shows its TXT record; the second time it looks whether the DNS has the record, and then signs with the new key. Exit status 1 while the DNS does not show it.',
  )
    .argument('<domain>', 'such as example.org')
    .option('--selector <name>', 'of the new key; or that of a retired one, which comes back')
    .addOption(typeOption())
    .addOption(bitsOption())
    .option('--retire <selector...>', 'the keys that it replaces, where several of its type sign')
    .option('--finish', 'makes no new key')
    .option(...zone)
    .action(acting(rotate));
  add('remove', 'deletes a key')
    .argument('<domain>', 'such as example.org')
    .argument('<selector>', 'of the key')
    .action(acting(remove));
  addCheck(command, acting);
};
