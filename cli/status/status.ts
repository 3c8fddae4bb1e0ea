// `relayq status`: what is active, what is stuck, and why.

import type {AddCommand} from '../command/command.ts';

export const status: AddCommand = (program, acting) =>
  void program
    .command('status')
    .summary('what is active, what is stuck, and why')
    .action(
      acting(async ({terminal, stage}) => {
        terminal.say(`stage ${stage}`);
        return 0;
      }),
    );
