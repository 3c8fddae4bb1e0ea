// What AWS would bill.

import type {Prices} from '../prices.ts';

const memoryGB = 0.5;

export class Meter {
  /** Requests. */
  standard = 0;
  fifo = 0;
  invocations = 0;
  functionMs = 0;
  /** DynamoDB's units. */
  writes = 0;
  reads = 0;

  get gbSeconds(): number {
    return (this.functionMs / 1000) * memoryGB;
  }

  usdOf(prices: Prices): number {
    const perMillion =
      this.standard * prices.sqsStandardPerMillionRequests +
      this.fifo * prices.sqsFifoPerMillionRequests +
      this.invocations * prices.lambdaPerMillionRequests +
      this.writes * prices.dynamoDbPerMillionWrites +
      this.reads * prices.dynamoDbPerMillionReads;
    return perMillion / 1_000_000 + this.gbSeconds * prices.lambdaPerGBSecond;
  }
}
