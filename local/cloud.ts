// The local cloud: what a synthesised stack describes, running on this machine. It puts the parts together, and takes
// them down again.

import {machineClock, type TestClock} from './clock.ts';
import {measureQueues} from './cloudwatch/queue-metrics.ts';
import {listen} from './endpoint/endpoint.ts';
import {Schedules} from './events/schedules.ts';
import {Faults} from './faults/faults.ts';
import {faultsDoor} from './faults/page.ts';
import {Authorisation} from './iam/authorisation.ts';
import {deploymentProblemsOf} from './lambda/deployability.ts';
import type {EventSourceMapping} from './lambda/event-source-mapping.ts';
import {Lambda} from './lambda/lambda.ts';
import type {LambdaFunction} from './lambda/lambda-function.ts';
import type {LogEvent} from './logs/log-event.ts';
import type {LogGroup} from './logs/log-group.ts';
import {OpenServices} from './open-services.ts';
import type {States} from './services.ts';
import {mailDoor} from './sink/page.ts';
import type {Sink} from './sink/sink.ts';
import {openStore, type Store} from './store/store.ts';
import type {Resources} from './template/resources.ts';
import {parseTemplate} from './template/template.ts';

export const region = 'us-east-1';
const accountId = '000000000000';

export interface CloudOptions {
  /** The parsed `<Stack>.template.json` and `<Stack>.assets.json`. */
  readonly template: unknown;
  readonly assets: unknown;
  /** The directory that the stack was synthesised into, with the assets. */
  readonly assetsDirectory: string;
  /** 0 for any free one. */
  readonly port: number;
  /** Where state survives a restart. Without it, state lives as long as the cloud. */
  readonly dataDirectory?: string;
  /** The same, opened by the caller, who closes it. */
  readonly openedStore?: Store;
  readonly stackName?: string;
  /** The program that runs handlers, if not our own: for example Lambda's runtime interface client. */
  readonly runtime?: string;
  /** The sink that faults of SMTP are for, and whose mail the endpoint shows. */
  readonly sink?: Pick<Sink, 'disturb' | 'messages'>;
  /** Edits the resources before any of them exists, for example to shorten a timeout for a test. */
  readonly overrides?: (resources: Resources) => void;
  /** Runs before the first message can move. This is the place to set parameters. */
  readonly prepare?: (parts: {
    readonly ssm: States['ssm'];
    readonly sqs: States['sqs'];
    readonly store: Store | undefined;
    readonly endpointUrl: string;
  }) => void;
  readonly onLog?: (functionName: string, event: LogEvent) => void;
  /** Something failed that belongs to no invocation. The cloud goes on. */
  readonly onProblem?: (where: string, error: unknown) => void;
  /** Instead of the machine's. */
  readonly clock?: TestClock;
  /** How many messages of a FIFO queue SQS looks through for groups, for tests that cannot send 120,000. */
  readonly fifoWindow?: number;
  /** How long stop() gives invocations to finish. What they do not get done comes again. */
  readonly graceMs?: number;
}

export interface Cloud {
  readonly url: string;
  readonly port: number;
  /** By name. */
  readonly services: States;
  readonly sqs: States['sqs'];
  readonly ssm: States['ssm'];
  readonly resources: Resources;
  /** By name. */
  readonly functions: ReadonlyMap<string, LambdaFunction>;
  readonly eventSourceMappings: readonly EventSourceMapping[];
  /** What each function prints, by its name. */
  readonly logs: ReadonlyMap<string, LogGroup>;
  /** What is made to fail. Nothing is, until somebody asks for it. */
  readonly faults: Faults;
  /** What survives a restart; undefined when nothing does. */
  readonly store: Store | undefined;
  queueUrlOf(queueName: string): string;
  /** When it settles, nothing of the cloud is left. */
  stop(): Promise<void>;
}

export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const teardown: (() => void | Promise<void>)[] = [];
  const stop = async () => {
    // What started last stops first. A part that fails to stop does not keep the others running.
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

/** @throws Error when there are any */
function refuse(problems: readonly string[]): void {
  if (problems.length > 0) throw new Error(`AWS would not deploy this:\n${problems.join('\n')}`);
}

async function assemble(
  options: CloudOptions,
  onStop: (undo: () => void | Promise<void>) => void,
): Promise<Omit<Cloud, 'stop'>> {
  const {template, assets, assetsDirectory, port, dataDirectory, stackName = 'relayq-local'} = options;
  const {onLog = () => {}, onProblem = () => {}, overrides = () => {}, graceMs = 1000, runtime} = options;
  const {fifoWindow, clock = machineClock} = options;

  const ownStore = dataDirectory === undefined ? undefined : openStore(dataDirectory);
  if (ownStore) onStop(() => ownStore.close());
  const store = options.openedStore ?? ownStore;
  const account = {region, accountId};
  // Both are known before anything runs that could ask: the URL when the endpoint listens, what is allowed when the
  // template is read.
  let url = '';
  let authorisation: Authorisation | undefined;
  const endpointUrl = () => url;
  const services = new OpenServices({
    account,
    endpointUrl,
    now: clock.now,
    store,
    fifoWindow,
    senderIdOf: accessKeyId => authorisation?.senderIdOf(accessKeyId),
    sessionArnOf: accessKeyId => authorisation?.sessionArnOf(accessKeyId),
    checkKey: (accessKeyId, use) => authorisation?.checkKey(accessKeyId, use),
  });
  onStop(() => services.close());
  const {sqs, ssm, logs, monitoring} = services.states;
  options.clock?.onForward(() => sqs.catchUp());
  logs.onEvent(({message, timestamp}) => monitoring.extract(message, timestamp));
  const lambda = new Lambda({
    account,
    endpointUrl,
    assetsDirectory,
    clock,
    sqs,
    logs,
    onLog,
    onProblem,
    ...(runtime !== undefined && {runtime}),
  });
  const faults = new Faults({functions: lambda.functions, hasSink: options.sink !== undefined});
  onStop(() => faults.clear());
  options.sink?.disturb(faults.sinkReply);
  const doors = services.doors((service, {troubles}) => {
    const {call} = troubles ? faults.around(service) : service;
    return {
      ...service,
      async call(request) {
        authorisation?.check(request);
        return call(request);
      },
    };
  });
  const endpoint = await listen(
    [faultsDoor(faults), ...(options.sink ? [mailDoor(options.sink)] : []), ...doors],
    {port},
  );
  onStop(() => endpoint.close());
  url = endpoint.url;

  const resources = parseTemplate(template, assets, {stackName, ...account, queueUrlOf: sqs.urlOf});
  overrides(resources);
  refuse(deploymentProblemsOf(resources));
  authorisation = new Authorisation({
    resources,
    account,
    resourcePolicies: services.policiesIn(resources),
    policyOf: arn => services.policyOf(arn),
  });
  services.deploy(resources);
  refuse(authorisation.eventSourceProblems(resources));
  onStop(() => lambda.close());
  await lambda.deploy(resources);
  services.states.lambda.serve(lambda.functions);
  services.states.cloudformation.set(stackName, 'CREATE_COMPLETE');
  onStop(() => lambda.stop(graceMs));
  onStop(measureQueues(sqs, monitoring, clock));
  const schedules = new Schedules({
    account,
    clock,
    schedules: resources.schedules,
    invoke: (name, payload) => lambda.functions.get(name)!.invoke(payload),
    onProblem,
  });
  options.prepare?.({ssm, sqs, store, endpointUrl: url});
  lambda.start();
  schedules.start();
  onStop(() => schedules.stop());
  return {
    url,
    port: endpoint.port,
    services: services.states,
    sqs,
    ssm,
    resources,
    functions: lambda.functions,
    eventSourceMappings: lambda.eventSourceMappings,
    logs: lambda.logs,
    faults,
    store,
    queueUrlOf: sqs.urlOf,
  };
}
