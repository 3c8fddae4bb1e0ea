// What docs/limits.md says of the monthly cost of alarms, metrics and the dashboard, computed from the template.

import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {metrics} from '../../shared/metrics.ts';
import {root} from './app-under-test.ts';
import {stackWith} from './stack-under-test.ts';

/** USD a month: aws.amazon.com/cloudwatch/pricing, us-east-1, the first tier. */
const perAlarmMetric = 0.1;
const perMetric = 0.3;

const stack = stackWith();
const said = readFileSync(join(root, 'docs/limits.md'), 'utf8').replaceAll(/\s+/g, ' ');

test('the cost of alarms is that of the metrics that they watch', () => {
  const alarms = stack.all('AWS::CloudWatch::Alarm');
  const watched = alarms.flatMap(({Properties}) =>
    ((Properties.Metrics ?? [{MetricStat: {}}]) as {MetricStat?: unknown}[]).filter(
      ({MetricStat}) => MetricStat,
    ),
  );
  const usd = (watched.length * perAlarmMetric).toFixed(2);
  expect(said).toContain(
    `${usd} USD for its ${alarms.length} alarms, which watch ${watched.length} metrics at 0.10 USD each`,
  );
});

test('the cost of metrics is that of those in the log and of the filters that count faults', () => {
  const written = Object.keys(metrics).length;
  const filtered = stack.all('AWS::Logs::MetricFilter').length;
  const usd = ((written + filtered) * perMetric).toFixed(2);
  expect(said).toContain(
    `${written} of the functions and ${filtered} that count their errors, at 0.30 USD a month each: ${usd} USD`,
  );
});
