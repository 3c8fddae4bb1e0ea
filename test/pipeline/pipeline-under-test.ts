// The pipeline as it would be deployed, on a local cloud of its own: real functions, and the real SDK speaking the
// protocols of SQS and SSM.

import {setTimeout as delay} from 'node:timers/promises';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import {DeleteParameterCommand, PutParameterCommand, SSMClient} from '@aws-sdk/client-ssm';
import {type Cloud, type CloudOptions, startCloud} from '../../local/cloud.ts';
import {synthesise} from '../../local/synthesis.ts';
import type {Resources} from '../../local/template/resources.ts';
import {namesOf, settingsMaxAge} from '../../shared/names.ts';
import {projectRoot} from '../global-setup.ts';
import {sdkOptions} from '../sdk-options.ts';

export const names = namesOf('local');
/** Where messages are on their way. */
export const queuesOnTheWay = [
  names.outbox,
  names.waiting,
  names.waitingSoon,
  names.delivery,
  names.deliverySlow,
] as const;
export const deadLetterQueues = [names.outboxDlq, names.waitingDlq, names.deliveryDlq] as const;

/** How long a test waits for what must happen. The limit makes it fail instead of hang. */
export const patienceMs = 300_000;

/** Each concurrent batch is a process with a heap of its own: no more than two cores can feed. */
export function fewEnvironments({eventSourceMappings}: Pick<Resources, 'eventSourceMappings'>): void {
  for (const mapping of eventSourceMappings)
    mapping.maximumConcurrency = mapping.functionName === names.route ? 2 : 5;
}

export interface Result {
  readonly fate: string;
  readonly results: readonly Record<string, unknown>[];
  readonly relayq: {readonly id: string; readonly key: string; readonly attempts: number};
  readonly [property: string]: unknown;
}

export class Pipeline {
  readonly cloud: Cloud;
  readonly sqs: SQSClient;
  readonly ssm: SSMClient;
  /** Every line that the functions have printed. */
  readonly logLines: readonly string[];

  private constructor(cloud: Cloud, logLines: readonly string[]) {
    this.cloud = cloud;
    this.sqs = new SQSClient(sdkOptions(cloud.url));
    this.ssm = new SSMClient(sdkOptions(cloud.url));
    this.logLines = logLines;
  }

  /** @param settings parameters by name, which are there before the first message */
  static async start(
    settings: Record<string, string> = {},
    options: Partial<CloudOptions> = {},
  ): Promise<Pipeline> {
    const assembly = await synthesise(projectRoot, {stage: 'local'});
    const logLines: string[] = [];
    const cloud = await startCloud({
      ...assembly,
      assetsDirectory: assembly.directory,
      port: 0,
      onLog: (_, {message}) => logLines.push(message),
      ...options,
      overrides: resources => {
        // Settings are read again for each batch.
        for (const {environment} of resources.functions) environment[settingsMaxAge] = '0';
        options.overrides?.(resources);
      },
    });
    const pipeline = new Pipeline(cloud, logLines);
    await pipeline.set(settings);
    return pipeline;
  }

  /** Puts parameters, as SecureString where they are passwords; null deletes one. */
  async set(settings: Record<string, string | null>): Promise<void> {
    for (const [name, value] of Object.entries(settings)) {
      const Name = `${names.parameterPath}${name}`;
      const Type = name.endsWith('password') ? 'SecureString' : 'String';
      if (value === null) await this.ssm.send(new DeleteParameterCommand({Name}));
      else await this.ssm.send(new PutParameterCommand({Name, Value: value, Type, Overwrite: true}));
    }
  }

  /** A queue that the stage does not have. @returns its URL */
  async createQueue(QueueName: string): Promise<string> {
    const {QueueUrl} = await this.sqs.send(new CreateQueueCommand({QueueName}));
    return QueueUrl!;
  }

  /** Puts messages on the outbox: objects as JSON, strings as they are. */
  async send(...messages: readonly (object | string)[]): Promise<void> {
    for (let start = 0; start < messages.length; start += 10) {
      const Entries = messages.slice(start, start + 10).map((message, index) => ({
        Id: String(index),
        MessageBody: typeof message === 'string' ? message : JSON.stringify(message),
      }));
      const {Failed = []} = await this.sqs.send(
        new SendMessageBatchCommand({QueueUrl: this.cloud.queueUrlOf(names.outbox), Entries}),
      );
      if (Failed.length > 0) throw new Error(JSON.stringify(Failed));
    }
  }

  /** Takes `count` results off a queue. @throws Error when they do not come in time */
  async take(queueName: string, count: number, withinMs = patienceMs): Promise<Result[]> {
    const QueueUrl = this.cloud.queueUrlOf(queueName);
    const taken: Result[] = [];
    const deadline = Date.now() + withinMs;
    while (taken.length < count && Date.now() < deadline) {
      const {Messages = []} = await this.sqs.send(
        new ReceiveMessageCommand({QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1}),
      );
      if (Messages.length === 0) continue;
      taken.push(...Messages.map(({Body}) => JSON.parse(Body!)));
      const Entries = Messages.map(({ReceiptHandle}, index) => ({Id: String(index), ReceiptHandle}));
      await this.sqs.send(new DeleteMessageBatchCommand({QueueUrl, Entries}));
    }
    if (taken.length < count)
      throw new Error(`${queueName}: ${taken.length} of ${count} results\n${this.logLines.join('\n')}`);
    return taken;
  }

  /** The next result of any kind. */
  async result(): Promise<Result> {
    return (await this.take(names.results.results, 1))[0]!;
  }

  /** Log lines of the functions that are about one thing. */
  logged(message: string): Record<string, unknown>[] {
    return this.logLines
      .filter(line => line.startsWith('{'))
      .map(line => JSON.parse(line))
      .filter(line => line.message === message);
  }

  /** How each invocation has ended, where the functions' system log level is INFO. */
  reports(): {readonly status: string}[] {
    return this.logLines
      .filter(line => line.includes('platform.report'))
      .map(line => JSON.parse(line).record);
  }

  /** How many messages a queue has, visible or not. */
  countIn(queue: string): number {
    return Object.values(this.cloud.sqs.queue(queue).counts).reduce((sum, count) => sum + count, 0);
  }

  /** Which of some queues hold messages, visible or not. */
  filled(...queues: readonly string[]): string[] {
    const {sqs} = this.cloud;
    return queues.filter(queue => Object.values(sqs.queue(queue).counts).some(count => count > 0));
  }

  /** Waits until no function is at work: then all environments are free for the next message. */
  async idle(): Promise<void> {
    await this.until(() => [...this.cloud.functions.values()].every(({busy}) => busy === 0));
  }

  async until(condition: () => boolean, withinMs = patienceMs): Promise<void> {
    const deadline = Date.now() + withinMs;
    while (!condition()) {
      if (Date.now() > deadline) throw new Error('waited in vain');
      await delay(20);
    }
  }

  async stop(): Promise<void> {
    this.sqs.destroy();
    this.ssm.destroy();
    await this.cloud.stop();
  }
}
