// All queues: the outbox, the mail that waits, the FIFO queue that holds the domain queues, the result queues and the
// dead letters.

import {Duration, RemovalPolicy} from 'aws-cdk-lib';
import {
  DeduplicationScope,
  FifoThroughputLimit,
  Queue,
  QueueEncryption,
  type QueueProps,
  RedrivePermission,
} from 'aws-cdk-lib/aws-sqs';
import {Construct} from 'constructs';
import type {Names, ResultKind, Variable} from '../shared/names.ts';
import {acknowledge} from './acknowledgements.ts';
import {arnFor} from './permissions.ts';
import {deliverTimeout, routeTimeout} from './timeouts.ts';

const common: QueueProps = {
  // The longest that SQS keeps anything: time for a weekend, and for the holiday of whoever puts things right.
  retentionPeriod: Duration.days(14),
  encryption: QueueEncryption.SQS_MANAGED,
  enforceSSL: true,
  receiveMessageWaitTime: Duration.seconds(20),
  // Mail that waits must not go with a stack that is deleted by mistake.
  removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
};

/** What holds for a queue that a function takes from. Its kind holds for its dead-letter queue too. */
interface Consumption {
  readonly kind: QueueProps;
  readonly visibilityTimeout: Duration;
  readonly maxReceiveCount: number;
}

const ofRoute: Consumption = {
  kind: {},
  // AWS's six times the function's timeout: time to try a throttled batch again before it is given out twice.
  visibilityTimeout: Duration.seconds(6 * routeTimeout.toSeconds()),
  // Bad messages are answered. What is received again and again meets trouble of our own: SSM or SQS fails, or the
  // account's concurrency is used up, as each throttled batch counts. SQS's most is two days of that.
  maxReceiveCount: 1000,
};

const ofDeliver: Consumption = {
  // High throughput FIFO: the limit is one of each message group, and so is deduplication.
  kind: {
    fifo: true,
    contentBasedDeduplication: false,
    deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
    fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
  },
  // Just over the function's timeout, not AWS's six times: after a crash the groups of a batch stand still for this
  // long. MaximumConcurrency keeps the event source from holding batches that nobody runs.
  visibilityTimeout: deliverTimeout.plus(Duration.minutes(1)),
  // Of a batch of ten at least one message is settled each time, however slow the server, and the others are
  // redelivered. So the last of them is received ten times, and nothing is wrong. The rest is for trouble of our own
  // and for throttling: two days. A message that crashes the function holds up its group for as long, with an alarm.
  maxReceiveCount: 200,
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
    [this.outbox, this.outboxDlq] = this.#consumed('outbox', names, ofRoute);
    [this.waiting, this.waitingDlq] = this.#consumed('waiting', names, ofRoute);
    [this.delivery, this.deliveryDlq] = this.#consumed('delivery', names, ofDeliver);
    this.outboxOversize = new Queue(this, 'OutboxOversize', {...common, queueName: names.outboxOversize});
    acknowledge(this.outboxOversize, 'SQS3', 'Its texts have been answered; it keeps them to be looked at.');
    const result = (kind: ResultKind) => {
      const queue = new Queue(this, idOf(kind), {...common, queueName: names.results[kind]});
      const reason = 'Results are read by the user’s own consumers, who decide what a dead letter is.';
      acknowledge(queue, 'SQS3', reason);
      return queue;
    };
    this.results = {
      results: result('results'),
      success: result('success'),
      failure: result('failure'),
      retry: result('retry'),
    };
  }

  /** A queue that a function takes from, and the queue of its dead letters, which takes from no other. */
  #consumed(key: 'outbox' | 'waiting' | 'delivery', names: Names, consumption: Consumption): [Queue, Queue] {
    const {kind, visibilityTimeout, maxReceiveCount} = consumption;
    const queueName = names[key];
    // By name, not by reference: the source names its dead-letter queue, and a circle cannot be deployed.
    const source = Queue.fromQueueArn(this, `${queueName}Arn`, arnFor(this, 'sqs', queueName));
    const dlq = new Queue(this, `${idOf(key)}Dlq`, {
      ...common,
      ...kind,
      queueName: names[`${key}Dlq`],
      redriveAllowPolicy: {redrivePermission: RedrivePermission.BY_QUEUE, sourceQueues: [source]},
    });
    const deadLetterQueue = {queue: dlq, maxReceiveCount};
    return [
      new Queue(this, idOf(key), {...common, ...kind, queueName, visibilityTimeout, deadLetterQueue}),
      dlq,
    ];
  }

  /** As the functions know them. */
  get urls(): Readonly<Record<Exclude<Variable, 'stage'>, string>> {
    const {outbox, outboxOversize, waiting, delivery, results} = this;
    return {
      outboxUrl: outbox.queueUrl,
      outboxOversizeUrl: outboxOversize.queueUrl,
      waitingUrl: waiting.queueUrl,
      deliveryUrl: delivery.queueUrl,
      resultsUrl: results.results.queueUrl,
      successUrl: results.success.queueUrl,
      failureUrl: results.failure.queueUrl,
      retryUrl: results.retry.queueUrl,
    };
  }
}

/** `Results`, and so on. */
export const idOf = (kind: string): string => kind.charAt(0).toUpperCase() + kind.slice(1);
