// `relayq settings`, `relayq set` and `relayq unset`: the parameters of a stage.

import {type Command, InvalidArgumentError} from 'commander';
import {namesOf} from '../../shared/names.ts';
import {parameterNames} from '../../shared/settings/settings.ts';
import type {Changes} from '../../shared/settings/writing-order.ts';
import {parametersOf} from '../aws/parameters.ts';
import type {Act, AddCommand} from '../command/command.ts';
import {UsageError} from '../command/problems.ts';
import {timeText} from '../terminal/time.ts';
import {checkName, checkOptions, parseAssignments} from './assignments.ts';
import {changeSettings, type Wait} from './change-settings.ts';
import {problemText, suggestionFor} from './problem-text.ts';
import {withValues} from './read-values.ts';
import {settingsDocument, settingsLines} from './settings-text.ts';
import {stageSettingsOf} from './stage-settings.ts';

export const settings: AddCommand = (program, acting) =>
  void program
    .command('settings')
    .summary('the settings in force, and what is wrong with them')
    .description(
      'Lists all settings: what counts, since when, and what is wrong with it. Secrets are not shown. Exit status 1 where something is wrong.',
    )
    .action(acting(list));

const list: Act<[]> = async context => {
  const {stage, terminal, json, local} = context;
  const {settings: all, findings} = await stageSettingsOf(context);
  const layout = {columns: terminal.columns, timeOf: (ms: number) => timeText(ms, local)};
  const lines = json
    ? [JSON.stringify(settingsDocument(stage, all, findings))]
    : settingsLines(all, findings, layout);
  for (const line of lines) terminal.say(line);
  return findings.length > 0 ? 1 : 0;
};

/** Functions read settings once a minute, and tell of it some seconds later. */
const usualSeconds = 75;

function secondsOf(text: string): number {
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('A number of seconds is wanted.');
}

const withWait = (command: Command): Command =>
  command
    .option('--wait <seconds>', 'how long it waits for the functions', secondsOf, usualSeconds)
    .option('--no-wait', 'does not wait for the functions')
    // Commander would quote a value that begins with a hyphen, and it may be a secret.
    .allowUnknownOption();

interface ChangeOptions {
  readonly wait: Wait;
}

export const set: AddCommand = (program, acting) =>
  void withWait(program.command('set'))
    .summary('change settings')
    .description(
      'Changes settings: one, or several that count together. NAME= removes one of several. A secret is no argument: name the setting alone, and it is asked for, or read from stdin. What is wrong is refused before anything is written.',
    )
    .argument('<setting...>', 'NAME VALUE, or NAME=VALUE as often as you like, or NAME alone')
    .action(acting(change));

const change: Act<[readonly string[], ChangeOptions]> = async (context, args, {wait}) => {
  const valued = await withValues(parseAssignments(args), context);
  const changes: Changes = new Map(
    valued.map(({name, value}) => [name, value.trim() === '' ? undefined : value]),
  );
  return changeSettings(context, changes, wait);
};

export const unset: AddCommand = (program, acting) =>
  void withWait(program.command('unset'))
    .summary('remove settings: their defaults count again')
    .argument('<name...>', 'such as smarthost-port')
    .action(acting(remove));

const remove: Act<[readonly string[], ChangeOptions]> = async (context, names, {wait}) => {
  checkOptions(names);
  for (const name of names) checkName(name);
  const {clients, stage} = context;
  const stored = await parametersOf(clients.ssm, namesOf(stage).parameterPath);
  const known = new Set([...parameterNames, ...stored.map(({name}) => name)]);
  const path = names.find(name => !known.has(name));
  if (path !== undefined) {
    const problem = suggestionFor(path) === undefined ? 'is no setting, and no parameter' : '';
    throw new UsageError(problemText({path, problem}));
  }
  return changeSettings(context, new Map(names.map(name => [name, undefined])), wait);
};
