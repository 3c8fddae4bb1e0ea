// Runs a command line: parses it, acts, and says in words what went wrong.

import {Command, CommanderError, InvalidArgumentError} from 'commander';
import {maskedText} from '../../shared/message/secrets.ts';
import {isStage, localStage} from '../../shared/names.ts';
import {accessProblemOf, awsProblemOf} from '../aws/aws-problem.ts';
import {printable} from '../terminal/printable.ts';
import type {Acting, AddCommand, ExitStatus} from './command.ts';
import {type CommonOptions, contextOf} from './context.ts';
import {UsageError} from './problems.ts';
import {processTerminal, type Terminal} from './terminal.ts';
import {version} from './version.ts';

const stageOf = (text: string): string => {
  if (isStage(text)) return text;
  throw new InvalidArgumentError('A stage is a lower-case letter, then up to 19 of them, digits or hyphens.');
};

const urlOf = (text: string): string => {
  if (/^https?:/.test(text) && URL.canParse(text)) return text;
  throw new InvalidArgumentError('A URL such as http://127.0.0.1:4566 is wanted.');
};

const addCommonOptions = (program: Command): Command =>
  program
    .option('--stage <name>', 'the stage; local is what npm start runs', stageOf, localStage)
    .option('--region <name>', 'the region of AWS')
    .option('--profile <name>', 'a profile of ~/.aws')
    .option('--endpoint-url <url>', 'where AWS is, instead', urlOf)
    .option('--json', 'JSON for programs')
    .option('--yes', 'do what would be asked for')
    .option('--read-only', 'change nothing')
    .option('--no-input', 'ask nothing')
    .option('--local', 'times in the zone of this machine, not in UTC');

/** Options without a value, where nobody gives them. */
const unset = {json: false, yes: false, readOnly: false, local: false};

const interruptSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** Signals so shortly after one another are one. */
const sameMs = 300;
/** As a shell tells of a command that a signal has ended. */
const interruptedStatus = 130;

/** The commands that a command line may need, by its first word that is no option. */
type CommandsFor = (name: string | undefined) => Promise<readonly AddCommand[]>;

/** @returns the exit status */
export async function runRelayq(commandsFor: CommandsFor, args: readonly string[]): Promise<number> {
  const interrupted = new AbortController();
  let interruptedMs = Number.NEGATIVE_INFINITY;
  const interrupt = () => {
    // The terminal sends a Ctrl-C here, and npm passes it on: that is one, not two.
    if (performance.now() - interruptedMs < sameMs) return;
    interruptedMs = performance.now();
    if (interrupted.signal.aborted) process.exit(interruptedStatus);
    interrupted.abort();
  };
  for (const signal of interruptSignals) process.on(signal, interrupt);
  let isRead = true;
  const terminal = processTerminal(() => {
    isRead = false;
    interrupted.abort();
  });
  let status: ExitStatus = 0;
  const parts = {terminal, env: process.env, signal: interrupted.signal, now: Date.now};
  const acting: Acting = act =>
    async function (...args) {
      const context = contextOf({...unset, ...this.optsWithGlobals<CommonOptions>()}, parts);
      try {
        status = await act(context, ...args);
      } finally {
        context.clients.destroy();
      }
    };
  try {
    const program = programOf(terminal);
    const [name] = program.parseOptions([...args]).operands;
    for (const add of await commandsFor(name)) add(program, acting);
    await program.parseAsync(args, {from: 'user'});
    return status;
  } catch (error) {
    // `head` has had enough: that is no failure.
    if (!isRead) return 0;
    if (interrupted.signal.aborted) return interruptedStatus;
    return complaintOf(error as Error, terminal);
  } finally {
    for (const signal of interruptSignals) process.off(signal, interrupt);
  }
}

function programOf(terminal: Terminal): Command {
  const program = new Command('relayq')
    .description('See and steer outbound mail.')
    .version(version, '--version', 'the version of relayq')
    // It quotes what was typed, and that may be a key.
    .configureOutput({outputError: text => terminal.tell(maskedText(text.trimEnd()))})
    .configureHelp({showGlobalOptions: true})
    .showHelpAfterError('See relayq --help')
    .exitOverride();
  return addCommonOptions(program);
}

function complaintOf(error: Error, terminal: Terminal): ExitStatus {
  // Commander has said it already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  terminal.tell(`relayq: ${printable(awsProblemOf(error))}`);
  if (error instanceof UsageError) return 2;
  return accessProblemOf(error) === undefined ? 1 : 3;
}
