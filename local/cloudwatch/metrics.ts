// The metrics of the account: what was measured, by namespace, name, dimensions and unit, a minute at a time.

import {type Sample, samplesIn} from './embedded-metrics.ts';
import {Statistics} from './statistics.ts';

/** "Data points with a period of 60 seconds are available for 15 days." */
const keptMs = 15 * 86_400_000;
/** "…two weeks in the past, two hours in the future" of the time when it is received (PutMetricData). */
const [acceptedPastMs, acceptedAheadMs] = [14 * 86_400_000, 2 * 3_600_000];
const minuteMs = 60_000;
/** With more of them, the one that was measured least lately goes. */
const maximumMetrics = 2000;

export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly unit: string;
  /** By the beginning of the minute; in the order in which they began to be measured. */
  readonly minutes: Map<number, Statistics>;
  latest: number;
}

export class Metrics {
  readonly #metrics = new Map<string, Metric>();
  readonly #now: () => number;

  constructor({now = Date.now}: {readonly now?: () => number} = {}) {
    this.#now = now;
  }

  /** Least lately measured first. */
  get all(): readonly Metric[] {
    return [...this.#metrics.values()];
  }

  /** The metrics in a log event, if it has any. */
  extract(message: string, received: number): void {
    for (const sample of samplesIn(message, received)) this.add(sample);
  }

  add(sample: Sample): void {
    const {namespace, name, dimensions, unit, timestamp, values} = sample;
    const now = this.#now();
    if (timestamp < now - acceptedPastMs || timestamp > now + acceptedAheadMs) return;
    const key = JSON.stringify([namespace, name, sortedDimensions(dimensions), unit]);
    const metric = this.#metrics.get(key) ?? {
      namespace,
      name,
      dimensions,
      unit,
      minutes: new Map(),
      latest: 0,
    };
    this.#metrics.delete(key);
    this.#metrics.set(key, metric);
    const minute = Math.floor(timestamp / minuteMs) * minuteMs;
    const statistics = metric.minutes.get(minute) ?? new Statistics();
    for (const value of values) statistics.add(value);
    metric.minutes.set(minute, statistics);
    metric.latest = Math.max(metric.latest, timestamp);
    for (const old of metric.minutes.keys()) {
      if (old >= now - keptMs) break;
      metric.minutes.delete(old);
    }
    if (this.#metrics.size > maximumMetrics) this.#metrics.delete(this.#metrics.keys().next().value!);
  }

  /** In all units, or in one. */
  matching(sought: Pick<Metric, 'namespace' | 'name' | 'dimensions'>, unit?: string): readonly Metric[] {
    const wanted = identityOf(sought);
    return this.all.filter(metric => identityOf(metric) === wanted && (unit ?? metric.unit) === metric.unit);
  }
}

/** What a metric is by; units do not count ("Metrics"). */
export const identityOf = ({
  namespace,
  name,
  dimensions,
}: Pick<Metric, 'namespace' | 'name' | 'dimensions'>) =>
  JSON.stringify([namespace, name, sortedDimensions(dimensions)]);

const sortedDimensions = (dimensions: Readonly<Record<string, string>>) =>
  Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1));
