// What may come next on a command line: commands, options, values that are known beforehand, or files.

import type {Argument, Command, Option} from 'commander';

interface Candidate {
  readonly value: string;
  readonly description: string;
}

export interface Candidates {
  readonly values: readonly Candidate[];
  /** The shell knows the files. */
  readonly files: boolean;
}

/** @param words those behind the program's name; the last one, perhaps empty, is to be completed */
export function candidatesOf(program: Command, words: readonly string[]): Candidates {
  const current = words.at(-1) ?? '';
  const {command, position, waiting} = placeOf(program, words.slice(0, -1));
  const {values, files} = waiting
    ? {values: plain(waiting.argChoices), files: isOfFiles(waiting.flags)}
    : current.startsWith('-')
      ? {values: optionsOf(command), files: false}
      : wordsOf(command, position);
  return {values: values.filter(({value}) => value.startsWith(current)), files};
}

interface Place {
  readonly command: Command;
  /** How many arguments stand before. */
  readonly position: number;
  /** The option whose value comes next. */
  readonly waiting: Option | undefined;
}

function placeOf(program: Command, words: readonly string[]): Place {
  let command = program;
  let position = 0;
  let waiting: Option | undefined;
  for (const word of words) {
    if (waiting !== undefined) waiting = undefined;
    else if (word.startsWith('-'))
      waiting = allOptions(command).find(({long, required}) => long === word && required);
    else {
      const next = position === 0 ? command.commands.find(each => each.name() === word) : undefined;
      command = next ?? command;
      position = next === undefined ? position + 1 : 0;
    }
  }
  return {command, position, waiting};
}

/** Those of the commands above hold, too. */
const allOptions = (command: Command | null): readonly Option[] =>
  command === null ? [] : [...command.options, ...allOptions(command.parent)];

const optionsOf = (command: Command): readonly Candidate[] => [
  ...allOptions(command)
    .filter(({hidden, long}) => !hidden && long)
    .map(({long, description}) => ({value: long!, description})),
  {value: '--help', description: 'explains the command'},
];

function wordsOf(command: Command, position: number): Candidates {
  const commands = position > 0 ? [] : command.createHelp().visibleCommands(command);
  const {registeredArguments: all} = command;
  const last = all.at(-1);
  const argument: Argument | undefined = all[position] ?? (last?.variadic ? last : undefined);
  return {
    values: [
      ...commands.map(each => ({value: each.name(), description: each.summary() || each.description()})),
      ...plain(argument?.argChoices),
    ],
    files: argument !== undefined && isOfFiles(argument.name()),
  };
}

const plain = (values: readonly string[] = []): readonly Candidate[] =>
  values.map(value => ({value, description: ''}));

const isOfFiles = (name: string): boolean => /\bfile\b/.test(name);
