// Everything of one stage, as a construct: queues, the functions between them, and what watches over them.

import {Tags} from 'aws-cdk-lib';
import type {Table} from 'aws-cdk-lib/aws-dynamodb';
import type {CfnEIP} from 'aws-cdk-lib/aws-ec2';
import type {IGrantable} from 'aws-cdk-lib/aws-iam';
import type {IKey} from 'aws-cdk-lib/aws-kms';
import type {IFunction} from 'aws-cdk-lib/aws-lambda';
import type {ITopic} from 'aws-cdk-lib/aws-sns';
import type {Queue} from 'aws-cdk-lib/aws-sqs';
import {Construct} from 'constructs';
import {formerSenders, type Names, namesOf, type ResultKind} from '../shared/names.ts';
import {keeperConcurrency, queuesOfRoute} from '../shared/stage-concurrency.ts';
import {Alarms} from './alarms.ts';
import {StageDashboard} from './dashboard.ts';
import {DirectMxNetwork} from './direct-mx-network.ts';
import {type FunctionNetwork, type OwnNetwork, ownNetwork} from './function-network.ts';
import {type Keys, keysOf} from './keys.ts';
import {MailMetrics} from './mail-metrics.ts';
import {OptionProblem, type Options, type RelayqOptions, resolveOptions} from './options.ts';
import {
  grantBounceCount,
  grantDepth,
  grantDkimKeys,
  grantKeeping,
  grantKey,
  grantResults,
  grantSend,
  grantSettings,
  grantState,
  grantSuppressionLook,
} from './permissions.ts';
import {allowProducers, onlyFunctionsSend} from './queue-policies.ts';
import {Queues} from './queues.ts';
import {RelayqFunction, type RelayqFunctionProps} from './relayq-function.ts';
import {saveQueries} from './saved-queries.ts';
import {type StateTables, stateTables} from './state-tables.ts';
import {suppressionTable} from './suppression-table.ts';
import {deliverTimeout, keeperInterval, keeperTimeout, routeTimeout, waitingWindow} from './timeouts.ts';

export interface RelayqProps extends RelayqOptions {
  /** Encrypts the queues. The key itself, in place of `queueKeyArn`: whoever `grantSend` lets send may use it then. */
  readonly queueKey?: IKey | undefined;
  /** Encrypts the logs, in place of `logKeyArn`. */
  readonly logKey?: IKey | undefined;
  /** Encrypts the SecureString parameters, in place of `parameterKeyArn`. */
  readonly parameterKey?: IKey | undefined;
  /** Told of alarms, beside `alarmEmail`. Its policy, and that of its key, must let in CloudWatch. */
  readonly alarmTopic?: ITopic | undefined;
  /** A VPC that is there already, for deliver; in place of `directMx`, which makes one. */
  readonly network?: OwnNetwork | undefined;
  /** Of all resources that can have tags. */
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

type Functions = Readonly<Record<'route' | 'deliver' | 'keeper', RelayqFunction>>;

export class Relayq extends Construct {
  /** What everything of the stage is called. */
  readonly names: Names;
  readonly queues: Queues;
  readonly functions: Readonly<Record<'route' | 'deliver' | 'keeper', IFunction>>;
  readonly tables: StateTables & {readonly suppressions: Table};
  /** Where all mail comes from with `directMx`; undefined where the address was there before. */
  readonly address: CfnEIP | undefined;
  readonly #queueKey: IKey | undefined;

  /** @throws OptionProblem */
  constructor(scope: Construct, id: string, props: RelayqProps) {
    super(scope, id);
    const options = resolveOptions({
      ...props,
      ...(props.parameterKey && {parameterKeyArn: props.parameterKey.keyArn}),
    });
    const names = namesOf(options.stage);
    const keys = keysOf(this, props, options);
    const queues = new Queues(this, 'Queues', {names, options, key: keys.queueKey});
    const network = this.#network(props, options, keys);
    this.names = names;
    this.queues = queues;
    this.#queueKey = keys.queueKey;
    this.address = network?.address;
    const tables = stateTables(this, names);
    const suppressions = suppressionTable(this, names, options);
    this.tables = {...tables, suppressions};
    const {route, deliver, keeper} = this.#functions(options, keys, network);
    this.functions = {route: route.function, deliver: deliver.function, keeper: keeper.function};
    this.#permissions({route, deliver, keeper}, options, keys);
    this.#flow({route, deliver, keeper}, options);
    const functions = [route, deliver];
    const mail = new MailMetrics(options.stage);
    const alarms = new Alarms(this, 'Alarms', {
      names,
      queues,
      functions,
      keeper,
      tables: this.tables,
      natGatewayIds: network?.natGatewayIds ?? [],
      mail,
      email: options.alarmEmail,
      topic: props.alarmTopic,
    });
    if (options.dashboard)
      new StageDashboard(this, 'Dashboard', {
        stage: options.stage,
        names,
        queues,
        functions,
        mail,
        alarms: alarms.all,
      });
    saveQueries(this, names, {route: route.logGroup, deliver: deliver.logGroup});
    for (const [name, value] of Object.entries(props.tags ?? {})) Tags.of(this).add(name, value);
  }

  #network(props: RelayqProps, {directMx, ...options}: Options, {logKey}: Keys): FunctionNetwork | undefined {
    if (props.network && directMx)
      throw new OptionProblem('network and directMx: one of them, as directMx makes a network');
    if (props.network) return ownNetwork(this, props.network);
    return directMx ? new DirectMxNetwork(this, 'DirectMx', {...options, logKey}) : undefined;
  }

  #functions(options: Options, {logKey}: Keys, network: FunctionNetwork | undefined): Functions {
    const {stage, routeConcurrency, deliverConcurrency, slowConcurrency, reserveConcurrency} = options;
    const values = {stage, slowConcurrency: String(slowConcurrency), ...this.queues.urls};
    const made = (
      id: string,
      most: number,
      props: Pick<RelayqFunctionProps, 'folder' | 'timeout' | 'network'>,
    ) =>
      new RelayqFunction(this, id, {
        ...props,
        options,
        values,
        logKey,
        reservedConcurrency: reserveConcurrency ? most : undefined,
      });
    // Route takes from three queues, deliver from two.
    const route = made('Route', queuesOfRoute * routeConcurrency, {folder: 'route', timeout: routeTimeout});
    const deliver = made('Deliver', deliverConcurrency + slowConcurrency, {
      folder: 'deliver',
      timeout: deliverTimeout,
      network,
    });
    // What a new version of route queues, the version before of deliver may not know.
    route.function.node.addDependency(deliver.function);
    return {
      route,
      deliver,
      keeper: made('Keeper', keeperConcurrency, {folder: 'keeper', timeout: keeperTimeout}),
    };
  }

  #permissions({route, deliver, keeper}: Functions, options: Options, {queueKey}: Keys): void {
    const {queues, tables} = this;
    grantSend(route.role, [queues.outboxOversize]);
    grantSend(deliver.role, [queues.deliveryDlq]);
    grantDepth(route.role, [queues.delivery, queues.deliverySlow]);
    for (const {role} of [route, deliver]) {
      grantSend(role, this.#between);
      grantState(role, tables);
      grantResults(role, options);
      grantSettings(role, options);
    }
    grantDkimKeys(deliver.role, options);
    grantSuppressionLook(route.role, tables.suppressions);
    grantBounceCount(deliver.role, tables.suppressions);
    grantKeeping(keeper.role, queues.held, tables);
    grantSend(keeper.role, [queues.held, queues.waitingSoon]);
    grantSettings(keeper.role, options);
    if (queueKey) for (const {role} of [route, deliver, keeper]) grantKey(role, queueKey);
  }

  /** Who takes from which queue, and who else may send to it. */
  #flow({route, deliver, keeper}: Functions, options: Options): void {
    const {queues, names} = this;
    keeper.runsEvery(keeperInterval, 'Held mail is looked after');
    const routing = {maxConcurrency: options.routeConcurrency};
    route.consumes(queues.outbox, routing);
    route.consumes(queues.waitingSoon, routing);
    route.consumes(queues.waiting, {...routing, maxBatchingWindow: waitingWindow});
    deliver.consumes(queues.delivery, {maxConcurrency: options.deliverConcurrency});
    deliver.consumes(queues.deliverySlow, {maxConcurrency: options.slowConcurrency});
    // SQS's SenderId is a role and its session (ReceiveMessage). Lambda gives a session the name of its function.
    const senderIds = [`${route.role.roleId}:${names.route}`, `${deliver.role.roleId}:${names.deliver}`];
    route.function.addEnvironment(formerSenders, senderIds.join());
    allowProducers(queues.outbox, options.producers);
    const senders = [route, deliver, keeper].map(({role}) => role.roleArn).concat(options.operators);
    for (const queue of this.#between) onlyFunctionsSend(queue, senders);
  }

  /** The queues that the functions alone send to. */
  get #between(): readonly Queue[] {
    const {waiting, waitingSoon, held, delivery, deliverySlow} = this.queues;
    return [waiting, waitingSoon, held, delivery, deliverySlow];
  }

  /** Lets somebody put messages on the outbox. */
  grantSend(producer: IGrantable): void {
    this.queues.outbox.grant(producer, 'sqs:SendMessage', 'sqs:GetQueueUrl', 'sqs:GetQueueAttributes');
    this.#queueKey?.grant(producer, 'kms:GenerateDataKey', 'kms:Decrypt');
  }

  /** Lets somebody take results of a kind out of their queue: all of them by default. */
  grantConsumeResults(consumer: IGrantable, kind: ResultKind = 'results'): void {
    this.queues.results[kind].grant(
      consumer,
      'sqs:ReceiveMessage',
      'sqs:ChangeMessageVisibility',
      'sqs:DeleteMessage',
      'sqs:GetQueueUrl',
      'sqs:GetQueueAttributes',
    );
    this.#queueKey?.grant(consumer, 'kms:Decrypt');
  }
}
