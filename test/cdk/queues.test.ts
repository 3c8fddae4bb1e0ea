import {describe, expect, test} from 'vitest';
import {namesOf, queuesOf} from '../../shared/names.ts';
import {stackWith} from './stack-under-test.ts';

const stack = stackWith();
const queues = stack.all('AWS::SQS::Queue');

describe('the queues', () => {
  test('are the fourteen that others rely on, and no more', () => {
    const standard = [
      'outbox',
      'outbox-dlq',
      'outbox-oversize',
      'waiting',
      'waiting-soon',
      'held',
      'waiting-dlq',
      'results',
      'success',
      'failure',
      'retry',
    ];
    const fifo = ['delivery.fifo', 'delivery-slow.fifo', 'delivery-dlq.fifo'];
    const expected = [...standard, ...fifo].map(name => `relayq-dev-${name}`);
    expect(queues.map(({Properties}) => Properties.QueueName).sort()).toEqual(expected.sort());
    expect([...queuesOf(namesOf('dev'))].sort()).toEqual(expected);
  });

  test('keep messages for 14 days, encrypted, and outlive their stack', () => {
    for (const queue of queues) {
      expect(queue).toMatchObject({
        Properties: {MessageRetentionPeriod: 14 * 24 * 3600, SqsManagedSseEnabled: true},
        DeletionPolicy: 'RetainExceptOnCreate',
        UpdateReplacePolicy: 'Retain',
      });
    }
  });

  test('refuse whatever does not come over TLS', () => {
    const policies = stack.all('AWS::SQS::QueuePolicy');
    const refusing = policies.flatMap(({Properties}) =>
      (Properties.Queues as unknown[]).map(each => stack.nameOf(each)),
    );
    expect(refusing.sort()).toEqual(queues.map(({Properties}) => Properties.QueueName).sort());
    for (const {Properties} of policies) {
      expect((Properties.PolicyDocument as {Statement: unknown}).Statement).toContainEqual(
        expect.objectContaining({
          Effect: 'Deny',
          Action: 'sqs:*',
          Condition: {Bool: {'aws:SecureTransport': 'false'}},
        }),
      );
    }
  });

  test('for delivery are high-throughput FIFO queues with deduplication IDs of our own', () => {
    for (const name of ['delivery.fifo', 'delivery-slow.fifo', 'delivery-dlq.fifo']) {
      expect(stack.queue(`relayq-dev-${name}`).Properties).toMatchObject({
        FifoQueue: true,
        ContentBasedDeduplication: false,
        DeduplicationScope: 'messageGroup',
        FifoThroughputLimit: 'perMessageGroupId',
      });
    }
  });

  test.each([
    ['relayq-dev-outbox', 'relayq-dev-route', 200],
    ['relayq-dev-waiting', 'relayq-dev-route', 200],
    ['relayq-dev-waiting-soon', 'relayq-dev-route', 200],
    ['relayq-dev-delivery.fifo', 'relayq-dev-deliver', 960],
    ['relayq-dev-delivery-slow.fifo', 'relayq-dev-deliver', 960],
  ])('%s hides what it gives out for longer than %s may run: %i s', (name, consumer, seconds) => {
    const {VisibilityTimeout} = stack.queue(name).Properties;
    expect(VisibilityTimeout).toBe(seconds);
    expect(VisibilityTimeout).toBeGreaterThan(stack.fn(consumer).Properties.Timeout as number);
  });

  test.each(['outbox', 'waiting', 'waiting-soon', 'delivery.fifo', 'delivery-slow.fifo'])(
    '%s lets two days of trouble pass before mail becomes a dead letter: each throttled batch counts',
    name => {
      const {VisibilityTimeout, RedrivePolicy} = stack.queue(`relayq-dev-${name}`).Properties;
      const {maxReceiveCount} = RedrivePolicy as {maxReceiveCount: number};
      expect(maxReceiveCount * (VisibilityTimeout as number)).toBeGreaterThanOrEqual(2 * 86_400);
      expect(maxReceiveCount).toBeLessThanOrEqual(1000);
    },
  );

  test.each([
    ['outbox-dlq', ['outbox']],
    ['waiting-dlq', ['waiting', 'waiting-soon', 'held']],
    ['delivery-dlq.fifo', ['delivery.fifo', 'delivery-slow.fifo']],
  ])('%s is the end of %j after the most receives, and of no others', (dlq, sources) => {
    for (const name of sources) {
      const redrive = stack.queue(`relayq-dev-${name}`).Properties.RedrivePolicy as Record<string, unknown>;
      expect(redrive.maxReceiveCount).toBe(1000);
      expect(stack.nameOf(redrive.deadLetterTargetArn)).toBe(`relayq-dev-${dlq}`);
    }
    const allowed = stack.queue(`relayq-dev-${dlq}`).Properties.RedriveAllowPolicy as {
      sourceQueueArns: unknown[];
    };
    expect(allowed).toMatchObject({redrivePermission: 'byQueue'});
    expect(allowed.sourceQueueArns.map(arn => stack.nameOf(arn))).toEqual(
      sources.map(name => `relayq-dev-${name}`),
    );
  });
});

test('the outputs say where everything is', () => {
  const outputs = Object.entries(stack.template.toJSON().Outputs as Record<string, {Value: unknown}>);
  expect(Object.fromEntries(outputs.map(([name, {Value}]) => [name, stack.nameOf(Value)]))).toEqual({
    OutboxUrl: 'relayq-dev-outbox',
    ResultsUrl: 'relayq-dev-results',
    SuccessUrl: 'relayq-dev-success',
    FailureUrl: 'relayq-dev-failure',
    RetryUrl: 'relayq-dev-retry',
    OutboxDlqUrl: 'relayq-dev-outbox-dlq',
    WaitingDlqUrl: 'relayq-dev-waiting-dlq',
    DeliveryDlqUrl: 'relayq-dev-delivery-dlq.fifo',
    OutboxOversizeUrl: 'relayq-dev-outbox-oversize',
    RouteFunction: 'relayq-dev-route',
    DeliverFunction: 'relayq-dev-deliver',
    KeeperFunction: 'relayq-dev-keeper',
    ParameterPath: '/relayq/dev/',
  });
});
