import {describe, expect, it} from 'vitest';
import {type CostInput, costPerMillion, type FunctionUse, usdOfRound} from '../../bench/cost.ts';
import {listPrices, type Prices, priceList} from '../../bench/prices.ts';
import {breakEvenOf, idleTermsOf, serverTermsOf, usdOf, volumeOf} from '../../bench/standing.ts';

/** Round numbers, so that the results can be checked by hand. */
const prices: Prices = {
  ...listPrices,
  sqsStandardPerMillionRequests: 1,
  sqsFifoPerMillionRequests: 2,
  lambdaPerGBSecond: 0.001,
  lambdaPerMillionRequests: 10,
  logsPerGB: 1000,
  alarmPerMonth: 0.5,
  transferPerGB: 5,
  addressPerHour: 0.01,
  serverPerHour: 0.1,
  diskPerGBMonth: 1,
  sesPerThousandMessages: 0.1,
  sesPerGB: 6,
};

const call = (operation: string, queue: string, calls: number, billedRequests = calls) => ({
  operation,
  queue,
  calls,
  entries: 10 * calls,
  billedRequests,
});

const route: FunctionUse = {
  messages: 100,
  memoryMB: 1769,
  invocations: 10,
  billedMs: 100,
  cpuSeconds: 0.05,
  logOctets: 0,
  calls: [call('SendMessageBatch', 's-delivery.fifo', 10, 20)],
};
const deliver: FunctionUse = {
  messages: 100,
  memoryMB: 512,
  invocations: 10,
  billedMs: 2000,
  cpuSeconds: 0.1,
  logOctets: 107_374.1824,
  calls: [
    call('SendMessageBatch', 's-results', 10),
    call('SendMessageBatch', 's-success', 10),
    call('DeleteMessageBatch', 's-delivery.fifo', 10),
    call('SendMessageBatch', 's-outbox', 1, 2),
  ],
};
const input: CostInput = {
  route,
  deliver,
  outboxOctets: 10_500,
  deliveryOctets: 10_600,
  mailOctets: 10_737.418_24,
  attempts: 1,
  batchSize: 10,
};

const termsOf = (changes: Partial<CostInput> = {}) =>
  Object.fromEntries(costPerMillion({...input, ...changes}, prices).terms.map(({name, usd}) => [name, usd]));

describe('the cost of a million messages', () => {
  it('is the cost of each request, second and octet', () => {
    const terms = termsOf();
    const expected: Record<string, number> = {
      // Ten messages of 10,500 octets are two requests of 64 KB.
      'SQS: producer puts it on the outbox': 0.2,
      'SQS: Lambda takes it off the outbox': 0.3,
      'SQS: route puts it into its queue': 0.4,
      'SQS: Lambda takes it off its queue': 0.6,
      'SQS: deliver publishes results': 0.2,
      'SQS: deliver deletes it': 0.2,
      'SQS: deliver defers it': 0.02,
      // 1 ms and 20 ms for each message.
      'Lambda: route, time': 1000 * (1769 / 1024) * 0.001,
      'Lambda: deliver, time': 20_000 * 0.5 * 0.001,
      // Route has a whole core. Deliver computes 1 ms for a message, with 512/1769 of a core.
      'Lambda: slower CPU': 1000 * (1769 / 512 - 1) * 0.5 * 0.001,
      'Lambda: invocations': 2,
      // 1,073.74 octets for each message are a GB for a million.
      Logs: 1000,
    };
    expect(Object.keys(terms)).toEqual(Object.keys(expected));
    for (const [name, usd] of Object.entries(expected)) expect(terms[name], name).toBeCloseTo(usd, 9);
  });

  it('is the sum of its terms, and has the transfer out of AWS and Amazon SES beside it', () => {
    const cost = costPerMillion(input, prices);
    expect(cost.usd).toBeCloseTo(
      cost.terms.reduce((sum, {usd}) => sum + usd, 0),
      9,
    );
    // 10 GB.
    expect(cost.transferUsd).toBeCloseTo(50, 6);
    expect(cost.ses.usd).toBeCloseTo(100, 9);
    expect(cost.ses.transferUsd).toBeCloseTo(60, 6);
  });

  it('counts everything after the producer once for each attempt', () => {
    const [once, twice] = [termsOf(), termsOf({attempts: 2})];
    for (const [name, usd] of Object.entries(once)) {
      const times = name === 'SQS: producer puts it on the outbox' ? 1 : 2;
      expect(twice[name], name).toBeCloseTo(times * usd, 9);
    }
  });

  it('uses list prices that have a date and a source', () => {
    for (const {usd, date, from} of Object.values(priceList)) {
      expect(usd).toBeGreaterThan(0);
      expect(date).toMatch(/20\d\d/);
      expect(from).toMatch(/^aws\.amazon\.com\//);
    }
  });
});

describe('a round of a message that waits', () => {
  it('is what it takes to receive, delete, handle and send it again', () => {
    // Two requests for ten messages, and one to delete them; 10 calls of 2 requests for a hundred; 1 ms; no logs.
    const received = 0.2 + 0.1;
    const time = 1000 * (1769 / 1024) * 0.001;
    const again = {...route, calls: [call('SendMessageBatch', 's-waiting', 10, 20)]};
    expect(usdOfRound(again, 10_500, 10, prices)).toBeCloseTo(received + 0.2 + time + 1, 9);
  });
});

describe('what is paid by the month', () => {
  const facts = {standardQueues: 1, fifoQueues: 2, alarmMetrics: 4};

  it('is what Lambda asks of the queues, and alarms', () => {
    // Five pollers ask every 20 s, for 730 hours.
    const polls = (5 * 730 * 180) / 1e6;
    expect(usdOf(idleTermsOf(facts, prices))).toBeCloseTo(polls * (1 + 2 * 2) + 2, 9);
  });

  it('is a server with its disk and address, which is cheaper from some volume on', () => {
    const server = 73 + 8 + 7.3;
    expect(usdOf(serverTermsOf(prices))).toBeCloseTo(server, 9);
    const messages = breakEvenOf(2, 8.3, prices);
    expect(messages).toBeCloseTo(40_000_000, 0);
    const {relayqUsd, serverUsd} = volumeOf(messages, {usdPerMillion: 2, idleUsd: 8.3}, prices);
    expect(relayqUsd).toBeCloseTo(serverUsd, 6);
  });
});
