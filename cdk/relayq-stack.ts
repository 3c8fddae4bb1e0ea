// The stack of one stage: what `cdk deploy` of the checkout makes, and what an app makes that has nothing else in it.

import {CfnOutput, Stack, type StackProps} from 'aws-cdk-lib';
import {IAM_MINIMIZE_POLICIES} from 'aws-cdk-lib/cx-api';
import type {Construct} from 'constructs';
import {namesOf} from '../shared/names.ts';
import {resolveOptions} from './options.ts';
import {Relayq, type RelayqProps} from './relayq.ts';

export interface RelayqStackProps extends StackProps, Omit<RelayqProps, 'tags'> {}

/**
 * As is recommended for new projects. An app that says nothing of it gets the same template; one that does is obeyed.
 */
const flag = IAM_MINIMIZE_POLICIES;

export class RelayqStack extends Stack {
  readonly relayq: Relayq;

  /** @throws OptionProblem */
  constructor(scope: Construct, id: string, props: RelayqStackProps) {
    const {stage} = resolveOptions(props);
    super(scope, id, {stackName: namesOf(stage).stack, description: `relayq, stage ${stage}`, ...props});
    if (this.node.tryGetContext(flag) === undefined) this.node.setContext(flag, true);
    // The CDK leaves this name out of logical IDs: what was deployed before there was a construct keeps its own.
    this.relayq = new Relayq(this, 'Default', {...props, tags: undefined});
    this.#outputs(this.relayq);
  }

  #outputs({names, queues, address}: Relayq): void {
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
    if (address) {
      const note =
        'Mail comes from here: ask AWS for port 25 and for its reverse DNS, and set helo-name to that name';
      output('ElasticIp', address.attrPublicIp, note);
    }
  }
}
