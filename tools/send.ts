// `npm run send`: files onto the outbox and, with --wait, what became of the messages in them.

import {readFile} from 'node:fs/promises';
import {buffer} from 'node:stream/consumers';
import type {SQSClient} from '@aws-sdk/client-sqs';
import type {Fate} from '../shared/result.ts';
import {
  awaitResults,
  createResultsQueue,
  deleteQueue,
  isFinal,
  resultsQueueNameOf,
  withResultsTo,
} from './await-results.ts';
import {enqueue, type Outgoing} from './enqueue.ts';
import {type FileMessage, FileProblem, messageBodyOf, parseMessageFile} from './message-files.ts';
import {clientOf, outboxUrlOf} from './outbox.ts';
import {Progress} from './progress.ts';
import {countsLine, printable, resultLine} from './result-line.ts';
import {parseSendOptions, type SendOptions, UsageError, usage} from './send-options.ts';

const say = (line: string) => void process.stdout.write(`${line}\n`);
const complain = (problem: string) => void process.stderr.write(`relayq: ${printable(problem)}\n`);

const interrupted = new AbortController();
let interruptedMs = Number.NEGATIVE_INFINITY;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // npm passes on the Ctrl-C that the terminal has sent here already: that is one, not two.
    if (performance.now() - interruptedMs < 300) return;
    if (interrupted.signal.aborted) process.exit(130);
    interruptedMs = performance.now();
    interrupted.abort();
  });
}
// Whoever reads the output, `head` say, may have enough of it: then too the queue is to be deleted.
process.stdout.on('error', () => interrupted.abort());

async function readMessages({files, eml}: SendOptions): Promise<FileMessage[]> {
  const messages: FileMessage[] = [];
  for (const file of files) {
    const octets = await (file === '-' ? buffer(process.stdin) : readFile(file)).catch(
      (error: NodeJS.ErrnoException) => {
        const why = {ENOENT: 'no such file', EISDIR: 'is a directory', EACCES: 'permission denied'};
        throw new FileProblem(file, why[error.code as keyof typeof why] ?? error.message);
      },
    );
    messages.push(...parseMessageFile(file, octets, eml));
  }
  return messages;
}

const outgoingOf = (message: FileMessage): Outgoing => ({
  source: message.source,
  body: messageBodyOf(message),
});

/** Enqueues them, and complains of those that were not taken. @returns those that were */
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
  options: SendOptions,
  connect: () => Promise<{client: SQSClient; queueUrl: string}>,
  messages: readonly FileMessage[],
): Promise<boolean> {
  const name = resultsQueueNameOf(options.stage);
  const all = new Map<string, Outgoing>();
  for (const [index, message] of messages.entries()) {
    const sendId = `${name.slice(-8)}-${index + 1}`;
    all.set(sendId, outgoingOf(withResultsTo(name, sendId, message)));
  }
  const {client, queueUrl} = await connect();
  const resultsUrl = await createResultsQueue(client, name);
  try {
    const taken = await put(client, queueUrl, [...all.values()]);
    const sent = new Map([...all].filter(([, outgoing]) => taken.has(outgoing)));
    const accepted = await showResults(client, resultsUrl, sent, options.timeoutSeconds);
    return accepted === messages.length;
  } finally {
    await deleteQueue(client, resultsUrl).catch(error =>
      complain(`${name} is left behind: ${error.message}`),
    );
  }
}

async function main(): Promise<boolean> {
  const options = parseSendOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(usage);
    return true;
  }
  const messages = await readMessages(options);
  const client = clientOf(options, process.env);
  const connect = async () => ({client, queueUrl: await outboxUrlOf(client, options, process.env)});
  try {
    // Whatever is wrong with one of the messages is known before anything is done about the others.
    if (options.wait) return await sendAndWait(options, connect, messages);
    const outgoing = messages.map(outgoingOf);
    const {queueUrl} = await connect();
    const {size} = await put(client, queueUrl, outgoing);
    say(`${size} ${size === 1 ? 'message' : 'messages'} sent`);
    return size === outgoing.length;
  } finally {
    client.destroy();
  }
}

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  const isWrong = error instanceof UsageError || error instanceof FileProblem;
  process.exitCode = isWrong ? 2 : 1;
  if (!interrupted.signal.aborted) complain((error as Error).message);
  if (error instanceof UsageError) process.stderr.write('See npm run send -- --help\n');
}
if (interrupted.signal.aborted) process.exitCode = 130;
