// One function of the stack in Lambda processes of its own, fed with events directly. It is the bundle that would be
// deployed, in the local execution environment; a local Parameter Store, local tables and a
// settling desk answer its calls.

import {mkdtemp} from 'node:fs/promises';
import {join} from 'node:path';
import {dynamoDbService} from '../local/dynamodb/service.ts';
import {Tables} from '../local/dynamodb/tables.ts';
import {awsDoors} from '../local/endpoint/aws-doors.ts';
import {type Endpoint, listen} from '../local/endpoint/endpoint.ts';
import type {FunctionResource} from '../local/lambda/function-resource.ts';
import {LambdaFunction} from '../local/lambda/lambda-function.ts';
import type {Reaper} from '../local/lambda/reaper.ts';
import {copyTaskRoot} from '../local/lambda/task-roots.ts';
import {ssmService} from '../local/ssm/service.ts';
import {Ssm} from '../local/ssm/ssm.ts';
import type {Assembly} from '../local/synthesis.ts';
import {parseTemplate} from '../local/template/template.ts';
import {FunctionLog, type LogFigures} from './function-log.ts';
import {cpuSecondsOf, peakMBOf} from './process-figures.ts';
import {type Sent, settlingDesk} from './settling-desk.ts';
import {type Call, SqsMeter} from './sqs-meter.ts';

export const account = {region: 'us-east-1', accountId: '000000000000'};

/** Where functions run: the stack, and what ends their processes and removes their files. */
export interface Site {
  readonly assembly: Assembly;
  readonly directory: string;
  readonly reaper: Reaper;
}

export interface RigOptions {
  readonly site: Site;
  readonly functionName: string;
  /** Parameters by their full names. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly sqsLatencyMs?: number;
  readonly onSent?: (message: Sent) => void;
}

export interface FeedFigures extends LogFigures {
  readonly messages: number;
  readonly elapsedMs: number;
  /** The sum over all environments. */
  readonly cpuSeconds: number;
  /** The highest of any environment. */
  readonly peakMB: number;
  readonly calls: readonly Call[];
}

/** The next event, and how many messages are in it; undefined when there are no more. */
export type NextEvent = () => {readonly payload: string; readonly messages: number} | undefined;

/** Longer than any benchmark, so that no environment ends while it is idle. */
const idleMs = 24 * 3_600_000;

interface Started {
  readonly definition: FunctionResource;
  readonly taskRoot: string;
  readonly reaper: Reaper;
}

export class FunctionRig {
  readonly definition: FunctionResource;
  readonly #function: LambdaFunction;
  readonly #log: FunctionLog;
  readonly #meter: SqsMeter;
  readonly #endpoint: Endpoint;

  static async start(options: RigOptions): Promise<FunctionRig> {
    const {site, functionName, settings = {}, sqsLatencyMs = 0, onSent} = options;
    const {assembly, reaper} = site;
    const {region, accountId} = account;
    const meter = new SqsMeter();
    const ssm = new Ssm({region, accountId});
    for (const [name, value] of Object.entries(settings)) ssm.put(name, value);
    const desk = settlingDesk({meter, latencyMs: sqsLatencyMs, ...(onSent && {onSent})});
    const tables = new Tables();
    const endpoint = await listen(awsDoors([desk, ssmService(ssm), dynamoDbService(tables)]), {port: 0});
    const {functions, tables: resources} = parseTemplate(assembly.template, assembly.assets, {
      ...account,
      stackName: assembly.stackName,
      queueUrlOf: name => `${endpoint.url}/${accountId}/${name}`,
    });
    for (const table of resources) tables.create(table);
    const definition = functions.find(({name}) => name === functionName);
    if (definition === undefined) throw new Error(`the stack has no function ${functionName}`);
    // Only for the reports of invocations: how long each took, and how much memory.
    definition.logging.systemLevel = 'INFO';
    const directory = await mkdtemp(join(site.directory, 'function-'));
    const taskRoot = await copyTaskRoot(definition, assembly.directory, directory);
    return new FunctionRig({definition, taskRoot, reaper}, endpoint, meter);
  }

  private constructor({definition, taskRoot, reaper}: Started, endpoint: Endpoint, meter: SqsMeter) {
    const log = new FunctionLog();
    this.definition = definition;
    this.#log = log;
    this.#meter = meter;
    this.#endpoint = endpoint;
    this.#function = new LambdaFunction({
      definition,
      taskRoot,
      region: account.region,
      endpointUrl: endpoint.url,
      reaper,
      onLine: (_, line) => log.add(line),
      idleMs,
    });
  }

  /**
   * Feeds the function until there is nothing left. Each feeder has one event in hand at a time, as a poller of the
   * event source has.
   * @throws Error when an invocation fails, or reports a message as failed
   */
  async feed(feeders: readonly NextEvent[]): Promise<FeedFigures> {
    this.#log.take();
    this.#meter.take();
    const cpuBefore = this.#cpuSeconds();
    const startedMs = performance.now();
    const fed = await Promise.all(feeders.map(next => this.#feedAll(next)));
    const elapsedMs = performance.now() - startedMs;
    const {peakMB: _, ...log} = this.#log.take();
    return {
      ...log,
      messages: fed.reduce((sum, messages) => sum + messages, 0),
      elapsedMs,
      cpuSeconds: this.#cpuSeconds() - cpuBefore,
      peakMB: Math.max(...this.#pids().map(peakMBOf)),
      calls: this.#meter.take(),
    };
  }

  /** The function's latest warnings and errors. */
  get complaints(): readonly string[] {
    return this.#log.complaints;
  }

  async close(): Promise<void> {
    await this.#function.stop();
    await this.#endpoint.close();
  }

  async #feedAll(next: NextEvent): Promise<number> {
    let fed = 0;
    for (let event = next(); event !== undefined; event = next()) {
      const invocation = await this.#function.invoke(event.payload);
      const failures = invocation.ok
        ? (JSON.parse(invocation.payload) as {batchItemFailures?: readonly unknown[]} | null)
            ?.batchItemFailures
        : [invocation.error];
      if (failures !== undefined && failures.length > 0) {
        const reasons = [JSON.stringify(failures), ...this.#log.complaints];
        throw new Error(`${this.definition.name} failed:\n${reasons.join('\n')}`);
      }
      fed += event.messages;
    }
    return fed;
  }

  #pids(): readonly number[] {
    return [...this.#function.environments].flatMap(({pid}) => (pid === undefined ? [] : [pid]));
  }

  #cpuSeconds(): number {
    return this.#pids().reduce((sum, pid) => sum + cpuSecondsOf(pid), 0);
  }
}
