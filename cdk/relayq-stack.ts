// The stack of one stage: queues, the functions between them, and what watches over them.

import {CfnOutput, Stack, type StackProps} from 'aws-cdk-lib';
import {EC2_RESTRICT_DEFAULT_SECURITY_GROUP, IAM_MINIMIZE_POLICIES} from 'aws-cdk-lib/cx-api';
import type {Construct} from 'constructs';
import {formerSenders, type Names, namesOf} from '../shared/names.ts';
import {Alarms} from './alarms.ts';
import {StageDashboard} from './dashboard.ts';
import {DirectMxNetwork} from './direct-mx-network.ts';
import {MailMetrics} from './mail-metrics.ts';
import {type RelayqOptions, resolveOptions} from './options.ts';
import {
  grantBounceCount,
  grantDepth,
  grantDkimKeys,
  grantKeeping,
  grantResults,
  grantSend,
  grantSettings,
  grantState,
  grantSuppressionLook,
} from './permissions.ts';
import {allowProducers, onlyFunctionsSend} from './queue-policies.ts';
import {Queues} from './queues.ts';
import {RelayqFunction} from './relayq-function.ts';
import {saveQueries} from './saved-queries.ts';
import {stateTables} from './state-tables.ts';
import {suppressionTable} from './suppression-table.ts';
import {deliverTimeout, keeperInterval, keeperTimeout, routeTimeout, waitingWindow} from './timeouts.ts';

export interface RelayqStackProps extends StackProps, RelayqOptions {}

/**
 * Flags of the CDK that the template depends on, as they are recommended for new projects. An app that says nothing of
 * them gets the same template; one that does is obeyed.
 */
const flags = [IAM_MINIMIZE_POLICIES, EC2_RESTRICT_DEFAULT_SECURITY_GROUP];

export class RelayqStack extends Stack {
  /** @throws OptionProblem */
  constructor(scope: Construct, id: string, props: RelayqStackProps) {
    const options = resolveOptions(props);
    const names = namesOf(options.stage);
    super(scope, id, {stackName: names.stack, description: `relayq, stage ${options.stage}`, ...props});
    for (const flag of flags)
      if (this.node.tryGetContext(flag) === undefined) this.node.setContext(flag, true);
    const queues = new Queues(this, 'Queues', names);
    const network = options.directMx ? new DirectMxNetwork(this, 'DirectMx') : undefined;
    const {stage, routeConcurrency, deliverConcurrency, slowConcurrency} = options;
    const values = {stage, slowConcurrency: String(slowConcurrency), ...queues.urls};
    const common = {options, values};
    const route = new RelayqFunction(this, 'Route', {...common, folder: 'route', timeout: routeTimeout});
    const deliver = new RelayqFunction(this, 'Deliver', {
      ...common,
      folder: 'deliver',
      timeout: deliverTimeout,
      network,
    });
    // What a new version of route queues, the version before of deliver may not know.
    route.function.node.addDependency(deliver.function);
    const keeper = new RelayqFunction(this, 'Keeper', {...common, folder: 'keeper', timeout: keeperTimeout});
    const between = [queues.waiting, queues.waitingSoon, queues.held, queues.delivery, queues.deliverySlow];
    grantSend(route.role, [queues.outboxOversize]);
    grantSend(deliver.role, [queues.deliveryDlq]);
    grantDepth(route.role, [queues.delivery, queues.deliverySlow]);
    const tables = stateTables(this, names);
    for (const {role} of [route, deliver]) {
      grantSend(role, between);
      grantState(role, tables);
      grantResults(role, options);
      grantSettings(role, options);
    }
    grantDkimKeys(deliver.role, options);
    const suppressions = suppressionTable(this, names);
    grantSuppressionLook(route.role, suppressions);
    grantBounceCount(deliver.role, suppressions);
    grantKeeping(keeper.role, queues.held, tables);
    grantSend(keeper.role, [queues.held, queues.waitingSoon]);
    grantSettings(keeper.role, options);
    keeper.runsEvery(keeperInterval, 'Held mail is looked after');
    const routing = {maxConcurrency: routeConcurrency};
    route.consumes(queues.outbox, routing);
    route.consumes(queues.waitingSoon, routing);
    route.consumes(queues.waiting, {...routing, maxBatchingWindow: waitingWindow});
    deliver.consumes(queues.delivery, {maxConcurrency: deliverConcurrency});
    deliver.consumes(queues.deliverySlow, {maxConcurrency: slowConcurrency});
    // SQS's SenderId is a role and its session (ReceiveMessage). Lambda gives a session the name of its function.
    const senderIds = [`${route.role.roleId}:${names.route}`, `${deliver.role.roleId}:${names.deliver}`];
    route.function.addEnvironment(formerSenders, senderIds.join());
    allowProducers(queues.outbox, options.producers);
    const senders = [route, deliver, keeper].map(({role}) => role.roleArn).concat(options.operators);
    for (const queue of between) onlyFunctionsSend(queue, senders);
    const functions = [route, deliver];
    const mail = new MailMetrics(stage);
    const alarms = new Alarms(this, 'Alarms', {queues, functions, keeper, mail, email: options.alarmEmail});
    if (options.dashboard) {
      new StageDashboard(this, 'Dashboard', {stage, names, queues, functions, mail, alarms: alarms.all});
    }
    saveQueries(this, names, {route: route.logGroup, deliver: deliver.logGroup});
    this.#outputs(names, queues, network);
  }

  #outputs(names: Names, queues: Queues, network: DirectMxNetwork | undefined): void {
    const output = (id: string, value: string, description: string) =>
      new CfnOutput(this, id, {value, description});
    output('OutboxUrl', queues.outbox.queueUrl, 'Put messages here');
    output('ResultsUrl', queues.results.results.queueUrl, 'Every result');
    output('SuccessUrl', queues.results.success.queueUrl, 'Results of accepted messages');
    output('FailureUrl', queues.results.failure.queueUrl, 'Results of bounced, expired and invalid messages');
    output('RetryUrl', queues.results.retry.queueUrl, 'Results of deferred messages');
    output('OutboxDlqUrl', queues.outboxDlq.queueUrl, 'Dead letters of route');
    output('WaitingDlqUrl', queues.waitingDlq.queueUrl, 'Dead letters of route: mail that has waited');
    output('DeliveryDlqUrl', queues.deliveryDlq.queueUrl, 'Dead letters of deliver');
    output('OutboxOversizeUrl', queues.outboxOversize.queueUrl, 'Invalid texts, too large to be quoted');
    output('RouteFunction', names.route, 'Its log group is /aws/lambda/ and this name');
    output('DeliverFunction', names.deliver, 'Its log group is /aws/lambda/ and this name');
    output('KeeperFunction', names.keeper, 'Its log group is /aws/lambda/ and this name');
    output('ParameterPath', names.parameterPath, 'Settings go below this path');
    if (network) {
      const note =
        'Mail comes from here: ask AWS for port 25 and for its reverse DNS, and set helo-name to that name';
      output('ElasticIp', network.address.attrPublicIp, note);
    }
  }
}
