// `relayq send`: files onto the outbox and, with --wait, what became of the messages in them.

import type {Fate} from '../../shared/delivery/result.ts';
import {namesOf} from '../../shared/names.ts';
import {enqueue, type Outgoing} from '../../submission/enqueue.ts';
import {awsProblemOf} from '../aws/aws-problem.ts';
import {queueUrlOf} from '../aws/queues.ts';
import type {Act, AddCommand, ExitStatus} from '../command/command.ts';
import type {Context} from '../command/context.ts';
import {UsageError} from '../command/problems.ts';
import {countOf, printable} from '../terminal/printable.ts';
import {Progress} from '../terminal/progress.ts';
import {
  awaitResults,
  createResultsQueue,
  deleteQueue,
  isFinal,
  type Result,
  resultsQueueNameOf,
} from './await-results.ts';
import {messageLine} from './message-line.ts';
import {type Prepared, prepare} from './prepare.ts';
import {countsLine, resultLine} from './result-line.ts';
import {addSendOptions, emlOptionsOf, type SendOptions} from './send-options.ts';

export const send: AddCommand = (program, acting) => {
  const command = program
    .command('send')
    .summary('puts messages on the outbox, and tells what became of them')
    .description(
      'Puts messages on the outbox. A file is JSON (one message, a list of them, or one a line), an .eml file, a ' +
        'folder with such files at any depth, or - for stdin. The rules of the route function are applied to all of ' +
        'them first.',
    )
    .argument('[file...]', 'files, folders, or - for stdin')
    .addHelpText(
      'after',
      `
An .eml file becomes one message for each recipient, without its Bcc fields.
Exit status: 0 when all messages are on the outbox (with --wait: accepted),
1 when not, 2 when the command line, a file or a message is wrong: then nothing
is sent.`,
    );
  addSendOptions(command).action(acting(sendFiles));
};

const sendFiles: Act<[readonly string[], SendOptions]> = async (context, files, options) => {
  if (files.length === 0) throw new UsageError('no FILE given');
  const resultsQueue = options.wait ? resultsQueueNameOf(context.stage) : undefined;
  const prepared = await prepare(files, {
    eml: emlOptionsOf(options),
    resultsQueue,
    nowMs: context.now(),
  });
  if (prepared.problems.length > 0) {
    complainOf(context, prepared.problems);
    return 2;
  }
  if (options.dryRun) return tellOf(context, prepared);
  try {
    return await sendAll(context, prepared, {resultsQueue, timeoutSeconds: options.timeout});
  } catch (error) {
    if (context.signal.aborted) throw error;
    // It does not matter for a producer why the outbox has not taken its messages.
    complain(context, awsProblemOf(error as Error));
    return 1;
  }
};

const complain = ({terminal}: Context, problem: string): void =>
  terminal.tell(`relayq: ${printable(problem)}`);

/** Nobody reads more. */
const mostProblems = 100;

function complainOf(context: Context, problems: readonly string[]): void {
  for (const problem of problems.slice(0, mostProblems)) complain(context, problem);
  if (problems.length > mostProblems)
    complain(context, `… and ${problems.length - mostProblems} problems more`);
}

function tellOf({terminal, json}: Context, {messages}: Prepared): ExitStatus {
  const all = [...messages.values()];
  if (json) {
    const told = all.map(({outgoing, message}) => ({
      source: outgoing.source,
      recipient: message.recipient.address,
    }));
    terminal.say(JSON.stringify({version: 1, checked: told}));
    return 0;
  }
  for (const {outgoing, message} of all) terminal.say(messageLine(outgoing, message));
  terminal.say(`${countOf(all.length, 'message')} checked, none sent`);
  return 0;
}

interface Sending {
  readonly resultsQueue: string | undefined;
  readonly timeoutSeconds: number;
}

async function sendAll(context: Context, {messages}: Prepared, sending: Sending): Promise<ExitStatus> {
  const {terminal, json, signal} = context;
  const all = new Map([...messages].map(([sendId, {outgoing}]) => [sendId, outgoing]));
  await context.mayChange(`send ${countOf(all.size, 'message')}`, 'harmless');
  const outboxUrl = await queueUrlOf(context, namesOf(context.stage).outbox);
  const {resultsQueue: name, timeoutSeconds} = sending;
  if (name !== undefined) {
    const accepted = await sendAndWait(context, outboxUrl, all, {name, timeoutSeconds});
    signal.throwIfAborted();
    return accepted === all.size ? 0 : 1;
  }
  const {size} = await put(context, outboxUrl, [...all.values()]);
  terminal.say(
    json ? JSON.stringify({version: 1, sent: size, of: all.size}) : `${countOf(size, 'message')} sent`,
  );
  return size === all.size ? 0 : 1;
}

/** Puts messages on the outbox, and complains about those that SQS did not take. @returns the others */
async function put(context: Context, queueUrl: string, all: readonly Outgoing[]): Promise<Set<Outgoing>> {
  const progress = new Progress(process.stderr, all.length);
  let sent = 0;
  const onProgress = (count: number) => {
    sent = count;
    progress.update('sent', count);
  };
  try {
    const failures = await enqueue(context.clients.sqs, queueUrl, all, {signal: context.signal, onProgress});
    progress.clear();
    for (const {outgoing, problem} of failures)
      complain(context, `${outgoing.source}: not taken: ${problem}`);
    const refused = new Set(failures.map(({outgoing}) => outgoing));
    return new Set(all).difference(refused);
  } catch (error) {
    progress.clear();
    if (sent > 0)
      complain(context, `${sent} of ${all.length} messages are on the outbox; of the others some may be`);
    throw error;
  }
}

/** @returns how many were accepted */
async function sendAndWait(
  context: Context,
  outboxUrl: string,
  all: ReadonlyMap<string, Outgoing>,
  {name, timeoutSeconds}: {readonly name: string; readonly timeoutSeconds: number},
): Promise<number> {
  const {sqs} = context.clients;
  const resultsUrl = await createResultsQueue(sqs, name);
  try {
    const taken = await put(context, outboxUrl, [...all.values()]);
    const sent = new Map([...all].filter(([, outgoing]) => taken.has(outgoing)));
    return await showResults(context, resultsUrl, sent, timeoutSeconds);
  } finally {
    await deleteQueue(sqs, resultsUrl).catch(error =>
      complain(context, `${name} is left behind: ${awsProblemOf(error)}`),
    );
  }
}

/** Shows results as they come. @returns those of the messages that were accepted */
async function showResults(
  context: Context,
  queueUrl: string,
  sent: ReadonlyMap<string, Outgoing>,
  timeoutSeconds: number,
): Promise<number> {
  const {terminal, json, signal} = context;
  const counts = new Map<Fate, number>();
  const finals: Result[] = [];
  const progress = new Progress(process.stderr, sent.size);
  const missing = await awaitResults(context.clients.sqs, queueUrl, sent.keys(), {
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutSeconds * 1000)]),
    onResult: result => {
      progress.clear();
      if (!json) terminal.say(resultLine(result));
      if (!isFinal(result.fate)) return;
      counts.set(result.fate, (counts.get(result.fate) ?? 0) + 1);
      finals.push(result);
      progress.update('settled', finals.length);
    },
  });
  progress.clear();
  const sourceOf = (sendId: string): string => sent.get(sendId)!.source;
  if (!signal.aborted) {
    for (const sendId of missing)
      complain(context, `${sourceOf(sendId)}: no final result after ${timeoutSeconds} s`);
  }
  if (json) {
    const results = finals.map(({sendId, ...result}) => ({source: sourceOf(sendId), ...result}));
    terminal.say(JSON.stringify({version: 1, results, missing: [...missing].map(sourceOf)}));
  } else terminal.say(countsLine(counts, missing.size));
  return counts.get('accepted') ?? 0;
}
