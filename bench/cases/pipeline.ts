// The whole pipeline on the local cloud, from the outbox to the receiver and the results, with its calls of SQS
// counted. The local cloud, above all its SQS, works on the same cores, so this does not measure the speed of AWS.

import {setTimeout as delay} from 'node:timers/promises';
import {type Cloud, startCloud} from '../../local/cloud.ts';
import {awsDoors} from '../../local/endpoint/aws-doors.ts';
import type {AwsService} from '../../local/endpoint/aws-service.ts';
import {type Endpoint, listen} from '../../local/endpoint/endpoint.ts';
import {sqsProtocol, sqsService} from '../../local/sqs/service.ts';
import {ssmProtocol, ssmService} from '../../local/ssm/service.ts';
import {type BenchContext, wholeBatches} from '../bench-context.ts';
import {capacityOf, names} from '../delivery-patterns.ts';
import {FunctionLog} from '../function-log.ts';
import {mimeOf, outboxBodyOf, recipientOf, tenKB} from '../mail.ts';
import {usualLine} from '../receivers/line.ts';
import type {Place} from '../receivers/place.ts';
import {type Call, SqsMeter} from '../sqs-meter.ts';
import {median} from '../statistics.ts';

export interface PipelineFigures {
  readonly messages: number;
  readonly receiver: string;
  /** Until the receiver had the last message. */
  readonly messagesPerSecond: number;
  /** By function. */
  readonly invocations: Readonly<Record<string, number>>;
  readonly billedMsPerInvocation: Readonly<Record<string, number>>;
  readonly logOctetsPerMessage: number;
  /** What the functions called in one run. */
  readonly calls: readonly Call[];
  /** ReceiveMessage and DeleteMessageBatch: one of each for an invocation. */
  readonly eventSourceCalls: number;
  readonly callsPerMessage: number;
  readonly runs: readonly number[];
}

const connections = 10;
const stallMs = 30_000;

export async function measurePipeline(context: BenchContext): Promise<PipelineFigures> {
  const {options, places, progress} = context;
  const place = await places.at(usualLine, 0);
  const pipeline = await MeteredPipeline.start(context, place);
  try {
    const messages = wholeBatches(options.size);
    progress('pipeline: warms up');
    await pipeline.run(wholeBatches(options.warmUp / 2));
    const runs: number[] = [];
    let last: Omit<PipelineFigures, 'messagesPerSecond' | 'runs'> | undefined;
    for (let run = 1; run <= options.runs; run++) {
      progress(`pipeline: run ${run} of ${options.runs}`);
      const {elapsedMs, ...figures} = await pipeline.run(messages);
      runs.push((1000 * messages) / elapsedMs);
      last = figures;
    }
    return {...last!, messagesPerSecond: median(runs), runs};
  } finally {
    await pipeline.stop();
  }
}

class MeteredPipeline {
  readonly #cloud: Cloud;
  readonly #endpoint: Endpoint;
  readonly #meter: SqsMeter;
  readonly #logs: ReadonlyMap<string, FunctionLog>;
  readonly #place: Place;
  #sent = 0;

  /** The functions call an endpoint of the benchmark's own, in front of the same queues and parameters. */
  static async start({assembly}: BenchContext, place: Place): Promise<MeteredPipeline> {
    const meter = new SqsMeter();
    const parts: {cloud?: Cloud} = {};
    const sqs: AwsService = {
      ...sqsProtocol,
      async call(request) {
        meter.count(request.operation, request.input);
        return sqsService(parts.cloud!.sqs).call(request);
      },
    };
    const ssm: AwsService = {...ssmProtocol, call: request => ssmService(parts.cloud!.ssm).call(request)};
    const endpoint = await listen(awsDoors([sqs, ssm]), {port: 0});
    const logs = new Map([names.route, names.deliver].map(name => [name, new FunctionLog()]));
    const settings = {
      ...capacityOf(connections),
      [`${names.parameterPath}smarthost`]: place.host,
      [`${names.parameterPath}smarthost-port`]: String(place.port),
    };
    parts.cloud = await startCloud({
      ...assembly,
      assetsDirectory: assembly.directory,
      port: 0,
      overrides: ({functions}) => {
        for (const {environment, logging} of functions) {
          for (const [name, value] of Object.entries(environment)) {
            if (value.startsWith('http://')) environment[name] = endpoint.url + new URL(value).pathname;
          }
          environment.AWS_ENDPOINT_URL = endpoint.url;
          logging.systemLevel = 'INFO';
        }
      },
      prepare: ({ssm}) => {
        for (const [name, value] of Object.entries(settings)) ssm.put(name, value);
      },
      onLog: (functionName, {message}) => logs.get(functionName)?.add(message),
    });
    return new MeteredPipeline(parts.cloud, endpoint, meter, logs, place);
  }

  private constructor(
    cloud: Cloud,
    endpoint: Endpoint,
    meter: SqsMeter,
    logs: ReadonlyMap<string, FunctionLog>,
    place: Place,
  ) {
    this.#cloud = cloud;
    this.#endpoint = endpoint;
    this.#meter = meter;
    this.#logs = logs;
    this.#place = place;
  }

  async run(messages: number) {
    this.#meter.take();
    for (const log of this.#logs.values()) log.take();
    const mime = mimeOf(tenKB);
    const before = await this.#place.receiver.count();
    const startedMs = performance.now();
    for (let message = 0; message < messages; message++) {
      this.#sent += 1;
      this.#cloud.sqs.sendMessage(names.outbox, {body: outboxBodyOf(recipientOf(this.#sent), mime)});
    }
    const elapsedMs = (await this.#arrival(before + messages)) - startedMs;
    await this.#settled();
    const logs = [...this.#logs].map(([name, log]) => [name, log.take()] as const);
    const calls = this.#meter.take();
    const invocations = Object.fromEntries(logs.map(([name, log]) => [name, log.invocations]));
    const eventSourceCalls = 2 * logs.reduce((sum, [, log]) => sum + log.invocations, 0);
    const functionCalls = calls.reduce((sum, call) => sum + call.calls, 0);
    return {
      messages,
      receiver: this.#place.receiver.name,
      elapsedMs,
      invocations,
      billedMsPerInvocation: Object.fromEntries(
        logs.map(([name, log]) => [name, log.billedMs / log.invocations]),
      ),
      logOctetsPerMessage: logs.reduce((sum, [, log]) => sum + log.logOctets, 0) / messages,
      calls,
      eventSourceCalls,
      callsPerMessage: (functionCalls + eventSourceCalls) / messages,
    };
  }

  async stop(): Promise<void> {
    await this.#cloud.stop();
    await this.#endpoint.close();
  }

  /** @returns when the receiver had taken this many */
  async #arrival(count: number): Promise<number> {
    let last = 0;
    let progressMs = performance.now();
    for (;;) {
      const taken = await this.#place.receiver.count();
      const nowMs = performance.now();
      if (taken >= count) return nowMs;
      if (taken > last) progressMs = nowMs;
      if (nowMs - progressMs > stallMs) {
        const lines = [...this.#logs.values()].flatMap(log => log.complaints);
        throw new Error(`the pipeline stopped with ${count - taken} messages to go\n${lines.join('\n')}`);
      }
      last = taken;
      await delay(5);
    }
  }

  /** Waits until these queues are empty: then the last results are published and the last records deleted. */
  async #settled(): Promise<void> {
    const isEmpty = (name: string) => {
      const {visible, inFlight, delayed} = this.#cloud.sqs.queue(name).counts;
      return visible + inFlight + delayed === 0;
    };
    const deadlineMs = performance.now() + stallMs;
    const {outbox, waiting, waitingSoon, delivery, deliverySlow} = names;
    while (![outbox, waiting, waitingSoon, delivery, deliverySlow].every(isEmpty)) {
      if (performance.now() > deadlineMs)
        throw new Error('the queues of the pipeline are not empty after all messages were delivered');
      await delay(5);
    }
  }
}
