// A cloud from the small template. The test writes the function's code, and the real SDK speaks to the cloud.

import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {GetQueueAttributesCommand, SendMessageCommand, SQSClient} from '@aws-sdk/client-sqs';
import {type Cloud, type CloudOptions, startCloud} from '../../local/cloud.ts';
import type {LogEvent} from '../../local/logs/log-event.ts';
import {sdkOptions} from '../sdk-options.ts';
import {assets, functionName, templateOf} from './template/template-under-test.ts';

export interface CloudUnderTest {
  readonly cloud: Cloud;
  readonly client: SQSClient;
  /** The JSON lines that the function has written to its standard output so far. */
  records<T>(): T[];
  send(queue: string, body: string, group?: string): Promise<void>;
  /** Messages visible, in flight and delayed. */
  countOf(queue: string): Promise<number>;
}

export class CloudsUnderTest {
  readonly problems: unknown[] = [];
  readonly #stops: (() => Promise<void>)[] = [];

  async start(source: string, options: Partial<CloudOptions> = {}): Promise<CloudUnderTest> {
    const assetsDirectory = await assetsOf(source);
    const cloud = await startCloud({
      template: templateOf(),
      assets,
      assetsDirectory,
      port: 0,
      onProblem: (_, error) => this.problems.push(error),
      ...options,
    }).finally(() => rm(assetsDirectory, {recursive: true}));
    const client = new SQSClient(sdkOptions(cloud.url));
    this.#stops.push(async () => {
      client.destroy();
      await cloud.stop();
    });
    return {
      cloud,
      client,
      records: <T>() => recordsOf<T>(cloud.logs.get(functionName)?.events ?? []),
      async send(queue, body, group) {
        const fifo = group === undefined ? {} : {MessageGroupId: group, MessageDeduplicationId: body};
        await client.send(
          new SendMessageCommand({QueueUrl: cloud.queueUrlOf(queue), MessageBody: body, ...fifo}),
        );
      },
      async countOf(queue) {
        const {Attributes: attributes} = await client.send(
          new GetQueueAttributesCommand({QueueUrl: cloud.queueUrlOf(queue), AttributeNames: ['All']}),
        );
        const counts: Readonly<Record<string, string>> = attributes ?? {};
        const names = ['', 'NotVisible', 'Delayed'];
        return names.reduce((sum, name) => sum + Number(counts[`ApproximateNumberOfMessages${name}`]), 0);
      },
    };
  }

  async stop(): Promise<void> {
    await Promise.all(this.#stops.splice(0).map(stop => stop()));
    this.problems.length = 0;
  }
}

/** A directory with the one asset that the template names. */
export async function assetsOf(source: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'relayq-test-'));
  await mkdir(join(directory, 'asset.abc123'));
  await writeFile(join(directory, 'asset.abc123', 'index.mjs'), source);
  return directory;
}

const recordsOf = <T>(events: readonly LogEvent[]): T[] =>
  events
    .filter(({message}) => message.startsWith('{'))
    .map(({message}) => JSON.parse(message) as T & {level?: string; type?: string})
    .filter(({level, type}) => level === undefined && type === undefined);
