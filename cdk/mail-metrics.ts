// The metrics that the functions write into their logs, as alarms and the dashboard read them.

import type {Duration} from 'aws-cdk-lib';
import {MathExpression, Metric} from 'aws-cdk-lib/aws-cloudwatch';
import {type MetricName, metricNamespace, stageDimension} from '../shared/metrics.ts';

/** What an attempt comes to that fails, for now or for good. */
type Failure = Extract<MetricName, 'deferred' | 'bounced'>;

export class MailMetrics {
  readonly #stage: string;

  constructor(stage: string) {
    this.#stage = stage;
  }

  metric(metricName: MetricName, {period, statistic = 'Sum', label = metricName}: How): Metric {
    return new Metric({
      namespace: metricNamespace,
      metricName,
      dimensionsMap: {[stageDimension]: this.#stage},
      period,
      statistic,
      label,
    });
  }

  /** How many of a hundred attempts fail; 0 where there are fewer than `least` attempts, as they say little. */
  rate(failure: Failure, {period, label, least = 1}: How & {readonly least?: number}): MathExpression {
    // A period without failures may have no value for them. One without attempts has no rate.
    const percentage = `100 * FILL(${failure}, 0) / attempts`;
    return new MathExpression({
      expression: least > 1 ? `IF(attempts >= ${least}, ${percentage}, 0)` : percentage,
      usingMetrics: {
        [failure]: this.metric(failure, {period}),
        attempts: this.metric('attempts', {period}),
      },
      period,
      ...(label !== undefined && {label}),
    });
  }
}

interface How {
  readonly period: Duration;
  readonly statistic?: string;
  /** As people see it; without it, a metric has its own name. */
  readonly label?: string;
}
