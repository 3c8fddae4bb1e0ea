// The page in docs/: the results, how they were measured, and how to repeat it. Keeps what people wrote between its
// markers. Pure.

import {sqsLatencyMs as awsLatencyMs} from './cases/cost.ts';
import {headlineOf} from './headline.ts';
import {memoryMBOfOneCpu, type Prices} from './prices.ts';
import type {BenchResults} from './results.ts';
import {markdownTable, type Table} from './table.ts';
import {tablesOf} from './tables.ts';

const notesStart = '<!-- notes: kept when this page is written anew -->';
const notesEnd = '<!-- end of notes -->';

/** @param previous the page as it was before, if there was one */
export function reportOf(results: BenchResults, previous = ''): string {
  const {date, machine, size, runs, warmUp, sqsLatencyMs, prices} = results;
  const tables = tablesOf(results);
  const aims = tables.filter(({title}) => title === 'Aims');
  const others = tables.filter(table => !aims.includes(table));
  return `# Benchmark

${headlineOf(results)}

Written by \`npm run bench -- --report docs\` on ${date.slice(0, 10)}: ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGB} GB,
${machine.system}, Node.js ${machine.node}; ${runs} alternating runs of each, of ${size} messages where nothing is delayed,
after ${warmUp} messages of warm-up in each process. [How it was measured](#method).

${aims.map(section).join('\n')}
${notesOf(previous)}

![Speed next to nodemailer's pool, and cost by term](benchmark.svg)

${others.map(section).join('\n')}
${method(prices, sqsLatencyMs)}
## Repeat it

\`\`\`sh
npm ci
npm run bench -- --report docs --json benchmark.json   # everything; as root, so that Postfix can take part
npm run bench -- --cases speed --round-trip 0 --connections 10 --security plain --runs 5
npm run bench -- --help
\`\`\`

With Debian's \`postfix\` installed, its \`smtp-sink\` receives, and Postfix and \`smtp-source\` take part; without, the
embedded sink receives. No other service is needed, and nothing leaves the machine.
`;
}

const section = (table: Table): string => `## ${table.title}\n\n${markdownTable(table)}`;

function notesOf(previous: string): string {
  const start = previous.indexOf(notesStart);
  const end = previous.indexOf(notesEnd, start);
  const notes = start < 0 || end < 0 ? '\n' : previous.slice(start + notesStart.length, end);
  return `${notesStart}${notes}${notesEnd}`;
}

const method = (prices: Prices, latencyMs: number): string => `## Method

- **The same for everyone.** Plain messages of 10 KB (10,240 octets), one recipient each, to the same receiver on
  loopback. A run counts only if the receiver has counted all its messages. Subjects take turns, another one first
  each time; of their runs the median counts; a ratio is the median of the ratios of neighbouring runs, as a machine
  that is busy for a while is so for both.
- **relayq** is the bundle that \`cdk synth\` makes of the deliver function, in the local cloud's Lambda: a process for
  each environment, with the heap limits of its memory, frozen between invocations. It is fed with SQS events of ten
  messages, as SQS hands them out, one after the other. Its calls of SQS are answered ${latencyMs === 0 ? 'at once' : `after ${latencyMs} ms`}
  by an endpoint that keeps nothing, those of SSM by the local Parameter Store. Ten connections are ten environments
  with a message group each: SQS gives a group to one invocation at a time, and fills a batch from one group as long as
  that has ten messages. "One environment" is the other case: ten short groups that share a batch, and so a process.
- **nodemailer's pool** (\`createTransport({pool: true, maxConnections})\`) runs in one process, with twice as many
  messages in hand as it has connections, and with \`maxMessages\` unlimited, as it would otherwise connect anew every
  100 messages. Its **bare SMTPConnection** is one message after the other on each connection.
- **Postfix** relays through \`relayhost\` with the same number of connections: a queue of up to 5,000 messages is filled
  while all mail is on hold, then released; counted from the release to the last arrival. Its configuration and its
  queue are the benchmark's own.
- **smtp-source** sends from memory and decides nothing: the ceiling of the receiver, without round-trip time (it
  does not pipeline).
- **Round-trip time** is a TCP proxy in a process of its own that holds everything back for half of it, each way, keeps the
  order, and limits no bandwidth; a connection's handshake is made up for before its greeting. Real lines add slow
  start, which a kept connection is through with.
- **STARTTLS**: smtp-sink has none, so a process in front of it does the handshake and the encryption; with the
  embedded sink that does it itself.
- **CPU** is user and system time of the subject's own processes (/proc/PID/stat), **memory** the peak resident set of
  its largest process, **billed** what Lambda bills for an invocation: rounded up to a millisecond.
- **Cold start**: the time from the start of the process until it asks for its first invocation. *Its own load* is that
  less the time of an empty handler. *naive* is a handler that imports middy, nodemailer and both clients of the
  SDK whole, bundled with the same options.
- **Cost**: list prices of us-east-1, arm64, of ${prices.date}, no free allowance. SQS by requests of 64 KB, the producer
  sending ten at a time; Lambda's own calls (one ReceiveMessage and one DeleteMessageBatch a batch) are added to those
  that were counted. SQS answers after ${awsLatencyMs} ms. *Slower CPU* is what computing would take longer with the part of
  a core that comes with the memory (${memoryMBOfOneCpu} MB for one), as if none of it went on while waiting: an upper limit. With 10 %
  deferred, each tenth message takes a second attempt. Cold starts are not in it, nor the empty receives of
  an idle stack (some 1.3 million a month, half a dollar), nor your own consumers of the results.

| list price | USD |
| --- | ---: |
| SQS, a million requests, standard | ${prices.sqsStandardPerMillionRequests} |
| SQS, a million requests, FIFO | ${prices.sqsFifoPerMillionRequests} |
| Lambda, a GB-second | ${prices.lambdaPerGBSecond} |
| Lambda, a million invocations | ${prices.lambdaPerMillionRequests} |
| CloudWatch Logs, a GB | ${prices.logsPerGB} |
| Data transfer to the internet, a GB | ${prices.transferPerGB} |
| Amazon SES, a thousand messages | ${prices.sesPerThousandMessages} |
| Amazon SES, a GB of data | ${prices.sesPerGB} |
`;
