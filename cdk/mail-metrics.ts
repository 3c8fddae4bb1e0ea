// The metrics that functions write into their log once a batch, as CloudWatch has them.

import type {Duration} from 'aws-cdk-lib';
import {type IMetric, MathExpression, Metric} from 'aws-cdk-lib/aws-cloudwatch';
import {type MetricName, metricNamespace, metrics, stageDimension} from '../shared/metrics.ts';

export const mailMetric = (
  stage: string,
  name: MetricName,
  {period, statistic = 'Sum', label = name}: {period: Duration; statistic?: string; label?: string},
): Metric =>
  new Metric({
    namespace: metricNamespace,
    metricName: name,
    dimensionsMap: {[stageDimension]: stage},
    statistic,
    period,
    label: label === name ? metrics[name].what : label,
  });

/**
 * How many in a hundred attempts end so, where there are enough of them to say so; otherwise none.
 * @param least so many attempts in the period
 */
export function shareOfAttempts(
  stage: string,
  name: 'bounced' | 'deferred',
  {period, least = 0}: {period: Duration; least?: number},
): IMetric {
  const label = `${name}, in a hundred attempts`;
  return new MathExpression({
    expression: `IF(attempts > ${least}, 100 * FILL(${name}, 0) / attempts, 0)`,
    usingMetrics: {
      attempts: mailMetric(stage, 'attempts', {period}),
      [name]: mailMetric(stage, name, {period}),
    },
    period,
    label,
  });
}
