import {describe, expect, test} from 'vitest';
import {formerSenders, logGroupsOf, namesOf, variables} from '../../shared/names.ts';
import {stackWith} from './stack-under-test.ts';

const stack = stackWith();
const functions = ['relayq-dev-route', 'relayq-dev-deliver'];

describe.each(functions)('%s', name => {
  const {Properties} = stack.fn(name);

  test('runs on Node.js 24 and arm64, and may go round', () => {
    expect(Properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      RecursiveLoop: 'Allow',
    });
  });

  test('is given the variables that it needs, and nothing else', () => {
    const given = (Properties.Environment as {Variables: Record<string, unknown>}).Variables;
    expect(
      Object.fromEntries(Object.entries(given).map(([key, value]) => [key, stack.nameOf(value)])),
    ).toEqual({
      [variables.stage]: 'dev',
      [variables.slowConcurrency]: '10',
      [variables.waitingUrl]: 'relayq-dev-waiting',
      [variables.waitingSoonUrl]: 'relayq-dev-waiting-soon',
      [variables.heldUrl]: 'relayq-dev-held',
      [variables.deliveryUrl]: 'relayq-dev-delivery.fifo',
      [variables.deliverySlowUrl]: 'relayq-dev-delivery-slow.fifo',
      [variables.resultsUrl]: 'relayq-dev-results',
      [variables.successUrl]: 'relayq-dev-success',
      [variables.failureUrl]: 'relayq-dev-failure',
      [variables.retryUrl]: 'relayq-dev-retry',
      [variables.outboxUrl]: 'relayq-dev-outbox',
      [variables.outboxOversizeUrl]: 'relayq-dev-outbox-oversize',
      ...(name === 'relayq-dev-route'
        ? {[formerSenders]: 'relayq-dev-deliver'}
        : {[variables.deliveryDlqUrl]: 'relayq-dev-delivery-dlq.fifo'}),
    });
  });

  test('logs JSON to a group of its own, without the platform’s lines for every invocation', () => {
    expect(Properties.LoggingConfig).toMatchObject({
      LogFormat: 'JSON',
      ApplicationLogLevel: 'INFO',
      SystemLogLevel: 'WARN',
    });
    const {LogGroup} = Properties.LoggingConfig as {LogGroup: unknown};
    expect(stack.nameOf(LogGroup)).toBe(`/aws/lambda/${name}`);
  });
});

test('log groups are those that others look for', () => {
  const groups = stack.all('AWS::Logs::LogGroup').map(({Properties}) => Properties.LogGroupName);
  expect(groups.sort()).toEqual([...logGroupsOf(namesOf('dev'))].sort());
});

test('logs are kept for a month, or for as long as is asked for', () => {
  const daysOf = (logged: typeof stack) =>
    logged.all('AWS::Logs::LogGroup').map(({Properties}) => Properties.RetentionInDays);
  expect(daysOf(stack)).toEqual([30, 30, 30]);
  expect(daysOf(stackWith({logRetentionDays: '7'}))).toEqual([7, 7, 7]);
});

test('one message, one domain and what failed are found in the logs without reading them all', () => {
  for (const {Properties} of stack.all('AWS::Logs::LogGroup')) {
    expect(Properties.FieldIndexPolicies).toEqual([{Fields: ['id', 'domain', 'recipient', 'level']}]);
  }
});

describe('the event sources', () => {
  const sourcesOf = (given: Record<string, string>) => {
    const sourced = stackWith(given);
    return sourced.all('AWS::Lambda::EventSourceMapping').map(({Properties}) => ({
      ...Properties,
      EventSourceArn: sourced.nameOf(Properties.EventSourceArn),
      FunctionName: sourced.nameOf(Properties.FunctionName),
    }));
  };
  const ofTen = {BatchSize: 10, FunctionResponseTypes: ['ReportBatchItemFailures']};
  const scaled = (MaximumConcurrency: number) => ({ScalingConfig: {MaximumConcurrency}});

  test('give ten records at a time, collect only what has waited, and take back those that failed', () => {
    const route = {...ofTen, FunctionName: 'relayq-dev-route', ...scaled(10)};
    const deliver = {...ofTen, FunctionName: 'relayq-dev-deliver'};
    expect(sourcesOf({})).toEqual([
      {...route, EventSourceArn: 'relayq-dev-outbox'},
      {...route, EventSourceArn: 'relayq-dev-waiting-soon'},
      {...route, EventSourceArn: 'relayq-dev-waiting', MaximumBatchingWindowInSeconds: 20},
      {...deliver, EventSourceArn: 'relayq-dev-delivery.fifo', ...scaled(50)},
      {...deliver, EventSourceArn: 'relayq-dev-delivery-slow.fifo', ...scaled(10)},
    ]);
  });

  test('run as many batches at once as the context says', () => {
    const scaling = sourcesOf({routeConcurrency: '2', deliverConcurrency: '1000', slowConcurrency: '3'});
    expect(scaling).toMatchObject([2, 2, 2, 1000, 3].map(scaled));
  });

  test.each([
    ['1000', 200],
    ['14', 2],
    ['2', 2],
  ])(
    'of a deliverConcurrency of %s, run a fifth for slow receivers, and at least two: %i',
    (deliverConcurrency, slow) => {
      const sources = sourcesOf({deliverConcurrency});
      expect(sources.at(-1)).toMatchObject(scaled(slow));
    },
  );
});

describe('the keeper', () => {
  const name = 'relayq-dev-keeper';
  const {Properties} = stack.fn(name);

  test('is given where held mail is, and where it goes', () => {
    const given = (Properties.Environment as {Variables: Record<string, unknown>}).Variables;
    expect(
      Object.fromEntries(Object.entries(given).map(([key, value]) => [key, stack.nameOf(value)])),
    ).toEqual({
      [variables.stage]: 'dev',
      [variables.heldUrl]: 'relayq-dev-held',
      [variables.waitingSoonUrl]: 'relayq-dev-waiting-soon',
    });
  });

  test('runs every five minutes, and a run that fails is not repeated', () => {
    const [rule] = stack.all('AWS::Events::Rule');
    expect(rule?.Properties).toMatchObject({
      ScheduleExpression: 'rate(5 minutes)',
      State: 'ENABLED',
      Targets: [{RetryPolicy: {MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 300}}],
    });
    const targets = (rule?.Properties.Targets ?? []) as {Arn: unknown}[];
    expect(targets.map(({Arn}) => stack.nameOf(Arn))).toEqual([name]);
    expect(stack.all('AWS::Lambda::EventInvokeConfig').map(each => each.Properties)).toMatchObject([
      {MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 300},
    ]);
  });

  test('may be invoked by its rule alone', () => {
    const permissions = stack.all('AWS::Lambda::Permission');
    expect(permissions.map(each => each.Properties)).toMatchObject([
      {Action: 'lambda:InvokeFunction', Principal: 'events.amazonaws.com'},
    ]);
    expect(JSON.stringify(permissions[0]?.Properties.SourceArn)).toContain('KeeperSchedule');
  });

  test('has its mail out of sight for as long as it may run, and a minute more', () => {
    const [held] = stack
      .all('AWS::SQS::Queue')
      .filter(each => each.Properties.QueueName === 'relayq-dev-held');
    expect(held?.Properties.VisibilityTimeout).toBe(Number(Properties.Timeout) + 60);
  });
});

test('deliver is changed before route, which may queue what the deliver of before does not know', () => {
  const resources = stack.template.toJSON().Resources as Record<string, {DependsOn?: string[]}>;
  const idOf = (name: string) =>
    Object.keys(
      stack.template.findResources('AWS::Lambda::Function', {Properties: {FunctionName: name}}),
    )[0]!;
  expect(resources[idOf('relayq-dev-route')]?.DependsOn).toContain(idOf('relayq-dev-deliver'));
});
