// All queues: the outbox, the FIFO queue that holds the domain queues, the result queues and the dead letters.

import {ArnFormat, Duration, RemovalPolicy, Stack} from 'aws-cdk-lib';
import {
  DeduplicationScope,
  FifoThroughputLimit,
  Queue,
  QueueEncryption,
  type QueueProps,
  RedrivePermission,
} from 'aws-cdk-lib/aws-sqs';
import {Construct} from 'constructs';
import {type Names, type ResultKind, resultKinds} from '../shared/names.ts';
import {acknowledge} from './acknowledgements.ts';
import {deliverTimeout, routeTimeout} from './timeouts.ts';

const common: QueueProps = {
  // The longest that SQS keeps anything: a weekend, and the holiday of whoever mends it.
  retentionPeriod: Duration.days(14),
  encryption: QueueEncryption.SQS_MANAGED,
  enforceSSL: true,
  receiveMessageWaitTime: Duration.seconds(20),
  // Mail that waits must not go with a stack that is deleted by mistake.
  removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
};

/** High throughput FIFO: the limit is one of each message group, and so is deduplication. */
const highThroughput: QueueProps = {
  fifo: true,
  contentBasedDeduplication: false,
  deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
  fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
};

export class Queues extends Construct {
  readonly outbox: Queue;
  readonly outboxDlq: Queue;
  readonly delivery: Queue;
  readonly deliveryDlq: Queue;
  readonly results: Readonly<Record<ResultKind, Queue>>;

  constructor(scope: Construct, id: string, names: Names) {
    super(scope, id);
    const redriveAllowPolicy = (source: string) => ({
      redrivePermission: RedrivePermission.BY_QUEUE,
      sourceQueues: [Queue.fromQueueArn(this, `${source}Arn`, sourceArn(this, source))],
    });
    this.outboxDlq = new Queue(this, 'OutboxDlq', {
      ...common,
      queueName: names.outboxDlq,
      redriveAllowPolicy: redriveAllowPolicy(names.outbox),
    });
    this.outbox = new Queue(this, 'Outbox', {
      ...common,
      queueName: names.outbox,
      // AWS's six times the function's timeout: time to try a throttled batch again before it is given out twice.
      visibilityTimeout: Duration.seconds(6 * routeTimeout.toSeconds()),
      // Bad messages are answered, so what comes here again and again is our own trouble, such as SSM or SQS
      // failing: 20 times are an hour of it.
      deadLetterQueue: {queue: this.outboxDlq, maxReceiveCount: 20},
    });
    this.deliveryDlq = new Queue(this, 'DeliveryDlq', {
      ...common,
      ...highThroughput,
      queueName: names.deliveryDlq,
      redriveAllowPolicy: redriveAllowPolicy(names.delivery),
    });
    this.delivery = new Queue(this, 'Delivery', {
      ...common,
      ...highThroughput,
      queueName: names.delivery,
      // Just over the function's timeout, not AWS's six times: after a crash the groups of a batch stand still
      // for this long. MaximumConcurrency keeps the event source from holding batches that nobody runs.
      visibilityTimeout: deliverTimeout.plus(Duration.minutes(1)),
      // Of a batch of ten at least one message is settled each time, however slow the server; the others come
      // again. So the last of them is received ten times, and nothing is wrong: the rest is for our own trouble.
      deadLetterQueue: {queue: this.deliveryDlq, maxReceiveCount: 30},
    });
    const result = (kind: ResultKind) => {
      const queue = new Queue(this, idOf(kind), {...common, queueName: names.results[kind]});
      const reason = 'Results are read by the user’s own consumers, who decide what a dead letter is.';
      acknowledge(queue, 'SQS3', reason);
      return queue;
    };
    this.results = Object.fromEntries(resultKinds.map(kind => [kind, result(kind)])) as Record<
      ResultKind,
      Queue
    >;
  }

  get all(): readonly Queue[] {
    return [this.outbox, this.outboxDlq, this.delivery, this.deliveryDlq, ...Object.values(this.results)];
  }
}

const idOf = (kind: ResultKind): string => kind.charAt(0).toUpperCase() + kind.slice(1);

/** By name, not by reference: the source names its dead-letter queue, and a circle cannot be deployed. */
function sourceArn(scope: Construct, queueName: string): string {
  return Stack.of(scope).formatArn({
    service: 'sqs',
    resource: queueName,
    arnFormat: ArnFormat.NO_RESOURCE_NAME,
  });
}
