// `npm run send`: files onto the outbox and, with --wait, what became of the messages in them.

import type {SQSClient} from '@aws-sdk/client-sqs';
import type {Fate} from '../../shared/delivery/result.ts';
import {awsProblemOf} from '../aws/aws-problem.ts';
import {clientOf, outboxUrlOf} from '../aws/outbox.ts';
import {printable} from '../terminal/printable.ts';
import {Progress} from '../terminal/progress.ts';
import {awaitResults, createResultsQueue, deleteQueue, isFinal, resultsQueueNameOf} from './await-results.ts';
import {enqueue, type Outgoing} from './enqueue.ts';
import {messageLine} from './message-line.ts';
import {prepare} from './prepare.ts';
import {countsLine, resultLine} from './result-line.ts';
import {parseSendOptions, UsageError, usage} from './send-options.ts';

const say = (line: string) => void process.stdout.write(`${line}\n`);
const complain = (problem: string) => void process.stderr.write(`relayq: ${printable(problem)}\n`);

const interrupted = new AbortController();
let interruptedMs = Number.NEGATIVE_INFINITY;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // The terminal sends a Ctrl-C here, and npm passes it on: that is one, not two.
    if (performance.now() - interruptedMs < 300) return;
    if (interrupted.signal.aborted) process.exit(130);
    interruptedMs = performance.now();
    interrupted.abort();
  });
}
// A reader of the output, such as `head`, may have enough of it. The queue is to be deleted then, too.
process.stdout.on('error', () => interrupted.abort());

/** Puts messages on the outbox, and complains about those that SQS did not take. @returns the others */
async function put(client: SQSClient, queueUrl: string, all: readonly Outgoing[]): Promise<Set<Outgoing>> {
  const progress = new Progress(process.stderr, all.length);
  let sent = 0;
  const onProgress = (count: number) => {
    sent = count;
    progress.update('sent', count);
  };
  try {
    const failures = await enqueue(client, queueUrl, all, {signal: interrupted.signal, onProgress});
    progress.clear();
    for (const {outgoing, problem} of failures) complain(`${outgoing.source}: not taken: ${problem}`);
    const refused = new Set(failures.map(({outgoing}) => outgoing));
    return new Set(all).difference(refused);
  } catch (error) {
    progress.clear();
    if (sent > 0) complain(`${sent} of ${all.length} messages are on the outbox; of the others some may be`);
    throw error;
  }
}

/** Shows results as they come. @returns those of the messages that were accepted */
async function showResults(
  client: SQSClient,
  queueUrl: string,
  sent: ReadonlyMap<string, Outgoing>,
  timeoutSeconds: number,
): Promise<number> {
  const counts = new Map<Fate, number>();
  const progress = new Progress(process.stderr, sent.size);
  let settled = 0;
  const missing = await awaitResults(client, queueUrl, sent.keys(), {
    signal: AbortSignal.any([interrupted.signal, AbortSignal.timeout(timeoutSeconds * 1000)]),
    onResult: result => {
      progress.clear();
      say(resultLine(result));
      if (!isFinal(result.fate)) return;
      counts.set(result.fate, (counts.get(result.fate) ?? 0) + 1);
      settled += 1;
      progress.update('settled', settled);
    },
  });
  progress.clear();
  if (!interrupted.signal.aborted) {
    for (const sendId of missing)
      complain(`${sent.get(sendId)!.source}: no final result after ${timeoutSeconds} s`);
  }
  say(countsLine(counts, missing.size));
  return counts.get('accepted') ?? 0;
}

/** @returns whether all were accepted */
async function sendAndWait(
  client: SQSClient,
  outboxUrl: string,
  all: ReadonlyMap<string, Outgoing>,
  {name, timeoutSeconds}: {readonly name: string; readonly timeoutSeconds: number},
): Promise<boolean> {
  const resultsUrl = await createResultsQueue(client, name);
  try {
    const taken = await put(client, outboxUrl, [...all.values()]);
    const sent = new Map([...all].filter(([, outgoing]) => taken.has(outgoing)));
    return (await showResults(client, resultsUrl, sent, timeoutSeconds)) === all.size;
  } finally {
    await deleteQueue(client, resultsUrl).catch(error =>
      complain(`${name} is left behind: ${awsProblemOf(error)}`),
    );
  }
}

/** Nobody reads more. */
const mostProblems = 100;

function complainOf(problems: readonly string[]): void {
  for (const problem of problems.slice(0, mostProblems)) complain(problem);
  if (problems.length > mostProblems) complain(`… and ${problems.length - mostProblems} problems more`);
}

const countOf = (count: number): string => `${count} ${count === 1 ? 'message' : 'messages'}`;

/** @returns the exit status */
async function main(): Promise<number> {
  const options = parseSendOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(usage);
    return 0;
  }
  const resultsQueue = options.wait ? resultsQueueNameOf(options.stage) : undefined;
  const {messages, problems} = await prepare(options.files, {
    eml: options.eml,
    resultsQueue,
    nowMs: Date.now(),
  });
  if (problems.length > 0) {
    complainOf(problems);
    return 2;
  }
  if (options.dryRun) {
    for (const {outgoing, message} of messages.values()) say(messageLine(outgoing, message));
    say(`${countOf(messages.size)} checked, none sent`);
    return 0;
  }
  const all = new Map([...messages].map(([sendId, {outgoing}]) => [sendId, outgoing]));
  const client = clientOf(options, process.env);
  try {
    const outboxUrl = await outboxUrlOf(client, options, process.env);
    if (resultsQueue !== undefined) {
      const {timeoutSeconds} = options;
      return (await sendAndWait(client, outboxUrl, all, {name: resultsQueue, timeoutSeconds})) ? 0 : 1;
    }
    const {size} = await put(client, outboxUrl, [...all.values()]);
    say(`${countOf(size)} sent`);
    return size === all.size ? 0 : 1;
  } finally {
    client.destroy();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  process.exitCode = error instanceof UsageError ? 2 : 1;
  if (!interrupted.signal.aborted) complain(awsProblemOf(error as Error));
  if (error instanceof UsageError) process.stderr.write('See npm run send -- --help\n');
}
if (interrupted.signal.aborted) process.exitCode = 130;
