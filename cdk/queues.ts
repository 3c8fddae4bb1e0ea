// All queues: the outbox, the mail that waits, the FIFO queue that holds the domain queues, the result queues and the
// dead letters.

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
  readonly outboxOversize: Queue;
  readonly waiting: Queue;
  readonly waitingDlq: Queue;
  readonly delivery: Queue;
  readonly deliveryDlq: Queue;
  readonly results: Readonly<Record<ResultKind, Queue>>;

  constructor(scope: Construct, id: string, names: Names) {
    super(scope, id);
    const redriveAllowPolicy = (source: string) => ({
      redrivePermission: RedrivePermission.BY_QUEUE,
      sourceQueues: [Queue.fromQueueArn(this, `${source}Arn`, sourceArn(this, source))],
    });
    const deadLetters = (id: string, queueName: string, source: string) =>
      new Queue(this, id, {...common, queueName, redriveAllowPolicy: redriveAllowPolicy(source)});
    const source = (id: string, queueName: string, queue: Queue) =>
      new Queue(this, id, {
        ...common,
        queueName,
        // AWS's six times the function's timeout: time to try a throttled batch again before it is given out twice.
        visibilityTimeout: Duration.seconds(6 * routeTimeout.toSeconds()),
        // Bad messages are answered, so what comes here again and again is our own trouble, such as SSM or SQS
        // failing, or the account's concurrency used up, as each throttled batch counts: SQS's most is two days of it.
        deadLetterQueue: {queue, maxReceiveCount: 1000},
      });
    this.outboxDlq = deadLetters('OutboxDlq', names.outboxDlq, names.outbox);
    this.outbox = source('Outbox', names.outbox, this.outboxDlq);
    this.waitingDlq = deadLetters('WaitingDlq', names.waitingDlq, names.waiting);
    this.waiting = source('Waiting', names.waiting, this.waitingDlq);
    this.outboxOversize = new Queue(this, 'OutboxOversize', {...common, queueName: names.outboxOversize});
    acknowledge(this.outboxOversize, 'SQS3', 'It holds what has been answered, for whoever wants to see it.');
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
      // again. So the last of them is received ten times, and nothing is wrong. The rest is for our own trouble, and
      // for throttling: two days. A message that crashes the function holds up its group for as long, with an alarm.
      deadLetterQueue: {queue: this.deliveryDlq, maxReceiveCount: 200},
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
}

/** `Results`, and so on. */
export const idOf = (kind: string): string => kind.charAt(0).toUpperCase() + kind.slice(1);

/** By name, not by reference: the source names its dead-letter queue, and a circle cannot be deployed. */
function sourceArn(scope: Construct, queueName: string): string {
  return Stack.of(scope).formatArn({
    service: 'sqs',
    resource: queueName,
    arnFormat: ArnFormat.NO_RESOURCE_NAME,
  });
}
