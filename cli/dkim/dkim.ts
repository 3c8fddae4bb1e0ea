// `relayq dkim`: keys for DKIM, and whether receivers can use them.

import type {AddCommand} from '../command/command.ts';
import {addCheck} from '../dkim-check/check.ts';

export const dkim: AddCommand = (program, acting) => {
  const command = program.command('dkim').summary('DKIM: whether mail is known as its domain’s own');
  addCheck(command, acting);
};
