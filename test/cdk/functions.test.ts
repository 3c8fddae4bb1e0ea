import {describe, expect, test} from 'vitest';
import {formerSenders, variables} from '../../shared/names.ts';
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
      [variables.waitingUrl]: 'relayq-dev-waiting',
      [variables.deliveryUrl]: 'relayq-dev-delivery.fifo',
      [variables.resultsUrl]: 'relayq-dev-results',
      [variables.successUrl]: 'relayq-dev-success',
      [variables.failureUrl]: 'relayq-dev-failure',
      [variables.retryUrl]: 'relayq-dev-retry',
      [variables.outboxUrl]: 'relayq-dev-outbox',
      [variables.outboxOversizeUrl]: 'relayq-dev-outbox-oversize',
      ...(name === 'relayq-dev-route' && {[formerSenders]: 'relayq-dev-deliver'}),
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

test('logs are kept for a month, or for as long as is asked for', () => {
  const daysOf = (logged: typeof stack) =>
    logged.all('AWS::Logs::LogGroup').map(({Properties}) => Properties.RetentionInDays);
  expect(daysOf(stack)).toEqual([30, 30]);
  expect(daysOf(stackWith({logRetentionDays: '7'}))).toEqual([7, 7]);
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

  test('give ten records at a time, wait for none, and take back those that failed', () => {
    expect(sourcesOf({})).toEqual([
      {
        ...ofTen,
        EventSourceArn: 'relayq-dev-outbox',
        FunctionName: 'relayq-dev-route',
        ScalingConfig: {MaximumConcurrency: 10},
      },
      {
        ...ofTen,
        EventSourceArn: 'relayq-dev-waiting',
        FunctionName: 'relayq-dev-route',
        ScalingConfig: {MaximumConcurrency: 10},
      },
      {
        ...ofTen,
        EventSourceArn: 'relayq-dev-delivery.fifo',
        FunctionName: 'relayq-dev-deliver',
        ScalingConfig: {MaximumConcurrency: 50},
      },
    ]);
  });

  test('run as many batches at once as the context says', () => {
    const scaling = sourcesOf({routeConcurrency: '2', deliverConcurrency: '1000'});
    expect(scaling).toMatchObject([
      {ScalingConfig: {MaximumConcurrency: 2}},
      {ScalingConfig: {MaximumConcurrency: 2}},
      {ScalingConfig: {MaximumConcurrency: 1000}},
    ]);
  });
});
