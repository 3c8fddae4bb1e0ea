// A function on a schedule, as the template has it, under a clock that the test puts forward.

import {afterAll, describe, expect, test} from 'vitest';
import {TestClock} from '../../../local/clock.ts';
import {CloudsUnderTest} from '../cloud-under-test.ts';
import {parse, templateOf} from '../template/template-under-test.ts';

const functionArn = {'Fn::GetAtt': ['Tested', 'Arn']};
const rule = {
  Type: 'AWS::Events::Rule',
  Properties: {
    ScheduleExpression: 'rate(5 minutes)',
    State: 'ENABLED',
    Targets: [{Arn: functionArn, Id: 'Target0', RetryPolicy: {MaximumRetryAttempts: 0}}],
  },
};
const permission = {
  Type: 'AWS::Lambda::Permission',
  Properties: {
    Action: 'lambda:InvokeFunction',
    FunctionName: functionArn,
    Principal: 'events.amazonaws.com',
    SourceArn: {'Fn::GetAtt': ['Rule', 'Arn']},
  },
};
const invokeConfig = {
  Type: 'AWS::Lambda::EventInvokeConfig',
  Properties: {FunctionName: {Ref: 'Tested'}, Qualifier: '$LATEST', MaximumRetryAttempts: 0},
};
const scheduled = {Rule: rule, Permission: permission, Config: invokeConfig};
const withProperties = (resource: {Properties: object}, changes: object) => ({
  ...resource,
  Properties: {...resource.Properties, ...changes},
});

const clouds = new CloudsUnderTest();
afterAll(() => clouds.stop());

test('a function runs once in each interval, by the clock of the cloud, which is its own too', async () => {
  const clock = new TestClock();
  const source = `export const handler = async event => {
    const line = JSON.stringify({event, now: Date.now(), newest: new Date().getTime()});
    process.stdout.write(line + '\\n');
  };`;
  const {records} = await clouds.start(source, {template: templateOf(scheduled), clock});
  const startMs = clock.now();
  await clock.forward(299_000);
  expect(records()).toEqual([]);
  await clock.forward(901_000);
  const runs = records<{event: Record<string, unknown>; now: number; newest: number}>();
  expect(runs).toHaveLength(4);
  for (const [index, {event, now, newest}] of runs.entries()) {
    expect(event).toMatchObject({'detail-type': 'Scheduled Event', source: 'aws.events', detail: {}});
    const dueMs = startMs + (index + 1) * 300_000;
    expect(Math.abs(Date.parse(event.time as string) - dueMs)).toBeLessThan(60_000);
    expect(Math.abs(now - dueMs)).toBeLessThan(60_000);
    expect(newest - now).toBeLessThan(60_000);
  }
});

describe('a template', () => {
  test.each([
    ['with a rate that is none', 'Rule', {ScheduleExpression: 'rate(5 minute)'}, 'not valid'],
    ['with a rule of what is not known', 'Rule', {EventPattern: {}}, 'does not know EventPattern'],
    ['that lets somebody else invoke', 'Permission', {Principal: 's3.amazonaws.com'}, 'of EventBridge'],
    ['that lets another rule invoke', 'Permission', {SourceArn: 'arn:x'}, 'lets it invoke tested-function'],
    ['that counts on repeated invocations', 'Config', {MaximumRetryAttempts: 2}, 'repeats no invocation'],
    [
      'that runs what is elsewhere',
      'Rule',
      {Targets: [{Id: 'x', Arn: 'arn:x'}]},
      'not a function of the template',
    ],
  ] as const)('%s is refused', (_, name, changes, problem) => {
    const changed = withProperties(scheduled[name], changes);
    expect(() => parse({...scheduled, [name]: changed})).toThrow(problem);
  });

  test('that is right has a schedule', () => {
    expect(parse(scheduled).schedules).toEqual([
      {
        logicalId: 'Rule',
        ruleArn: 'arn:aws:events:us-east-1:000000000000:rule/tested-Rule',
        functionName: 'tested-function',
        intervalMs: 300_000,
        enabled: true,
      },
    ]);
  });
});
