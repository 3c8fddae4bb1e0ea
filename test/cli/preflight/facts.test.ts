// What `relayq preflight` says of the stack is what is synthesised, and what the list of prices says.

import {expect, test} from 'vitest';
import {listPrices} from '../../../bench/prices.ts';
import {idleTermsOf, natTermsOf, usdOf} from '../../../bench/standing.ts';
import {leastVersion} from '../../../cli/preflight/checks/bootstrap.ts';
import {directAlarmMetrics, idleCostOf, stackFacts} from '../../../cli/preflight/idle-cost.ts';
import {concurrencyWith, mostExecutionsOf} from '../../../shared/stage-concurrency.ts';
import {stackWith} from '../../cdk/stack-under-test.ts';

interface Resource {
  readonly Type: string;
  readonly Properties?: {
    readonly Metrics?: readonly {readonly MetricStat?: unknown}[];
    readonly ScalingConfig?: {readonly MaximumConcurrency: number};
    readonly EventSourceArn?: {readonly 'Fn::GetAtt': readonly [string]};
  };
}

interface Template {
  readonly Resources: Readonly<
    Record<string, Resource & {readonly Properties?: {readonly FifoQueue?: boolean}}>
  >;
  readonly Rules?: unknown;
}

const templateOf = (context: Record<string, string>) =>
  stackWith({stage: 'local', ...context}).template.toJSON() as Template;

function factsOf({Resources: resources}: Template) {
  const all = Object.values(resources);
  const sources = all.filter(({Type}) => Type === 'AWS::Lambda::EventSourceMapping');
  const queues = sources.map(({Properties}) => resources[Properties!.EventSourceArn!['Fn::GetAtt'][0]]);
  const fifoQueues = queues.filter(queue => queue?.Properties?.FifoQueue).length;
  const alarmMetrics = all
    .filter(({Type}) => Type === 'AWS::CloudWatch::Alarm')
    .reduce((sum, {Properties: {Metrics} = {}}) => {
      const watched = Metrics?.filter(({MetricStat}) => MetricStat !== undefined).length;
      return sum + (watched ?? 1);
    }, 0);
  const executions = sources.reduce(
    (sum, {Properties}) => sum + Properties!.ScalingConfig!.MaximumConcurrency,
    0,
  );
  return {stack: {standardQueues: queues.length - fifoQueues, fifoQueues, alarmMetrics}, executions};
}

test('queues, alarms, executions and the bootstrap are those of the template', () => {
  const template = templateOf({});
  const {stack, executions} = factsOf(template);
  expect(stack).toEqual(stackFacts);
  // Keeper has no queue.
  expect(executions + 1).toBe(mostExecutionsOf(concurrencyWith({})));
  const direct = factsOf(templateOf({directMx: 'true'}));
  expect(direct.stack.alarmMetrics - stack.alarmMetrics).toBe(directAlarmMetrics);
  // "CheckBootstrapVersion": all versions that are too old, by their numbers.
  const olds = [...JSON.stringify(template.Rules).matchAll(/"(\d+)"/g)].map(([, version]) => Number(version));
  expect(Math.max(...olds) + 1).toBe(leastVersion);
});

test('it costs what the benchmark says', () => {
  const sumOf = (directMx: boolean) => idleCostOf({directMx}).reduce((sum, {usd}) => sum + usd, 0);
  const idle = usdOf(idleTermsOf(stackFacts, listPrices));
  expect(sumOf(false)).toBeCloseTo(idle, 6);
  const alarms = directAlarmMetrics * listPrices.alarmPerMonth;
  expect(sumOf(true)).toBeCloseTo(idle + usdOf(natTermsOf(listPrices)) + alarms, 6);
});
