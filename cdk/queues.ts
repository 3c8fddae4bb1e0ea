// All queues: the outbox, the mail that waits, the FIFO queues that hold the domain queues, the result queues and the dead
// letters.

import {Duration} from 'aws-cdk-lib';
import type {IKey} from 'aws-cdk-lib/aws-kms';
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
import {type Options, removalPolicyOf} from './options.ts';
import {arnFor} from './permissions.ts';
import {deliverTimeout, keeperTimeout, routeTimeout, waitingWindow} from './timeouts.ts';

export interface QueuesProps {
  readonly names: Names;
  readonly options: Pick<Options, 'retain'>;
  /** Encrypts them; without it SQS has keys of its own. */
  readonly key: IKey | undefined;
}

const commonOf = ({options, key}: QueuesProps): QueueProps => ({
  // The longest that SQS keeps anything: time for a weekend, and for the holiday of whoever puts things right.
  retentionPeriod: Duration.days(14),
  enforceSSL: true,
  receiveMessageWaitTime: Duration.seconds(20),
  // Mail that waits must not go with a stack that is deleted by mistake.
  removalPolicy: removalPolicyOf(options),
  ...(key === undefined
    ? {encryption: QueueEncryption.SQS_MANAGED}
    : // Each new data key is a request that KMS bills, for each queue.
      {encryption: QueueEncryption.KMS, encryptionMasterKey: key, dataKeyReuse: Duration.hours(1)}),
});

/** What holds for a queue that a function takes from. Its kind holds for its dead-letter queue too. */
interface Consumption {
  readonly kind: QueueProps;
  readonly visibilityTimeout: Duration;
}

type Consumed = 'outbox' | 'waiting' | 'waitingSoon' | 'held' | 'delivery' | 'deliverySlow';
type DeadLetters = 'outboxDlq' | 'waitingDlq' | 'deliveryDlq';

/**
 * SQS's most. Bad messages are answered. What is received again and again meets trouble of our own: SSM or SQS fails, or
 * the account's concurrency is used up, as each throttled batch counts. Or its lane is hidden while its receiver is down,
 * and comes back for each probe: deliver moves such messages out in time, and those at which functions die by itself.
 */
const maxReceiveCount = 1000;

const ofRoute: Consumption = {
  kind: {},
  // AWS's six times the function's timeout and the batching window: time to try a throttled batch again before it is
  // given out twice.
  visibilityTimeout: waitingWindow.plus(Duration.seconds(6 * routeTimeout.toSeconds())),
};

const ofKeeper: Consumption = {
  kind: {},
  // Just over the function's timeout: what it has looked at is out of sight while it runs, and comes back if it dies.
  visibilityTimeout: keeperTimeout.plus(Duration.minutes(1)),
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
};

export class Queues extends Construct {
  readonly outbox: Queue;
  readonly outboxDlq: Queue;
  readonly outboxOversize: Queue;
  readonly waiting: Queue;
  readonly waitingSoon: Queue;
  /** Nothing takes from it as mail comes in: the keeper does, on its schedule. */
  readonly held: Queue;
  readonly waitingDlq: Queue;
  readonly delivery: Queue;
  readonly deliverySlow: Queue;
  readonly deliveryDlq: Queue;
  readonly results: Readonly<Record<ResultKind, Queue>>;
  readonly #common: QueueProps;

  constructor(scope: Construct, id: string, props: QueuesProps) {
    super(scope, id);
    const {names} = props;
    this.#common = commonOf(props);
    this.outboxDlq = this.#deadLetters('outboxDlq', names, ofRoute, ['outbox']);
    this.waitingDlq = this.#deadLetters('waitingDlq', names, ofRoute, ['waiting', 'waitingSoon', 'held']);
    this.deliveryDlq = this.#deadLetters('deliveryDlq', names, ofDeliver, ['delivery', 'deliverySlow']);
    const consumed = (key: Consumed, consumption: Consumption, queue: Queue) =>
      this.#consumed(names[key], idOf(key), {...consumption, deadLetters: queue});
    this.outbox = consumed('outbox', ofRoute, this.outboxDlq);
    this.waiting = consumed('waiting', ofRoute, this.waitingDlq);
    this.waitingSoon = consumed('waitingSoon', ofRoute, this.waitingDlq);
    this.held = consumed('held', ofKeeper, this.waitingDlq);
    this.delivery = consumed('delivery', ofDeliver, this.deliveryDlq);
    this.deliverySlow = consumed('deliverySlow', ofDeliver, this.deliveryDlq);
    this.outboxOversize = new Queue(this, 'OutboxOversize', {
      ...this.#common,
      queueName: names.outboxOversize,
    });
    acknowledge(this.outboxOversize, 'SQS3', 'Its texts have been answered; it keeps them to be looked at.');
    const result = (kind: ResultKind) => {
      const queue = new Queue(this, idOf(kind), {...this.#common, queueName: names.results[kind]});
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

  /** The dead letters of some queues. It takes from no other. */
  #deadLetters(key: DeadLetters, names: Names, {kind}: Consumption, sources: readonly Consumed[]): Queue {
    return new Queue(this, idOf(key), {
      ...this.#common,
      ...kind,
      queueName: names[key],
      redriveAllowPolicy: {
        redrivePermission: RedrivePermission.BY_QUEUE,
        // By name, not by reference: a source names its dead-letter queue, and a circle cannot be deployed.
        sourceQueues: sources.map(source =>
          Queue.fromQueueArn(this, `${names[source]}Arn`, arnFor(this, 'sqs', names[source])),
        ),
      },
    });
  }

  /** A queue that a function takes from. */
  #consumed(queueName: string, id: string, consumption: Consumption & {readonly deadLetters: Queue}): Queue {
    const {kind, visibilityTimeout, deadLetters: queue} = consumption;
    const deadLetterQueue = {queue, maxReceiveCount};
    return new Queue(this, id, {...this.#common, ...kind, queueName, visibilityTimeout, deadLetterQueue});
  }

  /** As the functions know them. */
  get urls(): Readonly<Record<Extract<Variable, `${string}Url`>, string>> {
    const {outbox, outboxOversize, waiting, waitingSoon, held, delivery, deliverySlow, deliveryDlq, results} =
      this;
    return {
      outboxUrl: outbox.queueUrl,
      outboxOversizeUrl: outboxOversize.queueUrl,
      waitingUrl: waiting.queueUrl,
      waitingSoonUrl: waitingSoon.queueUrl,
      heldUrl: held.queueUrl,
      deliveryUrl: delivery.queueUrl,
      deliverySlowUrl: deliverySlow.queueUrl,
      deliveryDlqUrl: deliveryDlq.queueUrl,
      resultsUrl: results.results.queueUrl,
      successUrl: results.success.queueUrl,
      failureUrl: results.failure.queueUrl,
      retryUrl: results.retry.queueUrl,
    };
  }
}

/** `Results`, and so on. */
export const idOf = (kind: string): string => kind.charAt(0).toUpperCase() + kind.slice(1);
