// What is paid by the month, whether mail is sent or not: of a stack, of direct delivery, of keys, and of a small server
// that relays instead. Pure.

import {million, type Term} from './cost.ts';
import type {Prices} from './prices.ts';

export const hoursPerMonth = 730;
/** "Lambda reads up to five batches" at first, and asks again when nothing came within the longest wait (20 s). */
const pollers = 5;
const pollSeconds = 20;
const diskGB = 8;

export interface StackFacts {
  readonly standardQueues: number;
  readonly fifoQueues: number;
  /** Metrics that alarms watch. */
  readonly alarmMetrics: number;
}

const pollsPerMonth = (pollers * hoursPerMonth * 3600) / pollSeconds;

/** A month of them. */
export const usdOfPolls = (
  {standardQueues, fifoQueues}: Pick<StackFacts, 'standardQueues' | 'fifoQueues'>,
  {sqsStandardPerMillionRequests: standard, sqsFifoPerMillionRequests: fifo}: Prices,
): number => (pollsPerMonth / million) * (standardQueues * standard + fifoQueues * fifo);

export const idleTermsOf = (facts: StackFacts, prices: Prices): readonly Term[] => [
  {
    name: `SQS: Lambda asks ${facts.standardQueues} standard and ${facts.fifoQueues} FIFO queues`,
    usd: usdOfPolls(facts, prices),
  },
  {
    name: `CloudWatch: alarms on ${facts.alarmMetrics} metrics`,
    usd: facts.alarmMetrics * prices.alarmPerMonth,
  },
];

/** For direct delivery, apart from what is paid by the octet. */
export const natTermsOf = (prices: Prices): readonly Term[] => [
  {name: 'NAT gateway', usd: hoursPerMonth * prices.natPerHour},
  {name: 'its address', usd: hoursPerMonth * prices.addressPerHour},
];

/**
 * "Lambda terminates execution environments every few hours to allow for runtime updates and maintenance – even for functions
 * that are invoked continuously." These are few.
 */
export const hoursOfEnvironment = 2;

/**
 * Environments read the settings once a minute. SSM decrypts each SecureString when one starts, and when one is changed, which
 * is rare.
 */
export const keyTermsOf = (
  {environments, secrets}: {readonly environments: number; readonly secrets: number},
  prices: Prices,
): readonly Term[] => [
  {
    name: `KMS: ${environments} environments that work all month, new every ${hoursOfEnvironment} hours, decrypt ${secrets} SecureStrings`,
    usd:
      (environments * secrets * (hoursPerMonth / hoursOfEnvironment) * prices.kmsPerMillionRequests) /
      million,
  },
  {name: 'KMS: a key of your own, where you want one', usd: prices.kmsKeyPerMonth},
];

/** One server: no second one for the day on which it fails, and nobody's time. */
export const serverTermsOf = (prices: Prices): readonly Term[] => [
  {name: 't4g.small', usd: hoursPerMonth * prices.serverPerHour},
  {name: `disk of ${diskGB} GB`, usd: diskGB * prices.diskPerGBMonth},
  {name: 'public address', usd: hoursPerMonth * prices.addressPerHour},
];

export const usdOf = (terms: readonly Term[]): number => terms.reduce((sum, {usd}) => sum + usd, 0);

export interface Volume {
  readonly messagesPerMonth: number;
  readonly relayqUsd: number;
  readonly serverUsd: number;
  readonly sesUsd: number;
}

/** @param usdPerMillion relayq's, apart from its idle stack */
export function volumeOf(
  messagesPerMonth: number,
  {usdPerMillion, idleUsd}: {readonly usdPerMillion: number; readonly idleUsd: number},
  prices: Prices,
): Volume {
  return {
    messagesPerMonth,
    relayqUsd: idleUsd + (messagesPerMonth / million) * usdPerMillion,
    serverUsd: usdOf(serverTermsOf(prices)),
    sesUsd: (messagesPerMonth / 1000) * prices.sesPerThousandMessages,
  };
}

/** From how many messages a month on the server is cheaper; none where it always is. */
export function breakEvenOf(usdPerMillion: number, idleUsd: number, prices: Prices): number {
  return (Math.max(0, usdOf(serverTermsOf(prices)) - idleUsd) / usdPerMillion) * million;
}
