// What the functions do: the whole pipeline, many messages, and cold starts. Pure.

import type {ColdStartRow} from '../cases/cold-start.ts';
import type {PipelineFigures} from '../cases/pipeline.ts';
import type {ScaleRow} from '../cases/scale.ts';
import type {SubmissionRow} from '../cases/submission.ts';
import {numberText, type Table} from '../table.ts';

export function pipelineTables(figures: PipelineFigures): readonly Table[] {
  const {messages, receiver, messagesPerSecond, invocations, billedMsPerInvocation, calls} = figures;
  const invoked = Object.entries(invocations).flatMap(([name, count]) => [
    [`invocations of ${name}`, numberText(count, 0)],
    [`messages an invocation of ${name}`, numberText(messages / count, 1)],
    [`billed ms an invocation of ${name}`, numberText(billedMsPerInvocation[name], 1)],
  ]);
  return [
    {
      title: `Pipeline: from the outbox of the local cloud to ${receiver}`,
      head: ['', ''],
      rows: [
        ['messages', numberText(messages, 0)],
        ['messages/s', numberText(messagesPerSecond, 0)],
        ...invoked,
        ['log octets a message', numberText(figures.logOctetsPerMessage, 0)],
        ['SQS calls a message, without the producer', numberText(figures.callsPerMessage, 2)],
      ],
    },
    {
      title: 'Pipeline: calls of SQS',
      head: ['queue', 'call', 'calls', 'a message', 'messages a call', 'billed requests a message'],
      rows: [
        ...calls.map(call => [
          call.queue,
          call.operation,
          numberText(call.calls, 0),
          numberText(call.calls / messages, 2),
          numberText(call.entries / call.calls, 1),
          numberText(call.billedRequests / messages, 2),
        ]),
        [
          'outbox and delivery',
          'ReceiveMessage, DeleteMessageBatch (by Lambda)',
          numberText(figures.eventSourceCalls, 0),
          numberText(figures.eventSourceCalls / messages, 2),
          numberText((2 * 2 * messages) / figures.eventSourceCalls, 1),
          '–',
        ],
      ],
    },
  ];
}

export const scaleTable = (rows: readonly ScaleRow[]): Table => ({
  title: 'Scale: one environment, one connection, 0 ms, one size after the other',
  head: ['messages', 'messages/s', 'CPU s per 1,000', 'billed ms per 1,000', 'peak MB so far'],
  rows: rows.map(row => [
    numberText(row.messages, 0),
    numberText(row.messagesPerSecond, 0),
    numberText(row.cpuSecondsPerThousand, 3),
    numberText(row.billedMsPerThousand, 0),
    numberText(row.peakMB, 0),
  ]),
});

export const submissionTable = (rows: readonly SubmissionRow[]): Table => ({
  title: 'Submission: mail of 10 KB by smtp-source, 0 ms',
  head: ['server', 'connections', 'messages/s', 'CPU s per 1,000', 'messages a request of SQS'],
  rows: rows.map(row => [
    row.server,
    numberText(row.connections, 0),
    numberText(row.messagesPerSecond, 0),
    numberText(row.cpuSecondsPerThousand, 2),
    Number.isFinite(row.messagesPerRequest) ? numberText(row.messagesPerRequest, 1) : '–',
  ]),
});

export const coldStartTable = (rows: readonly ColdStartRow[]): Table => ({
  title: 'Cold start',
  head: ['bundle', 'KB', 'init ms', 'of that its own load, ms'],
  rows: rows.map(({bundle, octets, initMs, loadMs}) => [
    bundle,
    numberText(octets / 1000, 0),
    numberText(initMs, 0),
    bundle === 'empty' ? '–' : numberText(loadMs, 0),
  ]),
});
