// Lambda: the functions of the template with their execution environments, and the event sources that invoke them.

import {mkdtemp} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {Account} from '../account.ts';
import type {Clock} from '../clock.ts';
import type {CloudWatchLogs} from '../logs/cloudwatch-logs.ts';
import type {LogEvent} from '../logs/log-event.ts';
import type {LogGroup} from '../logs/log-group.ts';
import type {Sqs} from '../sqs/sqs.ts';
import {EventSourceMapping} from './event-source-mapping.ts';
import type {EventSourceMappingResource} from './event-source-mapping-resource.ts';
import type {FunctionResource} from './function-resource.ts';
import {LambdaFunction} from './lambda-function.ts';
import {type Reaper, startReaper} from './reaper.ts';
import {copyTaskRoot} from './task-roots.ts';

export interface LambdaOptions {
  readonly account: Account;
  readonly endpointUrl: () => string;
  readonly assetsDirectory: string;
  readonly clock: Clock;
  readonly sqs: Sqs;
  readonly logs: CloudWatchLogs;
  /** The program that runs handlers, if not our own. */
  readonly runtime?: string;
  readonly onLog: (functionName: string, event: LogEvent) => void;
  /** Something failed that belongs to no invocation. Lambda goes on. */
  readonly onProblem: (where: string, error: unknown) => void;
}

export class Lambda {
  /** By name. */
  readonly functions = new Map<string, LambdaFunction>();
  /** What each function prints, by its name. */
  readonly logs = new Map<string, LogGroup>();
  readonly #options: LambdaOptions;
  #eventSourceMappings: readonly EventSourceMapping[] = [];
  #reaper: Reaper | undefined;

  constructor(options: LambdaOptions) {
    this.#options = options;
  }

  get eventSourceMappings(): readonly EventSourceMapping[] {
    return this.#eventSourceMappings;
  }

  async deploy(resources: {
    readonly functions: readonly FunctionResource[];
    readonly eventSourceMappings: readonly EventSourceMappingResource[];
  }): Promise<void> {
    const directory = await mkdtemp(join(tmpdir(), 'relayq-'));
    this.#reaper = startReaper(directory);
    for (const definition of resources.functions) {
      const taskRoot = await copyTaskRoot(definition, this.#options.assetsDirectory, directory);
      this.#addFunction(definition, taskRoot, this.#reaper);
    }
    this.#eventSourceMappings = resources.eventSourceMappings.map(each => this.#mappingOf(each));
  }

  /** From now on messages are received. */
  start(): void {
    for (const mapping of this.#eventSourceMappings) mapping.start();
  }

  /** @param graceMs how long invocations have to finish. What they do not get done comes again. */
  async stop(graceMs: number): Promise<void> {
    const functions = [...this.functions.values()];
    const settled = Promise.all(this.#eventSourceMappings.map(mapping => mapping.stop()));
    for (const each of functions) each.drain();
    await Promise.race([settled, new Promise(resolve => setTimeout(resolve, graceMs).unref())]);
    await Promise.all(functions.map(each => each.stop()));
    await settled;
  }

  /** Kills what is left, and removes the files. */
  async close(): Promise<void> {
    await this.#reaper?.close();
  }

  #addFunction(definition: FunctionResource, taskRoot: string, reaper: Reaper): void {
    const {account, endpointUrl, clock, logs, runtime, onLog} = this.#options;
    const {name, logging} = definition;
    const log = logs.ensureGroup(logging.groupName);
    this.logs.set(name, log);
    const created = new LambdaFunction({
      definition,
      taskRoot,
      region: account.region,
      endpointUrl: endpointUrl(),
      clock,
      reaper,
      onLine: (stream, message) => onLog(name, log.append({timestamp: Date.now(), message, stream})),
      ...(runtime !== undefined && {runtime}),
    });
    this.functions.set(name, created);
  }

  #mappingOf(definition: EventSourceMappingResource): EventSourceMapping {
    const {account, sqs, onProblem} = this.#options;
    const {functionName, queueName} = definition;
    const {region, accountId} = account;
    sqs.queue(queueName).releaseAbandoned();
    return new EventSourceMapping({
      definition,
      source: {queueArn: `arn:aws:sqs:${region}:${accountId}:${queueName}`, region},
      queue: sqs,
      invoke: (payload, upstream) => this.functions.get(functionName)!.invoke(payload, upstream),
      onProblem: error => onProblem(`the event source of ${functionName}`, error),
    });
  }
}
