// `relayq pause`, `relayq cancel` and `relayq resume`: they write and remove the parameters below `pauses/` and `errors/`, after
// a look at how much mail that concerns.

import type {Command} from 'commander';
import {namesOf} from '../../shared/names.ts';
import {type Selection, selectionText} from '../../shared/settings/steering/selection.ts';
import {parseUtcTime, utcTimeOf} from '../../shared/utc-time.ts';
import {parametersOf} from '../aws/parameters.ts';
import type {Act, AddCommand, ExitStatus} from '../command/command.ts';
import type {Context} from '../command/context.ts';
import {NotFound, UsageError} from '../command/problems.ts';
import {changeSettings, type Wait} from '../settings/change-settings.ts';
import {durationOf} from '../tail/duration.ts';
import {printable} from '../terminal/printable.ts';
import {estimateOf, estimateText} from './estimate.ts';
import {cancelledMs, type PlannedRule, plannedRule} from './planned-rule.ts';

interface SteerOptions extends Selection {
  readonly reason: string;
  /** In milliseconds. */
  readonly for?: number;
  readonly until?: string;
  readonly code?: string;
  readonly status?: string;
  readonly description?: string;
  readonly dryRun?: true;
  readonly wait: boolean;
}

/** Functions read settings once a minute, and tell of it some seconds later. */
const waitSeconds = 75;
const waitOf = ({wait}: {readonly wait: boolean}): Wait => (wait ? waitSeconds : false);

const withSelection = (command: Command): Command =>
  command
    .argument('[name]', 'what it is called; by default it is made up from the mail that it is for')
    .option('--domain <name>', 'mail to it; * stands for anything: *.example.org')
    .option('--next-hop <host>', 'mail that goes to this smarthost or sink; perhaps with :port')
    .option('--tag <tag>', 'mail that has it')
    .option('--recipient <address>', 'mail to it')
    .option('--id <id>', 'one message')
    .option('--all', 'all mail')
    .requiredOption('--reason <text>', 'why: results, logs and other people are told')
    .option('--for <time>', 'how long it counts, such as 2h or 7d', durationOf)
    .option('--until <time>', 'until when, in UTC: "2026-01-31 12:00:00"')
    .option('--dry-run', 'tells what it would write, and about how much mail it concerns')
    .option('--no-wait', 'does not wait for the functions');

export const pause: AddCommand = (program, acting) =>
  void withSelection(program.command('pause'))
    .summary('hold mail back, until relayq resume')
    .description(
      'Holds mail back: by domain, next hop, tag, or all of it. What is named must all be so. No transaction begins later than 75 seconds after it is written. The mail waits until `relayq resume`, or until its time is over.',
    )
    .action(acting(writePause));

const writePause: Act<[string | undefined, SteerOptions]> = async (context, name, options) => {
  const value = {reason: options.reason, ...selectionOf(options), ...expiryOf(context, options)};
  return write(context, plannedRule('pauses', name, value), options);
};

export const cancel: AddCommand = (program, acting) =>
  void withSelection(program.command('cancel'))
    .option('--code <number>', '5xx ends it, 4xx defers it', '550')
    .option('--status <code>', 'such as 5.7.1')
    .option('--description <text>', 'what results say; the reason by default')
    .summary('end mail without sending it')
    .description(
      'Ends mail without sending it, wherever it is: on the outbox, queued, deferred or held. Each message gets its one final result, which names the setting and the reason. It counts for seven days, unless --for or --until says otherwise.',
    )
    .action(acting(writeError));

const writeError: Act<[string | undefined, SteerOptions]> = async (context, name, options) => {
  const {reason, code, status, description} = options;
  const expiry = expiryOf(context, options);
  const value = {
    reason,
    code: Number(code),
    ...(status !== undefined && {status}),
    ...(description !== undefined && {description}),
    ...selectionOf(options),
    ...(expiry.expire === undefined ? {expire: utcTimeOf(context.now() + cancelledMs)} : expiry),
  };
  return write(context, plannedRule('errors', name, value), options);
};

export const resume: AddCommand = (program, acting) =>
  void program
    .command('resume')
    .summary('let mail go again that was paused')
    .description(
      'Removes pauses; also forced errors, as errors/NAME. What is held goes on within some minutes: relayq hold list shows it.',
    )
    .argument('<name...>', 'of pauses, as relayq hold list shows them; or errors/NAME')
    .option('--no-wait', 'does not wait for the functions')
    .action(acting(removeRules));

const removeRules: Act<[readonly string[], {readonly wait: boolean}]> = async (context, names, options) => {
  const {clients, stage} = context;
  const stored = await parametersOf(clients.ssm, namesOf(stage).parameterPath);
  const known = new Set(stored.map(({name}) => name));
  const wanted = names.map(name => (/^(?:pauses|errors)\//.test(name) ? name : `pauses/${name}`));
  const missing = wanted.filter(name => !known.has(name));
  if (missing.length > 0)
    throw new NotFound(`there is no ${missing.map(printable).join(', no ')}: see relayq hold list`);
  return changeSettings(context, new Map(wanted.map(name => [name, undefined])), waitOf(options));
};

function selectionOf({domain, nextHop, tag, recipient, id, all}: SteerOptions) {
  return {
    ...(domain !== undefined && {domain}),
    ...(nextHop !== undefined && {nextHop}),
    ...(tag !== undefined && {tag}),
    ...(recipient !== undefined && {recipient}),
    ...(id !== undefined && {id}),
    ...(all && {all}),
  };
}

function expiryOf({now}: Context, {for: forMs, until}: SteerOptions): {readonly expire?: string} {
  if (forMs !== undefined && until !== undefined) throw new UsageError('--for and --until: give one of them');
  if (forMs !== undefined) return {expire: utcTimeOf(now() + forMs)};
  if (until === undefined) return {};
  if (parseUtcTime(until) === undefined)
    throw new UsageError('--until: must be a UTC time as YYYY-MM-DD HH:MM:SS');
  return {expire: until};
}

async function write(
  context: Context,
  {setting, value, text, selection}: PlannedRule,
  options: SteerOptions,
): Promise<ExitStatus> {
  const {terminal, json} = context;
  const estimate = await estimateOf(context, selection);
  if (options.dryRun && json) {
    terminal.say(JSON.stringify({version: 1, setting, value, estimate}));
    return 0;
  }
  const say = (line: string) => (options.dryRun ? terminal.say(line) : terminal.tell(line));
  say(printable(`${setting}: ${selectionText(selection)}`));
  say(estimateText(estimate));
  if (options.dryRun) return 0;
  return changeSettings(context, new Map([[setting, text]]), waitOf(options));
}
