// GetMetricData: the statistics of metrics, period by period. Metric math is refused.

import {flag, type Input, objects, optionalInteger, optionalString} from '../endpoint/input.ts';
import {pageTokenOf, positionOf} from '../endpoint/page-token.ts';
import {isJsonObject} from '../json.ts';
import {invalidNextToken, invalidValue, missing} from './errors.ts';
import {dimensionsIn, required, timeIn} from './input.ts';
import type {Metrics} from './metrics.ts';
import {isStatistic, Statistics} from './statistics.ts';

/** "A single GetMetricData call can include up to 500 MetricDataQuery structures." */
const maximumQueries = 500;
const maximumPoints = 100_800;
const minuteMs = 60_000;

interface Point {
  readonly time: number;
  readonly value: number;
}

interface Series {
  readonly Id: string;
  readonly Label: string;
  readonly points: readonly Point[];
}

export function getMetricData(metrics: Metrics, input: Input): Record<string, unknown> {
  const queries = objects(input, 'MetricDataQueries');
  if (queries.length === 0) throw missing('MetricDataQueries');
  if (queries.length > maximumQueries)
    throw invalidValue(`The parameter MetricDataQueries has more than ${maximumQueries} members.`);
  const range = {from: timeIn(input, 'StartTime'), to: timeIn(input, 'EndTime')};
  if (range.to <= range.from)
    throw invalidValue('The parameter StartTime must be less than the parameter EndTime.');
  const isAscending = orderIn(input) === 'TimestampAscending';
  const series = queries.flatMap(query => seriesOf(metrics, query, range));
  const ids = new Set(series.map(({Id}) => Id));
  if (ids.size < series.length) throw invalidValue('The values of Id in MetricDataQueries must be unique.');
  return pageOf(
    input,
    isAscending ? series : series.map(each => ({...each, points: each.points.toReversed()})),
  );
}

function orderIn(input: Input): string {
  const order = optionalString(input, 'ScanBy') ?? 'TimestampDescending';
  if (order === 'TimestampDescending' || order === 'TimestampAscending') return order;
  throw invalidValue('The parameter ScanBy is TimestampDescending or TimestampAscending.');
}

interface Range {
  readonly from: number;
  readonly to: number;
}

/** None when its data are not to be returned. */
function seriesOf(metrics: Metrics, query: Input, range: Range): readonly Series[] {
  const Id = required(query, 'Id');
  if (!/^[a-z]\w{0,254}$/.test(Id))
    throw invalidValue(
      `The value ${JSON.stringify(Id)} for parameter Id does not begin with a lower case letter, or has other characters than letters, digits and _.`,
    );
  if (optionalString(query, 'Expression') !== undefined)
    throw invalidValue(
      `The local CloudWatch has no metric math: ask for the metrics of ${Id}, and reckon yourself.`,
    );
  const stat = query.MetricStat;
  if (!isJsonObject(stat)) throw missing('MetricStat');
  const metric = stat.Metric;
  if (!isJsonObject(metric)) throw missing('MetricStat.Metric');
  const name = required(metric, 'MetricName');
  const sought = {
    name,
    namespace: required(metric, 'Namespace'),
    dimensions: Object.fromEntries(dimensionsIn(metric).map(each => [each.name, each.value ?? ''])),
  };
  const statistic = required(stat, 'Stat');
  if (!isStatistic(statistic))
    throw invalidValue(
      `The local CloudWatch knows Sum, Average, Minimum, Maximum, SampleCount and percentiles as p95, not ${JSON.stringify(statistic)}.`,
    );
  const periodMs = periodIn(stat) * 1000;
  const found = metrics.matching(sought, optionalString(stat, 'Unit'));
  const points = pointsOf(
    found.map(({minutes}) => minutes),
    {...range, periodMs, statistic},
  );
  const isReturned = query.ReturnData === undefined || query.ReturnData === null || flag(query, 'ReturnData');
  return isReturned ? [{Id, Label: optionalString(query, 'Label') ?? name, points}] : [];
}

/** Seconds. What is measured is kept by the minute. */
function periodIn(stat: Input): number {
  const period = optionalInteger(stat, 'Period');
  if (period === undefined) throw missing('MetricStat.Period');
  if (period >= 60 && period % 60 === 0 && period <= 86_400) return period;
  throw invalidValue(
    'The local CloudWatch knows periods of minutes: 60, 120 and so on, up to 86400 seconds.',
  );
}

/** Oldest first. Periods begin with the whole minute of the start. */
function pointsOf(
  measured: readonly ReadonlyMap<number, Statistics>[],
  {from, to, periodMs, statistic}: Range & {readonly periodMs: number; readonly statistic: string},
): readonly Point[] {
  const start = Math.floor(from / minuteMs) * minuteMs;
  const periods = new Map<number, Statistics>();
  for (const [minute, statistics] of measured.flatMap(minutes => [...minutes])) {
    if (minute < start || minute >= to) continue;
    const time = start + Math.floor((minute - start) / periodMs) * periodMs;
    const whole = periods.get(time) ?? new Statistics();
    whole.addAll(statistics);
    periods.set(time, whole);
  }
  return [...periods]
    .sort(([a], [b]) => a - b)
    .map(([time, statistics]) => ({time, value: statistics.of(statistic) ?? 0}));
}

/** A page has points of one series after the other. A series that goes on in the next page has partial data. */
function pageOf(input: Input, series: readonly Series[]): Record<string, unknown> {
  const {NextToken: _, ...request} = input;
  const limit = optionalInteger(input, 'MaxDatapoints') ?? maximumPoints;
  if (limit < 1 || limit > maximumPoints)
    throw invalidValue(`The parameter MaxDatapoints is a number from 1 to ${maximumPoints}.`);
  const token = optionalString(input, 'NextToken');
  const begin = token === undefined ? 0 : Number(positionOf(token, request));
  if (!Number.isSafeInteger(begin)) throw invalidNextToken();
  const results: Record<string, unknown>[] = [];
  let at = 0;
  for (const {Id, Label, points} of series) {
    const end = at + points.length;
    const page = points.slice(Math.max(begin - at, 0), Math.max(begin + limit - at, 0));
    const isHere = page.length > 0 || (points.length === 0 && at >= begin && at < begin + limit);
    if (isHere)
      results.push({
        Id,
        Label,
        Timestamps: page.map(({time}) => new Date(time)),
        Values: page.map(({value}) => value),
        StatusCode: end > begin + limit ? 'PartialData' : 'Complete',
      });
    at = end;
  }
  const next = at > begin + limit ? {NextToken: pageTokenOf(String(begin + limit), request)} : {};
  return {MetricDataResults: results, Messages: [], ...next};
}
