// How fast `relayq smtp` takes mail, next to Postfix as a submission server. Both are sent to by smtp-source. relayq answers
// when SQS has the mail, Postfix when its disk has it; then Postfix discards it.

import {spawn} from 'node:child_process';
import {mkdtemp} from 'node:fs/promises';
import {join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {type BenchContext, messagesOfRun} from '../bench-context.ts';
import {Child} from '../child.ts';
import {freePort, isListening} from '../free-port.ts';
import {PostfixInstance} from '../peers/postfix-instance.ts';
import {blast, writeSource} from '../peers/smtp-source.ts';
import {cpuSecondsOf, sessionCpuSecondsOf} from '../process-figures.ts';
import {programOf} from '../programs.ts';
import {median} from '../statistics.ts';
import type {SqsReply, SqsRequest} from '../submission/sqs-process.ts';

export interface SubmissionRow {
  readonly server: string;
  readonly connections: number;
  readonly messagesPerSecond: number;
  readonly cpuSecondsPerThousand: number;
  /** NaN where there is no SQS. */
  readonly messagesPerRequest: number;
}

interface Server {
  readonly name: string;
  readonly port: number;
  cpuSeconds(): number;
  /** How many requests of SQS there were since the last time. */
  requests(): Promise<number>;
  close(): Promise<void>;
}

const concurrencies = [1, 10, 100];
/** Of AWS, as in the measurement of the cost. */
const sqsLatencyMs = 10;

export async function measureSubmission(context: BenchContext): Promise<readonly SubmissionRow[]> {
  if (programOf('smtp-source') === undefined) return [];
  const {options, directory, progress} = context;
  const file = await writeSource(directory);
  const servers = [await startRelayq(context), ...(await postfixes(context))];
  const rows: SubmissionRow[] = [];
  try {
    for (const connections of concurrencies) {
      progress(`submission: ${connections} connections`);
      const send = ({port}: Server, messages: number) =>
        blast({file, host: '127.0.0.1', port, connections, messages});
      const runs = new Map<Server, Omit<SubmissionRow, 'server' | 'connections'>[]>(
        servers.map(server => [server, []]),
      );
      for (const server of servers) await send(server, Math.max(options.warmUp, connections));
      const counts = new Map<Server, number>();
      for (const server of servers)
        counts.set(
          server,
          await messagesOfRun(options.size, connections, messages => send(server, messages)),
        );
      for (let run = 0; run < options.runs; run += 1)
        for (const server of servers)
          runs.get(server)!.push(await measured(server, counts.get(server)!, send));
      for (const [{name}, figures] of runs) rows.push({server: name, connections, ...medians(figures)});
    }
  } finally {
    for (const server of servers) await server.close();
  }
  return rows;
}

async function measured(
  server: Server,
  messages: number,
  send: (server: Server, messages: number) => Promise<number>,
) {
  await server.requests();
  const cpuBefore = server.cpuSeconds();
  const elapsedMs = await send(server, messages);
  return {
    messagesPerSecond: (messages / elapsedMs) * 1000,
    cpuSecondsPerThousand: ((server.cpuSeconds() - cpuBefore) / messages) * 1000,
    messagesPerRequest: messages / (await server.requests()),
  };
}

const medians = (figures: readonly Omit<SubmissionRow, 'server' | 'connections'>[]) => ({
  messagesPerSecond: median(figures.map(each => each.messagesPerSecond)),
  cpuSecondsPerThousand: median(figures.map(each => each.cpuSecondsPerThousand)),
  messagesPerRequest: median(figures.map(each => each.messagesPerRequest)),
});

async function startRelayq({reaper}: BenchContext): Promise<Server> {
  const sqs = new Child<SqsRequest, SqsReply>('submission/sqs-process.ts');
  const {port: sqsPort} = await sqs.ask({start: {latencyMs: sqsLatencyMs}});
  const port = await freePort();
  const url = `http://127.0.0.1:${sqsPort}`;
  const where = ['--endpoint-url', url, '--queue-url', `${url}/000000000000/outbox`];
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, '../../cli/relayq.ts'), 'smtp', '--listen', `127.0.0.1:${port}`, ...where],
    {stdio: ['ignore', 'ignore', 'inherit'], detached: true},
  );
  reaper.watch(child.pid!);
  while (!(await isListening(port))) await delay(20);
  return {
    name: 'relayq smtp',
    port,
    cpuSeconds: () => cpuSecondsOf(child.pid!),
    requests: async () => (await sqs.ask({take: true})).requests,
    close: async () => {
      child.kill('SIGKILL');
      reaper.forget(child.pid!);
      await sqs.close();
    },
  };
}

async function postfixes({directory, reaper, options}: BenchContext): Promise<readonly Server[]> {
  if (!options.peers.has('postfix') || PostfixInstance.unfit() !== undefined) return [];
  const own = await mkdtemp(join(directory, 'postfix-'));
  const postfix = await PostfixInstance.start(own, ['default_transport = discard'], reaper);
  return [
    {
      name: 'Postfix',
      port: postfix.port,
      cpuSeconds: () => sessionCpuSecondsOf(postfix.master),
      requests: async () => 0,
      close: async () => postfix.stop(),
    },
  ];
}
