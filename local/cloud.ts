// The local cloud: what a synthesised stack describes, running on this machine. It puts the parts together and
// takes them down again; what each of them does is its own affair.

import {mkdtemp} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {AwsError} from './aws-error.ts';
import {deploymentProblemsOf} from './deployability.ts';
import {listen} from './http.ts';
import {EventSourceMapping} from './lambda/event-source-mapping.ts';
import {LambdaFunction} from './lambda/lambda-function.ts';
import {startReaper} from './lambda/reaper.ts';
import {copyTaskRoot} from './lambda/task-roots.ts';
import {type LogEvent, LogGroup} from './logs/log-group.ts';
import type {QueueResource, Resources} from './resources.ts';
import {Sqs, sqsService} from './sqs/sqs.ts';
import {Ssm, ssmService} from './ssm/ssm.ts';
import {openStore, type Store} from './store.ts';
import {parseTemplate} from './template.ts';

export const region = 'us-east-1';
const accountId = '000000000000';

export interface CloudOptions {
  /** The parsed `<Stack>.template.json` and `<Stack>.assets.json`. */
  readonly template: unknown;
  readonly assets: unknown;
  /** Where the assets are: the directory that was synthesised into. */
  readonly assetsDirectory: string;
  /** 0 for any free one. */
  readonly port: number;
  /** Where queues and parameters survive a restart; without, they live as long as the cloud. */
  readonly dataDirectory?: string;
  readonly stackName?: string;
  /** Edits the resources before any of them exists: a shorter timeout for a test, say. */
  readonly overrides?: (resources: Resources) => void;
  /** Runs before the first message can move: the place to set parameters. */
  readonly prepare?: (parts: {readonly ssm: Ssm; readonly store: Store | undefined}) => void;
  readonly onLog?: (functionName: string, event: LogEvent) => void;
  /** Something failed that belongs to no invocation; the cloud goes on. */
  readonly onProblem?: (where: string, error: unknown) => void;
  /** How long stop() lets invocations finish. */
  readonly graceMs?: number;
}

export interface Cloud {
  readonly url: string;
  readonly port: number;
  readonly sqs: Sqs;
  readonly ssm: Ssm;
  readonly resources: Resources;
  /** By name. */
  readonly functions: ReadonlyMap<string, LambdaFunction>;
  readonly eventSourceMappings: readonly EventSourceMapping[];
  /** By function name. */
  readonly logs: ReadonlyMap<string, LogGroup>;
  /** What survives a restart; undefined when nothing does. */
  readonly store: Store | undefined;
  queueUrlOf(queueName: string): string;
  /** Nothing of the cloud is left when it settles. */
  stop(): Promise<void>;
}

export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const teardown: (() => void | Promise<void>)[] = [];
  const stop = async () => {
    // Last in, first out; a part that fails to stop keeps none of the others running.
    for (const undo of teardown.splice(0).reverse()) {
      try {
        await undo();
      } catch (error) {
        options.onProblem?.('stopping', error);
      }
    }
  };
  try {
    return {...(await assemble(options, undo => teardown.push(undo))), stop};
  } catch (error) {
    await stop();
    throw error;
  }
}

/** As CloudFormation does: creates the queue, or updates the one that an earlier start has left. */
function deployQueue(sqs: Sqs, {name, attributes, tags}: QueueResource): void {
  try {
    sqs.createQueue(name, attributes, tags);
  } catch (error) {
    if (!(error instanceof AwsError && error.code === 'QueueNameExists')) throw error;
    const {FifoQueue: _, ...changeable} = attributes;
    sqs.setQueueAttributes(name, changeable);
  }
}

async function assemble(
  options: CloudOptions,
  onStop: (undo: () => void | Promise<void>) => void,
): Promise<Omit<Cloud, 'stop'>> {
  const {template, assets, assetsDirectory, port, dataDirectory, stackName = 'relayq-local'} = options;
  const {onLog = () => {}, onProblem = () => {}, overrides = () => {}, graceMs = 1000} = options;

  const store = dataDirectory === undefined ? undefined : openStore(dataDirectory);
  if (store) onStop(() => store.close());
  const kept = store ? {store} : {};
  // The address is known once the endpoint listens, and nothing asks for it before.
  let url = '';
  const queueUrlOf = (name: string) => `${url}/${accountId}/${name}`;
  const sqs = new Sqs({region, accountId, urlOf: queueUrlOf, ...kept});
  const ssm = new Ssm({region, accountId, ...kept});
  onStop(() => sqs.close());
  const endpoint = await listen({sqs: sqsService(sqs), ssm: ssmService(ssm)}, {port});
  onStop(() => endpoint.close());
  url = endpoint.url;

  const resources = parseTemplate(template, assets, {stackName, region, accountId, queueUrlOf});
  overrides(resources);
  const problems = deploymentProblemsOf(resources);
  if (problems.length > 0) throw new Error(`AWS would not deploy this:\n${problems.join('\n')}`);
  for (const queue of resources.queues) deployQueue(sqs, queue);

  const directory = await mkdtemp(join(tmpdir(), 'relayq-'));
  const reaper = startReaper(directory);
  onStop(() => reaper.close());
  const logs = new Map<string, LogGroup>();
  const functions = new Map<string, LambdaFunction>();
  for (const definition of resources.functions) {
    const {name, logging} = definition;
    const log = new LogGroup(logging.groupName, {onEvent: event => onLog(name, event)});
    const onLine = (stream: string, message: string) => log.append({timestamp: Date.now(), message, stream});
    const taskRoot = await copyTaskRoot(definition, assetsDirectory, directory);
    logs.set(name, log);
    functions.set(name, new LambdaFunction({definition, taskRoot, region, endpointUrl: url, reaper, onLine}));
  }
  const eventSourceMappings = resources.eventSourceMappings.map(definition => {
    const queueArn = `arn:aws:sqs:${region}:${accountId}:${definition.queueName}`;
    return new EventSourceMapping({
      definition,
      source: {queueArn, region},
      queue: sqs,
      invoke: payload => (functions.get(definition.functionName) as LambdaFunction).invoke(payload),
      onProblem: error => onProblem(`the event source of ${definition.functionName}`, error),
    });
  });
  onStop(async () => {
    const settled = Promise.all(eventSourceMappings.map(mapping => mapping.stop()));
    await Promise.race([settled, new Promise(resolve => setTimeout(resolve, graceMs).unref())]);
    await Promise.all([...functions.values()].map(each => each.stop()));
    await settled;
  });
  options.prepare?.({ssm, store});
  for (const mapping of eventSourceMappings) mapping.start();
  return {
    url,
    port: endpoint.port,
    sqs,
    ssm,
    resources,
    functions,
    eventSourceMappings,
    logs,
    store,
    queueUrlOf,
  };
}
