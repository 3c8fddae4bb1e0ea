// The stack of one stage: queues, the two functions between them, and what watches over them.

import {CfnOutput, Stack, type StackProps} from 'aws-cdk-lib';
import type {Construct} from 'constructs';
import {formerSenders, type Names, namesOf} from '../shared/names.ts';
import {Alarms} from './alarms.ts';
import type {Context} from './context.ts';
import {StageDashboard} from './dashboard.ts';
import {DirectMxNetwork} from './direct-mx-network.ts';
import {MailMetrics} from './mail-metrics.ts';
import {grantDepth, grantResults, grantSend, grantSettings, grantState} from './permissions.ts';
import {allowProducers, onlyFunctionsSend} from './queue-policies.ts';
import {Queues} from './queues.ts';
import {RelayqFunction} from './relayq-function.ts';
import {saveQueries} from './saved-queries.ts';
import {stateTables} from './state-tables.ts';
import {deliverTimeout, routeTimeout, waitingWindow} from './timeouts.ts';

export interface RelayqStackProps extends StackProps {
  readonly context: Context;
}

export class RelayqStack extends Stack {
  constructor(scope: Construct, id: string, {context, ...props}: RelayqStackProps) {
    super(scope, id, props);
    const names = namesOf(context.stage);
    const queues = new Queues(this, 'Queues', names);
    const network = context.directMx ? new DirectMxNetwork(this, 'DirectMx') : undefined;
    const {stage, routeConcurrency, deliverConcurrency, slowConcurrency} = context;
    const values = {stage, slowConcurrency: String(slowConcurrency), ...queues.urls};
    const common = {context, values};
    const route = new RelayqFunction(this, 'Route', {...common, folder: 'route', timeout: routeTimeout});
    const deliver = new RelayqFunction(this, 'Deliver', {
      ...common,
      folder: 'deliver',
      timeout: deliverTimeout,
      network,
    });
    const between = [queues.waiting, queues.waitingSoon, queues.delivery, queues.deliverySlow];
    grantSend(route.role, [queues.outboxOversize]);
    grantSend(deliver.role, [queues.deliveryDlq]);
    grantDepth(route.role, [queues.delivery, queues.deliverySlow]);
    const tables = stateTables(this, names);
    for (const {role} of [route, deliver]) {
      grantSend(role, between);
      grantState(role, tables);
      grantResults(role, context);
      grantSettings(role, context);
    }
    const routing = {maxConcurrency: routeConcurrency};
    route.consumes(queues.outbox, routing);
    route.consumes(queues.waitingSoon, routing);
    route.consumes(queues.waiting, {...routing, maxBatchingWindow: waitingWindow});
    deliver.consumes(queues.delivery, {maxConcurrency: deliverConcurrency});
    deliver.consumes(queues.deliverySlow, {maxConcurrency: slowConcurrency});
    // SQS's SenderId is a role and its session (ReceiveMessage). Lambda gives a session the name of its function.
    const senderIds = [`${route.role.roleId}:${names.route}`, `${deliver.role.roleId}:${names.deliver}`];
    route.function.addEnvironment(formerSenders, senderIds.join());
    allowProducers(queues.outbox, context.producers);
    const senders = [route.role.roleArn, deliver.role.roleArn, ...context.operators];
    for (const queue of between) onlyFunctionsSend(queue, senders);
    const functions = [route, deliver];
    const mail = new MailMetrics(stage);
    const alarms = new Alarms(this, 'Alarms', {queues, functions, mail, email: context.alarmEmail});
    if (context.dashboard) {
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
    output('ParameterPath', names.parameterPath, 'Settings go below this path');
    if (network) {
      const note =
        'Mail comes from here: ask AWS for port 25 and for its reverse DNS, and set helo-name to that name';
      output('ElasticIp', network.address.attrPublicIp, note);
    }
  }
}
