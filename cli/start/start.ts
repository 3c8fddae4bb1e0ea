// `npm start`: synthesises the stack, runs it as a local cloud next to a mail sink, and delivers an example. Then it stays
// up, and shows what the functions print and what the sink takes.

import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {SendMessageCommand, SQSClient} from '@aws-sdk/client-sqs';
import {type Cloud, region, startCloud} from '../../local/cloud.ts';
import {type Sink, startSink} from '../../local/sink/sink.ts';
import {mailDirectoryOf, openStore, type Store} from '../../local/store/store.ts';
import {synthesise} from '../../local/synthesis.ts';
import {namesOf} from '../../shared/names.ts';
import type {RunningConsole} from '../console/console-server.ts';
import {watchDeadLetters} from './dead-letters.ts';
import {deadLettersCommandOf, greeting, mailPlaceOf} from './greeting.ts';
import {startLocalConsole} from './local-console.ts';
import {mailLine} from './mail-line.ts';
import {pointAtSink} from './sink-parameters.ts';
import {parseStartOptions, type StartOptions, usage} from './start-options.ts';
import {terminalLine} from './terminal-line.ts';

const stage = 'local';
const names = namesOf(stage);
const root = join(import.meta.dirname, '../..');
const colours = process.stdout.isTTY === true && !process.env.NO_COLOR;

const say = (line: string) => void process.stdout.write(`${line}\n`);

/** What has been started, and has to be stopped. */
const started: {cloud?: Cloud; sink?: Sink; store?: Store; console?: RunningConsole} = {};
const starting = new AbortController();
let stopping: Promise<void> | undefined;

/** How long a stop waits for mail that is on its way. What is not done by then may arrive twice. */
const graceMs = 5000;

async function stop(): Promise<void> {
  starting.abort();
  await started.console?.close();
  await stopCloud();
  await started.sink?.close();
  started.store?.close();
}

async function stopCloud(): Promise<void> {
  if (started.cloud === undefined) return;
  const {eventSourceMappings: sources} = started.cloud;
  const inHand = sources.reduce((sum, each) => sum + each.inHand, 0);
  if (inHand > 0) {
    const limit = `at most ${graceMs / 1000} s; press Ctrl-C again to stop at once`;
    say(`relayq   functions have ${inHand} messages in hand: waiting for them, ${limit}`);
  }
  await started.cloud.stop();
  const cutOff = sources.reduce((sum, each) => sum + each.cutOff, 0);
  if (cutOff > 0 && started.store)
    say(
      `relayq   ${cutOff} messages were cut off: the next start delivers them again, some may arrive twice`,
    );
}

/** Explains the one failure that everyone meets: another program has the port. */
async function onPort<T>(variable: string, port: number, start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new Error(`port ${port} is in use: stop what uses it, or choose another with ${variable}`, {
      cause: error,
    });
  }
}

async function start({port, sinkPort, consolePort, dataDirectory}: StartOptions): Promise<void> {
  const startedMs = performance.now();
  // This comes before anything else in the directory, as it fails when another process uses it.
  if (dataDirectory !== undefined) started.store = openStore(dataDirectory);
  const sinkPlace: {directory?: string} =
    dataDirectory === undefined ? {} : {directory: mailDirectoryOf(dataDirectory)};
  const sink = await onPort('RELAYQ_SINK_PORT', sinkPort, () => startSink({port: sinkPort, ...sinkPlace}));
  started.sink = sink;
  sink.onMessage(message => say(`sink     ${mailLine(message)}`));

  const onSynthesis = () => say('relayq   synthesising the stack');
  const assembly = await synthesise(root, {stage, onSynthesis, signal: starting.signal});
  let fresh = true;
  const label = (functionName: string) => functionName.replace(`relayq-${stage}-`, '');
  const all = process.env.RELAYQ_LOG === 'all';
  const cloud = await onPort('RELAYQ_PORT', port, () =>
    startCloud({
      template: assembly.template,
      assets: assembly.assets,
      assetsDirectory: assembly.directory,
      stackName: assembly.stackName,
      port,
      sink,
      ...(started.store && {openedStore: started.store}),
      graceMs,
      prepare: parts => {
        fresh = pointAtSink(names.parameterPath, sink.port, parts).fresh;
        watchDeadLetters(parts.sqs, {
          queues: [names.outboxDlq, names.waitingDlq, names.deliveryDlq],
          command: deadLettersCommandOf(parts.endpointUrl),
          colours,
          say,
        });
      },
      onLog: (functionName, {message}) => {
        const line = terminalLine(message, {label: label(functionName), colours, all});
        if (line !== undefined) say(line);
      },
      onProblem: (where, error) => say(`relayq   ${where}: ${(error as Error).stack ?? String(error)}`),
    }),
  );
  started.cloud = cloud;
  for (const {logicalId, type} of cloud.resources.notRun)
    say(`relayq   not run locally: ${logicalId} (${type})`);
  say(`relayq   SQS, SSM, DynamoDB, CloudWatch and STS at ${cloud.url}, the sink at 127.0.0.1:${sink.port}`);
  say(`relayq   ${mailPlaceOf(cloud.url, sinkPlace.directory)}`);
  if (fresh) await deliverExample(cloud, sink, startedMs);
  const consoleAddress = await consoleFor(cloud, consolePort);
  say(greeting({url: cloud.url, region, names, queueUrlOf: cloud.queueUrlOf, consoleAddress}));
}

/** @returns its address; undefined where it does not start, which is told, and is no reason to stop */
async function consoleFor({url}: Cloud, port: number | undefined): Promise<string | undefined> {
  try {
    started.console = await startLocalConsole({stage, region, endpointUrl: url}, port);
    return started.console.address;
  } catch (error) {
    say(`relayq   there is no console: ${(error as Error).message}`);
    return undefined;
  }
}

/** Sends the first message, with the SDK as a producer would, and waits until the sink has it. */
async function deliverExample({url, queueUrlOf}: Cloud, sink: Sink, startedMs: number): Promise<void> {
  const example = await readFile(join(root, 'examples', 'hello.json'), 'utf8');
  const arrived = new Promise<'arrived'>(resolve => sink.onMessage(() => resolve('arrived')));
  const credentials = {accessKeyId: 'local', secretAccessKey: 'local'};
  const client = new SQSClient({endpoint: url, region, credentials});
  say('relayq   sending examples/hello.json to the outbox');
  await client.send(new SendMessageCommand({QueueUrl: queueUrlOf(names.outbox), MessageBody: example}));
  client.destroy();
  const tooLate = new Promise<'late'>(resolve => setTimeout(() => resolve('late'), 20_000).unref());
  if ((await Promise.race([arrived, tooLate])) === 'late') {
    say('relayq   it has not arrived after 20 seconds; the lines above say why, RELAYQ_LOG=all shows more');
  } else {
    say(`relayq   delivered ${((performance.now() - startedMs) / 1000).toFixed(1)} s after the start`);
  }
}

/** Stops everything in order, then ends the process. */
function end(exitCode: number): void {
  if (stopping !== undefined) return;
  stopping = stop().catch(error => say(`relayq   stopping: ${error}`));
  void stopping.then(() => process.exit(exitCode));
}

let interruptedMs = Number.NEGATIVE_INFINITY;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // npm passes on the Ctrl-C that the terminal has sent here already. The two count as one.
    if (performance.now() - interruptedMs < 300) return;
    if (stopping !== undefined) process.exit(130);
    interruptedMs = performance.now();
    say('relayq   stopping');
    end(0);
  });
}

const die = (what: string) => (error: unknown) => {
  // After an unexpected error nothing is certain, and no mail is better than mail that goes astray.
  process.stderr.write(`relayq: ${what}: ${error instanceof Error ? error.stack : String(error)}\n`);
  end(1);
};
// The reader is gone (`npm start | head`): there is nobody left to run for.
process.stdout.on('error', () => end(0));
process.on('uncaughtException', die('unexpected error'));
process.on('unhandledRejection', die('unhandled rejection'));

try {
  const options = parseStartOptions(process.argv.slice(2), process.env);
  if (options.help) {
    process.stdout.write(usage);
    end(0);
  } else await start(options);
} catch (error) {
  if (stopping === undefined) process.stderr.write(`relayq: ${(error as Error).message}\n`);
  end(1);
}
