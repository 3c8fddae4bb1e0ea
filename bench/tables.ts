// The results as tables. Pure.

import {aimsOf} from './aims.ts';
import type {ColdStartRow} from './cases/cold-start.ts';
import type {CostScenario} from './cases/cost.ts';
import type {PipelineFigures} from './cases/pipeline.ts';
import type {ScaleRow} from './cases/scale.ts';
import type {SpeedScenario} from './cases/speed.ts';
import {sizeName} from './mail.ts';
import type {BenchResults} from './results.ts';
import {numberText, type Table} from './table.ts';

export function tablesOf(results: BenchResults): readonly Table[] {
  const {speed = [], pipeline, scale, coldStart, cost} = results;
  return [
    ...aimsTable(results),
    ...speed.map(speedTable),
    ...(pipeline ? pipelineTables(pipeline) : []),
    ...(scale ? [scaleTable(scale)] : []),
    ...(coldStart ? [coldStartTable(coldStart)] : []),
    ...(cost ? [costTable(cost)] : []),
  ];
}

function aimsTable(results: BenchResults): readonly Table[] {
  const aims = aimsOf(results);
  if (aims.length === 0) return [];
  const rows = aims.map(({aim, got, most, least, unit, met}) => {
    const wanted =
      least === undefined ? `at most ${numberText(most, 2)}` : `at least ${numberText(least, 2)}`;
    return [
      aim,
      `${wanted} ${unit}`,
      numberText(got, 2),
      met ? 'met' : `missed by ${missedBy(got, most ?? least!)}`,
    ];
  });
  return [{title: 'Aims', head: ['', 'wanted', 'measured', ''], rows}];
}

const missedBy = (got: number, bound: number): string =>
  `${numberText(100 * Math.abs(got / bound - 1), 0)} %`;

function speedTable({security, roundTripMs, connections, receiver, rows}: SpeedScenario): Table {
  const link = security === 'plain' ? 'in clear' : 'STARTTLS';
  const many = connections === 1 ? '1 connection' : `${connections} connections`;
  return {
    title: `Speed: ${link}, ${roundTripMs} ms, ${many} (to ${receiver})`,
    head: ['', 'messages/s', 'relayq is', 'CPU s per 1,000', "relayq's CPU", 'peak MB', 'billed ms a batch'],
    rows: rows.map((row, index) => [
      row.subject,
      numberText(row.messagesPerSecond, 0),
      index === 0 ? '–' : `${numberText(row.relayqSpeed, 2)} ×`,
      numberText(row.cpuSecondsPerThousand, 3),
      index === 0 || !Number.isFinite(row.relayqCpu) ? '–' : `${numberText(row.relayqCpu, 2)} ×`,
      numberText(row.peakMB, 0),
      numberText(row.billedMsPerBatch, 1),
    ]),
    notes: rows
      .filter(({failedRuns}) => failedRuns > 0)
      .map(
        ({subject, failedRuns}) =>
          `${subject}: mail did not arrive in ${failedRuns} runs, which were done again.`,
      ),
  };
}

function pipelineTables(figures: PipelineFigures): readonly Table[] {
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

const scaleTable = (rows: readonly ScaleRow[]): Table => ({
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

const coldStartTable = (rows: readonly ColdStartRow[]): Table => ({
  title: 'Cold start',
  head: ['bundle', 'KB', 'init ms', 'of that its own load, ms'],
  rows: rows.map(({bundle, octets, initMs, loadMs}) => [
    bundle,
    numberText(octets / 1000, 0),
    numberText(initMs, 0),
    bundle === 'empty' ? '–' : numberText(loadMs, 0),
  ]),
});

function costTable(scenarios: readonly CostScenario[]): Table {
  const usd = (value: number) => numberText(value, value < 10 ? 3 : 2);
  const line = (name: string, of: (scenario: CostScenario) => number) => [
    name,
    ...scenarios.map(each => usd(of(each))),
  ];
  const terms = scenarios[0]!.cost.terms.map(({name}, index) =>
    line(name, ({cost}) => cost.terms[index]!.usd),
  );
  return {
    title: 'Cost of a million messages through a smarthost, USD (size, round trip, deferred)',
    head: [
      '',
      ...scenarios.map(
        ({mailOctets, roundTripMs, deferredShare}) =>
          `${sizeName(mailOctets)} ${roundTripMs} ms ${100 * deferredShare} %`,
      ),
    ],
    rows: [
      ...terms,
      line('relayq, in all', ({cost}) => cost.usd),
      line('on top, if the smarthost is outside AWS', ({cost}) => cost.transferUsd),
      line('Amazon SES instead', ({cost}) => cost.ses.usd),
      line("on top, SES's price for data", ({cost}) => cost.ses.transferUsd),
    ],
  };
}
