import {describe, expect, it} from 'vitest';
import {aimsOf} from '../../bench/aims.ts';
import type {SpeedScenario} from '../../bench/cases/speed.ts';
import type {SpeedRow} from '../../bench/cases/speed-row.ts';
import {figureOf} from '../../bench/figure.ts';
import {priceList} from '../../bench/prices.ts';
import {reportOf} from '../../bench/report.ts';
import type {BenchResults} from '../../bench/results.ts';

const rowOf = (
  subject: string,
  messagesPerSecond: number,
  relayqSpeed: number,
  relayqCpu: number,
): SpeedRow => ({
  subject,
  messages: 100,
  messagesPerSecond,
  cpuSecondsPerThousand: 0.1,
  peakMB: 90,
  relayqSpeed,
  relayqCpu,
  failedRuns: 0,
  runs: [],
});
const scenarioOf = (roundTripMs: number, rows: readonly SpeedRow[]): SpeedScenario => ({
  kind: 'embedded',
  transfer: 'chunking',
  security: 'plain',
  roundTripMs,
  connections: 10,
  receiver: 'embedded receiver',
  rows,
});

const results: BenchResults = {
  date: '2026-01-02T03:04:05.000Z',
  machine: {cpu: 'a processor', cores: 2, memoryGB: 4, system: 'linux', node: 'v24'},
  size: 100,
  runs: 3,
  warmUp: 200,
  sqsLatencyMs: 0,
  prices: priceList,
  speed: [
    scenarioOf(0, [
      rowOf('relayq', 5200, 1, 1),
      rowOf("nodemailer's pool", 2000, 2.6, 0.4),
      rowOf('Postfix', 600, 8.7, Number.NaN),
    ]),
    scenarioOf(20, [rowOf('relayq', 1350, 1, 1), rowOf("nodemailer's pool", 240, 5.6, 1.2)]),
  ],
};

describe('the aims', () => {
  it('cover what was measured, and say which were missed', () => {
    const aims = Object.fromEntries(aimsOf(results).map(({aim, got, met}) => [aim, {got, met}]));
    expect(aims).toEqual({
      "speed next to nodemailer's pool, 20 ms, 10 connections, CHUNKING": {got: 5.6, met: true},
      "CPU for a message next to nodemailer's pool, 20 ms, 10 connections, CHUNKING": {got: 1.2, met: false},
    });
  });
});

describe('the report', () => {
  it('shows what was measured, and by how much an aim was missed', () => {
    const page = reportOf(results);
    expect(page).toContain('on 2026-01-02: a processor, 2 cores');
    expect(page).toContain(
      "- **CHUNKING, in clear, 0 ms, 10 connections**: 5,200 messages a second, 2.60 times what nodemailer's pool delivers",
    );
    expect(page).toMatch(/\| speed next to nodemailer's.*\| at least 4.00 times \| 5.60 \| met \|/);
    expect(page).toMatch(/\| CPU for a message.*\| at most 1.00 times \| 1.20 \| missed by 20 % \|/);
    expect(page).toContain("| nodemailer's pool | 2,000 | 2.60 × | 0.100 | 0.40 × | – | – | 90 |");
    expect(page).toContain(
      '| SQS, a million requests, FIFO | 0.5 | June 2026 | aws.amazon.com/sqs/pricing |',
    );
    expect(page).not.toMatch(/NaN|undefined/);
  });

  it('keeps the notes that people wrote into it', () => {
    const first = reportOf(results);
    const noted = first.replace(/(<!-- notes.*-->)\n/, '$1\nThe pool is faster on Tuesdays.\n');
    expect(noted).not.toBe(first);
    expect(reportOf({...results, date: '2027-01-01T00:00:00.000Z'}, noted)).toBe(
      noted.replace('2026-01-02', '2027-01-01'),
    );
  });

  it('has a figure with everyone as a multiple of the pool', () => {
    const figure = figureOf(results);
    expect(figure).toContain('2.60 × (5,200/s)');
    expect(figure).toContain('1.00 × (2,000/s)');
    // 2.6 / 8.7
    expect(figure).toContain('0.30 × (600/s)');
  });
});
