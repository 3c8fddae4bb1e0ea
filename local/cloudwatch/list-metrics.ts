// ListMetrics: which metrics there are, in pages of 500.

import {type Input, optionalString} from '../endpoint/input.ts';
import {pageTokenOf, positionOf} from '../endpoint/page-token.ts';
import {invalidNextToken, invalidValue} from './errors.ts';
import {dimensionsIn} from './input.ts';
import {identityOf, type Metric, type Metrics} from './metrics.ts';

const pageSize = 500;
const recentMs = 3 * 3_600_000;
/** "…metrics that have had data … in the past two weeks" */
const listedMs = 14 * 86_400_000;

export function listMetrics(metrics: Metrics, input: Input, now: number): Record<string, unknown> {
  const {NextToken: _, ...request} = input;
  const token = optionalString(input, 'NextToken');
  const after = token === undefined ? '' : positionOf(token, request);
  if (after === undefined) throw invalidNextToken();
  const since = now - (isRecentAsked(input) ? recentMs : listedMs);
  const isAsked = filterIn(input);
  const found = new Map<string, Metric>();
  for (const metric of metrics.all) {
    if (metric.latest >= since && isAsked(metric)) found.set(identityOf(metric), metric);
  }
  const rest = [...found].filter(([key]) => key > after).sort(([a], [b]) => (a < b ? -1 : 1));
  const page = rest.slice(0, pageSize);
  const next = rest.length > page.length ? {NextToken: pageTokenOf(page.at(-1)![0], request)} : {};
  return {Metrics: page.map(([, metric]) => shown(metric)), ...next};
}

function isRecentAsked(input: Input): boolean {
  const asked = optionalString(input, 'RecentlyActive');
  if (asked !== undefined && asked !== 'PT3H')
    throw invalidValue('The parameter RecentlyActive is PT3H or left out.');
  return asked !== undefined;
}

function filterIn(input: Input): (metric: Metric) => boolean {
  const namespace = optionalString(input, 'Namespace');
  const name = optionalString(input, 'MetricName');
  const dimensions = dimensionsIn(input);
  return metric =>
    (namespace ?? metric.namespace) === metric.namespace &&
    (name ?? metric.name) === metric.name &&
    dimensions.every(each => {
      const value = metric.dimensions[each.name];
      return value !== undefined && (each.value ?? value) === value;
    });
}

const shown = ({namespace, name, dimensions}: Metric) => ({
  Namespace: namespace,
  MetricName: name,
  Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({Name, Value})),
});
