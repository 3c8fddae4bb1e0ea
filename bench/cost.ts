// The cost of a million messages, computed from measurements of some hundred. Each term is shown by itself, so that the
// largest is seen. Pure.

import {memoryMBOfOneCpu, type Prices} from './prices.ts';
import {billedRequestsOf, type Call} from './sqs-meter.ts';

/** What a function used for a number of messages. */
export interface FunctionUse {
  readonly messages: number;
  readonly memoryMB: number;
  readonly invocations: number;
  readonly billedMs: number;
  readonly cpuSeconds: number;
  readonly logOctets: number;
  readonly calls: readonly Call[];
}

export interface CostInput {
  readonly route: FunctionUse;
  /** Measured with the share of deferred attempts that `attempts` means. */
  readonly deliver: FunctionUse;
  /** The JSON of a message on the outbox, and on the delivery queue. */
  readonly outboxOctets: number;
  readonly deliveryOctets: number;
  /** Of the mail itself. */
  readonly mailOctets: number;
  /** Attempts for each message that is delivered: 1.1 when a tenth of them is deferred once. */
  readonly attempts: number;
  readonly batchSize: number;
}

export interface Term {
  readonly name: string;
  readonly usd: number;
}

export interface Cost {
  readonly terms: readonly Term[];
  /** Of all terms. */
  readonly usd: number;
  /** Added when the mail leaves AWS. */
  readonly transferUsd: number;
  readonly ses: {readonly usd: number; readonly transferUsd: number};
}

export const million = 1_000_000;
export const octetsPerGB = 1024 ** 3;

export function costPerMillion(input: CostInput, prices: Prices): Cost {
  const {route, deliver, outboxOctets, deliveryOctets, mailOctets, attempts, batchSize} = input;
  const {sqsStandardPerMillionRequests: standard, sqsFifoPerMillionRequests: fifo} = prices;
  /** How many requests a batch takes, for each of its messages. */
  const batched = (octets: number) => billedRequestsOf(octets * batchSize) / batchSize;
  const called = (use: FunctionUse, wanted: (call: Call) => boolean) =>
    (attempts * usdOfCalls(use.calls.filter(wanted), prices)) / use.messages;
  const isDelete = ({operation}: Call) => operation.startsWith('DeleteMessage');
  const isResult = ({queue}: Call) => /-(results|success|failure|retry)$/.test(queue);
  const perMillion: readonly Term[] = [
    {name: 'SQS: producer puts it on the outbox', usd: standard * batched(outboxOctets)},
    {
      name: 'SQS: Lambda takes it off the outbox',
      usd: attempts * standard * (batched(outboxOctets) + 1 / batchSize),
    },
    {name: 'SQS: route puts it into its queue', usd: called(route, () => true)},
    {
      name: 'SQS: Lambda takes it off its queue',
      usd: attempts * fifo * (batched(deliveryOctets) + 1 / batchSize),
    },
    {name: 'SQS: deliver publishes results', usd: called(deliver, isResult)},
    {name: 'SQS: deliver deletes it', usd: called(deliver, isDelete)},
    {name: 'SQS: deliver defers it', usd: called(deliver, call => !isDelete(call) && !isResult(call))},
    {name: 'Lambda: route, time', usd: attempts * usdOfTime(route, prices)},
    {name: 'Lambda: deliver, time', usd: attempts * usdOfTime(deliver, prices)},
    {
      name: 'Lambda: slower CPU',
      usd: attempts * (usdOfSlowerCpu(route, prices) + usdOfSlowerCpu(deliver, prices)),
    },
    {
      name: 'Lambda: invocations',
      usd: attempts * (usdOfInvocations(route, prices) + usdOfInvocations(deliver, prices)),
    },
    {name: 'Logs', usd: attempts * (usdOfLogs(route, prices) + usdOfLogs(deliver, prices))},
  ];
  const mailGB = (million * mailOctets) / octetsPerGB;
  return {
    terms: perMillion,
    usd: perMillion.reduce((sum, {usd}) => sum + usd, 0),
    transferUsd: mailGB * prices.transferPerGB,
    ses: {usd: 1000 * prices.sesPerThousandMessages, transferUsd: mailGB * prices.sesPerGB},
  };
}

/**
 * What a function costs for a million messages that it takes from a standard queue and puts into another, Lambda's own
 * calls included.
 */
export function usdOfRound(use: FunctionUse, octets: number, batchSize: number, prices: Prices): number {
  const received = billedRequestsOf(octets * batchSize) / batchSize + 1 / batchSize;
  return (
    prices.sqsStandardPerMillionRequests * received +
    usdOfCalls(use.calls, prices) / use.messages +
    usdOfTime(use, prices) +
    usdOfSlowerCpu(use, prices) +
    usdOfInvocations(use, prices)
  );
}

/** Prices are for a million requests, so this is the cost of making these calls a million times. */
const usdOfCalls = (calls: readonly Call[], prices: Prices): number =>
  calls.reduce((sum, {queue, billedRequests}) => {
    const fifo = queue.endsWith('.fifo');
    return (
      sum + billedRequests * (fifo ? prices.sqsFifoPerMillionRequests : prices.sqsStandardPerMillionRequests)
    );
  }, 0);

const usdOfMs = (ms: number, {memoryMB, messages}: FunctionUse, prices: Prices): number =>
  ((million * ms) / 1000 / messages) * (memoryMB / 1024) * prices.lambdaPerGBSecond;

const usdOfTime = (use: FunctionUse, prices: Prices): number => usdOfMs(use.billedMs, use, prices);

/**
 * Here the function has a core to itself; on AWS it has the share of one that comes with its memory. An upper limit:
 * much of the computing goes on while the function waits, and this counts as if none did.
 */
const usdOfSlowerCpu = (use: FunctionUse, prices: Prices): number => {
  const share = Math.min(1, use.memoryMB / memoryMBOfOneCpu);
  return usdOfMs(1000 * use.cpuSeconds * (1 / share - 1), use, prices);
};

const usdOfInvocations = ({invocations, messages}: FunctionUse, prices: Prices): number =>
  (invocations / messages) * prices.lambdaPerMillionRequests;

const usdOfLogs = ({logOctets, messages}: FunctionUse, prices: Prices): number =>
  ((million * logOctets) / messages / octetsPerGB) * prices.logsPerGB;
