// How old the oldest message of each queue is. SQS tells CloudWatch alone, once a minute: so it is asked no more often, at
// 0.01 USD a thousand metrics.

import {GetMetricDataCommand} from '@aws-sdk/client-cloudwatch';
import type {Context} from '../command/context.ts';

/** Seconds, by the name of the queue. A queue of which nothing is known is not there. */
export type Ages = ReadonlyMap<string, number>;

const everyMs = 60_000;
/** What is measured is published some minutes later at the latest. */
const windowMs = 5 * 60_000;

export class QueueAges {
  readonly #context: Context;
  readonly #names: readonly string[];
  #ages: Ages = new Map();
  #readMs = Number.NEGATIVE_INFINITY;

  constructor(context: Context, names: readonly string[]) {
    this.#context = context;
    this.#names = names;
  }

  /** @throws Error where CloudWatch does not answer */
  async read(): Promise<Ages> {
    const {clients, now, signal} = this.#context;
    const nowMs = now();
    if (nowMs - this.#readMs < everyMs) return this.#ages;
    this.#readMs = nowMs;
    const command = new GetMetricDataCommand({
      StartTime: new Date(nowMs - windowMs),
      EndTime: new Date(nowMs + everyMs),
      ScanBy: 'TimestampDescending',
      MetricDataQueries: this.#names.map((name, index) => ({
        Id: `q${index}`,
        MetricStat: {
          Metric: {
            Namespace: 'AWS/SQS',
            MetricName: 'ApproximateAgeOfOldestMessage',
            Dimensions: [{Name: 'QueueName', Value: name}],
          },
          Period: 60,
          Stat: 'Maximum',
        },
      })),
    });
    const {MetricDataResults = []} = await clients.cloudWatch.send(command, {abortSignal: signal});
    this.#ages = new Map(
      MetricDataResults.flatMap(({Id = '', Values: [latest] = []}) => {
        const name = this.#names[Number(Id.slice(1))];
        return name === undefined || latest === undefined ? [] : [[name, latest] as const];
      }),
    );
    return this.#ages;
  }
}
