// How fast, and what it takes. Pure.

import type {DrainRow} from '../cases/drain.ts';
import type {SpeedScenario} from '../cases/speed.ts';
import type {SpeedRow} from '../cases/speed-row.ts';
import {lineName} from '../receivers/line.ts';
import {numberText, type Table} from '../table.ts';

export function speedTable(scenario: SpeedScenario): Table {
  const {roundTripMs, connections, receiver, rows} = scenario;
  const many = connections === 1 ? '1 connection' : `${connections} connections`;
  return {
    title: `Speed: ${lineName(scenario)}, ${roundTripMs} ms, ${many} (to ${receiver})`,
    head: [
      '',
      'messages/s',
      'relayq is',
      'CPU s per 1,000',
      "relayq's CPU",
      'GB-s per 1,000',
      'billed ms a batch',
      'peak MB',
    ],
    rows: rows.map((row, index) => [
      row.subject,
      numberText(row.messagesPerSecond, 0),
      index === 0 ? '–' : `${numberText(row.relayqSpeed, 2)} ×`,
      numberText(row.cpuSecondsPerThousand, 3),
      index === 0 || !Number.isFinite(row.relayqCpu) ? '–' : `${numberText(row.relayqCpu, 2)} ×`,
      numberText(row.gbSecondsPerThousand, 2),
      numberText(row.billedMsPerBatch, 1),
      numberText(row.peakMB, 0),
    ]),
    notes: rows
      .filter(({failedRuns}) => failedRuns > 0)
      .map(
        ({subject, failedRuns}) =>
          `${subject}: mail did not arrive in ${failedRuns} runs, which were done again.`,
      ),
  };
}

/** The figures for which one opens the page, of all scenarios next to the pool. */
export function overviewTable(scenarios: readonly SpeedScenario[]): Table {
  const find = ({rows}: SpeedScenario, subject: string): SpeedRow | undefined =>
    rows.find(row => row.subject === subject);
  return {
    title: 'Overview: relayq, and next to nodemailer’s pool',
    head: [
      '',
      'connections',
      'messages/s',
      "the pool's",
      'faster',
      'CPU s per 1,000',
      "the pool's",
      'GB-s per 1,000',
    ],
    rows: scenarios.map(scenario => {
      const [own, pool] = [find(scenario, 'relayq'), find(scenario, "nodemailer's pool")];
      return [
        `${scenario.roundTripMs} ms, ${lineName(scenario)}, ${scenario.receiver}`,
        String(scenario.connections),
        numberText(own?.messagesPerSecond, 0),
        numberText(pool?.messagesPerSecond, 0),
        pool === undefined ? '–' : `${numberText(pool.relayqSpeed, 2)} ×`,
        numberText(own?.cpuSecondsPerThousand, 3),
        numberText(pool?.cpuSecondsPerThousand, 3),
        numberText(own?.gbSecondsPerThousand, 2),
      ];
    }),
  };
}

const basisOf = ({basis, measuredMessages}: DrainRow): string => {
  const messages = `${numberText(measuredMessages, 0)} messages`;
  if (basis === 'all') return 'measured';
  return basis === 'one lane' ? `extrapolated from one lane, ${messages}` : `extrapolated from ${messages}`;
};

export function drainTable(rows: readonly DrainRow[]): Table {
  const [{messages, lanes} = {messages: 0, lanes: 0}] = rows;
  return {
    title: `A backlog of ${numberText(messages, 0)} messages over ${lanes} lanes, 50 ms away`,
    head: ['', 'texts by', 'seconds', 'messages/s', 'how it is known'],
    rows: rows.map(row => [
      row.subject,
      row.transfer.toUpperCase(),
      numberText(row.seconds, 0),
      numberText(row.messages / row.seconds, 0),
      basisOf(row),
    ]),
    notes: ['Without the time in which Lambda adds environments: five at once, and up to 300 more a minute.'],
  };
}
