// The command line of `npm run bench`.

import {parseArgs} from 'node:util';
import {type ReceiverKind, receiverKinds, type Transfer, transfers} from './receivers/receiver.ts';

export const caseNames = [
  'cold-start',
  'speed',
  'drain',
  'scale',
  'pipeline',
  'cost',
  'isolation',
  'submission',
] as const;
export type CaseName = (typeof caseNames)[number];

const peerNames = ['pool', 'connection', 'postfix', 'smtp-source'] as const;
type PeerName = (typeof peerNames)[number];

const linkSecurities = ['plain', 'starttls'] as const;
export type LinkSecurity = (typeof linkSecurities)[number];

const troubleKinds = ['dead', 'slow', 'flooded'] as const;
export type DomainTrouble = (typeof troubleKinds)[number];

export interface BenchOptions {
  /** How many messages a run has at most; all other numbers of messages follow from it, and how long runs last. */
  readonly size: number;
  readonly cases: ReadonlySet<CaseName>;
  readonly peers: ReadonlySet<PeerName>;
  readonly securities: readonly LinkSecurity[];
  readonly roundTripsMs: readonly number[];
  readonly connections: readonly number[];
  readonly runs: number;
  /** How many messages each process sends before it is measured. */
  readonly warmUp: number;
  readonly receivers: readonly ReceiverKind[];
  readonly transfers: readonly Transfer[];
  /** How many lanes a backlog of twenty times the size is drained over. */
  readonly lanes: number;
  /** How many of a thousand domains are in trouble, and in which. */
  readonly troubled: readonly number[];
  readonly troubles: readonly DomainTrouble[];
  /** How long SQS takes to answer. The cost is always measured with the latency of AWS. */
  readonly sqsLatencyMs: number;
  /** A JSON of before: what is not measured now is taken from it. */
  readonly from?: string;
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

  --size N               messages of a run at most (5000); a run lasts some 0.3 ms for each of them
  --runs N               runs of each, alternating; medians count (3)
  --warm-up N            messages that each process sends before it is measured (the size)
  --cases LIST           of ${caseNames.join(',')} (all)
  --peers LIST           of ${peerNames.join(',')}, or none (all that are installed)
  --security LIST        of ${linkSecurities.join(',')} (both)
  --round-trip LIST      emulated round-trip times in ms (0,20,50)
  --connections LIST     (1,10)
  --sqs-latency MS       how long SQS takes to answer a fed function (0; for the cost always 10)
  --receivers LIST       of ${receiverKinds.join(',')} (all that are installed)
  --transfers LIST       of ${transfers.join(',')} (both): whether receivers offer CHUNKING
  --lanes N              to drain a backlog of twenty times the size (50)
  --troubled LIST        how many of a thousand domains are in trouble (1,10,100)
  --troubles LIST        of ${troubleKinds.join(',')} (all)
  --from FILE            takes what is not measured now from a JSON of before; without --cases nothing is measured
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
  const nothing = values.from !== undefined && values.cases === undefined;
  const peers = values.peers === 'none' ? [] : words('--peers', values.peers, peerNames);
  return {
    size,
    runs: wholeNumber('--runs', values.runs ?? '3', 1, 100),
    warmUp: wholeNumber('--warm-up', values['warm-up'] ?? String(size), 0, 10_000_000),
    cases: new Set(nothing ? [] : words('--cases', values.cases, caseNames)),
    peers: new Set(peers),
    securities: words('--security', values.security, linkSecurities),
    roundTripsMs: numbers('--round-trip', values['round-trip'] ?? '0,20,50', 0, 10_000),
    connections: numbers('--connections', values.connections ?? '1,10', 1, 100),
    sqsLatencyMs: wholeNumber('--sqs-latency', values['sqs-latency'] ?? '0', 0, 1000),
    receivers: words('--receivers', values.receivers, receiverKinds),
    transfers: words('--transfers', values.transfers, transfers),
    lanes: wholeNumber('--lanes', values.lanes ?? '50', 1, 1000),
    troubled: numbers('--troubled', values.troubled ?? '1,10,100', 1, 500),
    troubles: words('--troubles', values.troubles, troubleKinds),
    ...(values.from !== undefined && {from: values.from}),
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
        receivers: text,
        transfers: text,
        lanes: text,
        troubled: text,
        troubles: text,
        from: text,
        json: text,
        report: text,
        help: {type: 'boolean', short: 'h'},
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
