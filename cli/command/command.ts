// What a command is: a file that adds itself to the command line, and acts.

import type {Command} from 'commander';
import type {Context} from './context.ts';

/** 0 done, 1 findings or a failure, 2 usage, 3 no access. */
export type ExitStatus = 0 | 1 | 2 | 3;

/** Does the work of a command. @throws Error in words for a person: `run.ts` shows it and chooses the exit status */
export type Act<Arguments extends readonly unknown[]> = (
  context: Context,
  ...args: Arguments
) => Promise<ExitStatus>;

/** Makes of an act what commander calls: with the context of the options that all commands have. */
export type Acting = <Arguments extends readonly unknown[]>(
  act: Act<Arguments>,
) => (this: Command, ...args: Arguments) => Promise<void>;

/** Adds a command with its arguments and options. */
export type AddCommand = (program: Command, acting: Acting) => void;
