// `relayq completion`: has a shell complete commands, options and values.

import {Argument} from 'commander';
import type {AddCommand} from '../command/command.ts';
import {candidatesOf} from './candidates.ts';
import {type Shell, scripts, shells} from './scripts.ts';

export const completion: AddCommand = (program, acting) => {
  program
    .command('completion')
    .summary('has a shell complete what you type')
    .description('Prints a script. For bash, in ~/.bashrc: source <(relayq completion bash)')
    .addArgument(new Argument('<shell>', 'your shell').choices(shells))
    .addHelpText(
      'after',
      `
zsh, in ~/.zshrc behind compinit: source <(relayq completion zsh)
fish: relayq completion fish > ~/.config/fish/completions/relayq.fish`,
    )
    .action(
      acting(async ({terminal}, shell: Shell) => {
        terminal.say(scripts[shell]);
        return 0;
      }),
    );
  // The scripts call it.
  program
    .command('complete', {hidden: true})
    .argument('[words...]')
    .action(
      acting(async ({terminal}, words: readonly string[]) => {
        const {values, files} = candidatesOf(program, words);
        for (const {value, description} of values) terminal.say(`${value}\t${description}`);
        if (files) terminal.say(':files');
        return 0;
      }),
    );
};
