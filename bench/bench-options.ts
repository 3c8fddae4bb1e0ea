// The command line of `npm run bench`.

import {parseArgs} from 'node:util';

export const caseNames = ['speed', 'pipeline', 'scale', 'cold-start', 'cost'] as const;
type CaseName = (typeof caseNames)[number];

const peerNames = ['pool', 'connection', 'postfix', 'smtp-source'] as const;
type PeerName = (typeof peerNames)[number];

const linkSecurities = ['plain', 'starttls'] as const;
export type LinkSecurity = (typeof linkSecurities)[number];

export interface BenchOptions {
  /** How many messages a run without delay has; all other numbers of messages follow from it. */
  readonly size: number;
  readonly cases: ReadonlySet<CaseName>;
  readonly peers: ReadonlySet<PeerName>;
  readonly securities: readonly LinkSecurity[];
  readonly roundTripsMs: readonly number[];
  readonly connections: readonly number[];
  readonly runs: number;
  /** How many messages each process sends before it is measured. */
  readonly warmUp: number;
  readonly receiver: 'auto' | 'embedded';
  /** How long SQS takes to answer. The cost is always measured with the latency of AWS. */
  readonly sqsLatencyMs: number;
  readonly json?: string;
  readonly report?: string;
  readonly help: boolean;
}

/** What is wrong with the command line. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const usage = `Usage: npm run bench -- [OPTIONS]

Measures, on loopback, how fast mail is delivered and what it would cost, next to what one would use instead.

  --size N               messages in a run without delay (5000); the other numbers follow from it
  --runs N               runs of each, alternating; medians count (3)
  --warm-up N            messages that each process sends before it is measured (twice the size)
  --cases LIST           of ${caseNames.join(',')} (all)
  --peers LIST           of ${peerNames.join(',')}, or none (all that are installed)
  --security LIST        of ${linkSecurities.join(',')} (both)
  --round-trip LIST      emulated round-trip times in ms (0,20,50)
  --connections LIST     (1,10)
  --sqs-latency MS       how long SQS takes to answer a fed function (0; for the cost always 10)
  --receiver embedded    not Postfix's smtp-sink, even where it is installed
  --json FILE            writes everything that was measured
  --report DIRECTORY     writes benchmark.md and benchmark.svg
  --help

The table goes to standard output, progress to standard error. Postfix as a peer needs to be run as root.
`;

/** @throws UsageError */
export function parseBenchOptions(args: readonly string[]): BenchOptions {
  const values = parse(args);
  const size = wholeNumber('--size', values.size ?? '5000', 10, 1_000_000);
  const words = <Word extends string>(name: string, value: string | undefined, known: readonly Word[]) =>
    value === undefined ? known : listOf(name, value, text => wordOf(name, text, known));
  const numbers = (name: string, value: string, least: number, most: number) =>
    listOf(name, value, text => wholeNumber(name, text, least, most));
  const peers = values.peers === 'none' ? [] : words('--peers', values.peers, peerNames);
  return {
    size,
    runs: wholeNumber('--runs', values.runs ?? '3', 1, 100),
    warmUp: wholeNumber('--warm-up', values['warm-up'] ?? String(2 * size), 0, 10_000_000),
    cases: new Set(words('--cases', values.cases, caseNames)),
    peers: new Set(peers),
    securities: words('--security', values.security, linkSecurities),
    roundTripsMs: numbers('--round-trip', values['round-trip'] ?? '0,20,50', 0, 10_000),
    connections: numbers('--connections', values.connections ?? '1,10', 1, 100),
    sqsLatencyMs: wholeNumber('--sqs-latency', values['sqs-latency'] ?? '0', 0, 1000),
    receiver: wordOf('--receiver', values.receiver ?? 'auto', ['auto', 'embedded'] as const),
    ...(values.json !== undefined && {json: values.json}),
    ...(values.report !== undefined && {report: values.report}),
    help: values.help ?? false,
  };
}

function listOf<T>(name: string, value: string, parseOne: (text: string) => T): readonly T[] {
  const list = value.split(',').map(text => parseOne(text.trim()));
  if (new Set(list).size < list.length) throw new UsageError(`${name}: ${value} names something twice`);
  return list;
}

function wordOf<Word extends string>(name: string, text: string, known: readonly Word[]): Word {
  const word = known.find(each => each === text);
  if (word === undefined)
    throw new UsageError(`${name}: ${text || 'nothing'} is none of ${known.join(', ')}`);
  return word;
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most)
    throw new UsageError(`${name}: ${text || 'nothing'} is not a whole number from ${least} to ${most}`);
  return value;
}

function parse(args: readonly string[]) {
  const text = {type: 'string'} as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        size: text,
        runs: text,
        'warm-up': text,
        cases: text,
        peers: text,
        security: text,
        'round-trip': text,
        connections: text,
        'sqs-latency': text,
        receiver: text,
        json: text,
        report: text,
        help: {type: 'boolean', short: 'h'},
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
