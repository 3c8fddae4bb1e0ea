// How the benchmark measures, for the report. Pure.

import {sqsLatencyMs as awsLatencyMs} from './cases/route-use.ts';
import {flood, messagesPerSecond, queuedEach} from './isolation/situation.ts';
import {memoryMBOfOneCpu, type priceList} from './prices.ts';

export const methodOf = (prices: typeof priceList, latencyMs: number): string => `## Method

- **The same for everyone.** Plain messages of 10 KB (10,240 octets), one recipient each, to the same receiver on
  loopback. A run counts only if the receiver has counted all its messages. How many messages a run has, each subject's
  own speed decides: runs take the same time. Subjects take turns, another one first each time; of their runs the median
  counts; a ratio is the median of the ratios of neighbouring runs, as a machine that is busy for a while is so for both.
- **Receivers.** The embedded one is a process that discards mail, with CHUNKING (RFC 3030) or without. Postfix's smtp-sink
  does the same with DATA alone, and faster. Postfix itself queues each message on the disk before it answers, and then
  discards it. relayq uses CHUNKING where it is offered; nodemailer and Postfix never do, so that their figures are the
  same with both, apart from noise.
- **relayq** is the bundle that \`cdk synth\` makes of the deliver function, in the local cloud's Lambda: a process for
  each environment, with the heap limits of its memory, frozen between invocations. It is fed with SQS events of ten
  messages, as SQS hands them out, one after the other. Its calls of SQS are answered ${latencyMs === 0 ? 'at once' : `after ${latencyMs} ms`}
  by an endpoint that keeps nothing, those of SSM and DynamoDB by the local ones. Ten connections are ten environments
  with a message group each: SQS gives a group to one invocation at a time, and fills a batch from one group as long as
  that has ten messages. "One environment" is the other case: ten short groups that share a batch, and so a process.
- **nodemailer's pool** (\`createTransport({pool: true, maxConnections})\`) runs in one process, with twice as many
  messages in hand as it has connections, and with \`maxMessages\` unlimited, as it would otherwise connect anew every
  100 messages. Its **bare SMTPConnection** is one message after the other on each connection, measured without delay.
- **Postfix** relays through \`relayhost\` with the same number of connections: a queue is filled while all mail is on
  hold, then released; counted from the release to the last arrival. Its configuration and its queue are the benchmark's
  own.
- **smtp-source** sends from memory and decides nothing: the ceiling of a fast receiver, without round-trip time.
- **Round-trip time** is a TCP proxy in a process of its own that holds everything back for half of it, each way, keeps the
  order, and limits no bandwidth; a connection's handshake is made up for before its greeting. Real lines add slow
  start, which a kept connection is through with.
- **CPU** is what the subject's own processes have run for (schedstat, or /proc/PID/stat for Postfix), **memory** the peak
  resident set of its largest process, **billed** what Lambda bills for an invocation: rounded up to a millisecond.
  **GB-seconds** are that by the function's memory.
- **A backlog**: as many environments as lanes would need more than this machine has, so one lane is measured, and the
  others are taken to be as fast: on AWS each has a function and a part of a core of its own. Where they fit, all are
  measured. nodemailer and Postfix have all connections; the rate of a part of the backlog is taken for all of it.
- **Isolation, measured**: a thousand domains with a server and an address each on loopback. Dead ones accept connections
  and never greet, slow ones reply to each text after 40 s; each has ${queuedEach} messages queued. Flooded ones have
  ${flood} together. All others take 60 ms. Then mail to the healthy ones begins, ${messagesPerSecond} messages a second, and its last
  message is waited for, for 15 s. relayq is the whole pipeline of the local cloud with the defaults of the stack, each
  environment a process that has to start on this machine. nodemailer is fifty workers in a process, with a pool of two
  connections for each domain; a message that fails is lost. Postfix has its defaults and delivers to the domains itself;
  a table says where they are. Delays are from handing a message over to the arrival of its text.
- **Isolation, simulated**: the same on [the simulation's](simulation.md) clock, with forty times the healthy mail.
- **Cold start**: the time from the start of the process until it asks for its first invocation. *Its own load* is that
  less the time of an empty handler. *naive* is a handler that imports middy, nodemailer and both clients of the
  SDK whole, bundled with the same options.
- **Cost**: list prices of us-east-1, arm64, no free allowance. SQS by requests of 64 KB, the producer
  sending ten at a time; Lambda's own calls (one ReceiveMessage and one DeleteMessageBatch a batch) are added to those
  that were counted. SQS answers after ${awsLatencyMs} ms. *Slower CPU* is what computing would take longer with the part of
  a core that comes with the memory (${memoryMBOfOneCpu} MB for one), as if none of it went on while waiting: an upper limit. With 10 %
  deferred, each tenth message takes a second attempt. *One result* is \`results-kinds\` with one kind. Cold starts are not
  in it, nor your own consumers of the results.
- **Direct delivery**: batches of ten messages to ten domains that no one has sent to before, each with a connection of its
  own, DNS as far away as the servers. What passes the NAT gateway and its flow logs beside the mail is assumed: 6 KB
  and 0.8 KB a message. What dead domains cost is simulated: attempts until the mail is given up.
- **Submission**: smtp-source sends to \`relayq smtp\`, a process of its own that waits for an SQS which answers after 10 ms,
  and to a Postfix that queues on the disk and then discards. Their CPU is in the table, that of smtp-source and SQS is not.
- **Waiting** mail goes round every 15 minutes, 96 times a day; a round was measured.

| list price | USD | read | at |
| --- | ---: | --- | --- |
${Object.values(prices)
  .map(
    ({of, usd, date, from}) =>
      `| ${of} | ${usd.toFixed(10).replace(/0+$/, '').replace(/\.$/, '')} | ${date} | ${from} |`,
  )
  .join('\n')}

`;
