// The local cloud: what a synthesised stack describes, running on this machine. It puts the parts together and
// takes them down again; what each of them does is its own affair.

import {mkdtemp} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {AwsError} from './aws-error.ts';
import {deploymentProblemsOf} from './deployability.ts';
import {dynamoDbService} from './dynamodb/service.ts';
import {Tables} from './dynamodb/tables.ts';
import {Faults} from './faults/faults.ts';
import {faultsPage, faultsPath} from './faults/page.ts';
import {listen} from './http.ts';
import {Authorisation} from './iam/authorisation.ts';
import {withKeys} from './iam/parameter-keys.ts';
import {EventSourceMapping} from './lambda/event-source-mapping.ts';
import {LambdaFunction} from './lambda/lambda-function.ts';
import {startReaper} from './lambda/reaper.ts';
import {copyTaskRoot} from './lambda/task-roots.ts';
import {CloudWatchLogs} from './logs/cloudwatch-logs.ts';
import type {LogEvent, LogGroup} from './logs/log-group.ts';
import {logsService} from './logs/service.ts';
import type {QueueResource, Resources} from './resources.ts';
import type {Sink} from './sink/sink.ts';
import {Sqs, sqsService} from './sqs/sqs.ts';
import {Ssm, ssmService} from './ssm/ssm.ts';
import {Throughput} from './ssm/throughput.ts';
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
  /** The same, opened already by whoever will close it. */
  readonly openedStore?: Store;
  readonly stackName?: string;
  /** The program that runs handlers, if not our own: Lambda's runtime interface client, say. */
  readonly runtime?: string;
  /** The sink that faults of SMTP are for. */
  readonly sink?: Pick<Sink, 'disturb'>;
  /** Edits the resources before any of them exists: a shorter timeout for a test, say. */
  readonly overrides?: (resources: Resources) => void;
  /** Runs before the first message can move: the place to set parameters. */
  readonly prepare?: (parts: {readonly ssm: Ssm; readonly store: Store | undefined}) => void;
  readonly onLog?: (functionName: string, event: LogEvent) => void;
  /** Something failed that belongs to no invocation; the cloud goes on. */
  readonly onProblem?: (where: string, error: unknown) => void;
  /** How long stop() lets invocations finish; what they do not get done comes again. */
  readonly graceMs?: number;
}

export interface Cloud {
  readonly url: string;
  readonly port: number;
  readonly sqs: Sqs;
  readonly ssm: Ssm;
  /** Of DynamoDB. */
  readonly tables: Tables;
  readonly resources: Resources;
  /** By name. */
  readonly functions: ReadonlyMap<string, LambdaFunction>;
  readonly eventSourceMappings: readonly EventSourceMapping[];
  /** What the function of that name prints. */
  readonly logs: ReadonlyMap<string, LogGroup>;
  /** What is made to fail; nothing, until somebody asks for it. */
  readonly faults: Faults;
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

/** @throws Error when there are any */
function refuse(problems: readonly string[]): void {
  if (problems.length > 0) throw new Error(`AWS would not deploy this:\n${problems.join('\n')}`);
}

async function assemble(
  options: CloudOptions,
  onStop: (undo: () => void | Promise<void>) => void,
): Promise<Omit<Cloud, 'stop'>> {
  const {template, assets, assetsDirectory, port, dataDirectory, stackName = 'relayq-local'} = options;
  const {onLog = () => {}, onProblem = () => {}, overrides = () => {}, graceMs = 1000} = options;

  const ownStore = dataDirectory === undefined ? undefined : openStore(dataDirectory);
  if (ownStore) onStop(() => ownStore.close());
  const store = options.openedStore ?? ownStore;
  const kept = store ? {store} : {};
  const runtime = options.runtime === undefined ? {} : {runtime: options.runtime};
  // The address is known once the endpoint listens, and nothing asks for it before.
  let url = '';
  const queueUrlOf = (name: string) => `${url}/${accountId}/${name}`;
  // What is allowed, and who is who, is known once the template is read, before which nothing runs that could ask.
  let authorisation: Authorisation | undefined;
  const senderIdOf = (accessKeyId: string) => authorisation?.senderIdOf(accessKeyId);
  const sqs = new Sqs({region, accountId, urlOf: queueUrlOf, senderIdOf, ...kept});
  const ssm = new Ssm({region, accountId, ...kept});
  const tables = new Tables(kept);
  const cloudWatchLogs = new CloudWatchLogs({region, accountId});
  onStop(() => sqs.close());
  const functions = new Map<string, LambdaFunction>();
  const faults = new Faults({functions, hasSink: options.sink !== undefined});
  onStop(() => faults.clear());
  options.sink?.disturb(faults.sinkReply);
  const endpoint = await listen(
    {
      sqs: faults.around(sqsService(sqs)),
      ssm: faults.around(
        withKeys(ssmService(ssm, new Throughput()), ssm, (key, use) => authorisation?.checkKey(key, use)),
      ),
      dynamodb: faults.around(dynamoDbService(tables)),
      logs: logsService(cloudWatchLogs),
    },
    {port, pages: {[faultsPath]: faultsPage(faults)}, before: request => authorisation?.check(request)},
  );
  onStop(() => endpoint.close());
  url = endpoint.url;

  const resources = parseTemplate(template, assets, {stackName, region, accountId, queueUrlOf});
  overrides(resources);
  refuse(deploymentProblemsOf(resources));
  authorisation = new Authorisation({
    resources,
    account: {region, accountId},
    queuePolicyOf: arn => sqs.queueOfArn(arn)?.definition.attributes.Policy,
  });
  for (const queue of resources.queues) deployQueue(sqs, queue);
  refuse(authorisation.eventSourceProblems(resources));
  for (const table of resources.tables) tables.create(table);
  for (const {name, retentionInDays} of resources.logGroups)
    cloudWatchLogs.ensureGroup(name, {retentionInDays});

  const directory = await mkdtemp(join(tmpdir(), 'relayq-'));
  const reaper = startReaper(directory);
  onStop(() => reaper.close());
  const logs = new Map<string, LogGroup>();
  for (const definition of resources.functions) {
    const {name, logging} = definition;
    const log = cloudWatchLogs.ensureGroup(logging.groupName);
    const onLine = (stream: string, message: string) =>
      onLog(name, log.append({timestamp: Date.now(), message, stream}));
    const taskRoot = await copyTaskRoot(definition, assetsDirectory, directory);
    logs.set(name, log);
    functions.set(
      name,
      new LambdaFunction({definition, taskRoot, region, endpointUrl: url, reaper, onLine, ...runtime}),
    );
  }
  const eventSourceMappings = resources.eventSourceMappings.map(definition => {
    const queueArn = `arn:aws:sqs:${region}:${accountId}:${definition.queueName}`;
    sqs.queue(definition.queueName).releaseAbandoned();
    return new EventSourceMapping({
      definition,
      source: {queueArn, region},
      queue: sqs,
      invoke: (payload, upstream) =>
        (functions.get(definition.functionName) as LambdaFunction).invoke(payload, upstream),
      onProblem: error => onProblem(`the event source of ${definition.functionName}`, error),
    });
  });
  onStop(async () => {
    const settled = Promise.all(eventSourceMappings.map(mapping => mapping.stop()));
    for (const each of functions.values()) each.drain();
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
    tables,
    resources,
    functions,
    eventSourceMappings,
    logs,
    faults,
    store,
    queueUrlOf,
  };
}
