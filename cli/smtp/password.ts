// `relayq smtp password`: the hash of a password, for the file of clients.

import type {Command} from 'commander';
import {hashOf} from '../../submission/smtp/password-hash.ts';
import type {Act, Acting} from '../command/command.ts';
import {UsageError} from '../command/problems.ts';

export const password = (program: Command, acting: Acting): void =>
  void program
    .command('password')
    .summary('print the hash of a password, for --clients')
    .description(
      'Reads a password, unseen or from a pipe, and prints its hash. The password itself is in no file then.',
    )
    .action(acting(print));

const least = 12;

const print: Act<[]> = async ({terminal, signal, json}) => {
  const typed = terminal.isTyped
    ? await terminal.askUnseen('Password: ', signal)
    : (await terminal.readAll(signal)).replace(/\r?\n$/, '');
  if (typed === undefined || typed.length < least)
    throw new UsageError(`a password must have at least ${least} characters`);
  if (/\p{Cc}/u.test(typed)) throw new UsageError('a password must not have control characters');
  const hash = await hashOf(typed);
  terminal.say(json ? JSON.stringify({version: 1, password: hash}) : hash);
  return 0;
};
