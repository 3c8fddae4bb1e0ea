// Loaded before the app: breaks the stack, as the environment says, just before it is synthesised.

import {App, type CfnResource, type StageSynthesisOptions} from 'aws-cdk-lib';
import {PolicyStatement, type Role} from 'aws-cdk-lib/aws-iam';
import type {IConstruct} from 'constructs';
import type {RelayqStack} from '../../cdk/relayq-stack.ts';

const faults: Readonly<Record<string, (relayq: IConstruct) => void>> = {
  'a queue without TLS': relayq => {
    relayq.node.findChild('Queues').node.findChild('Outbox').node.tryRemoveChild('Policy');
  },
  'a role that may do everything': relayq => {
    const role = relayq.node.findChild('Route').node.findChild('Role') as Role;
    role.addToPrincipalPolicy(new PolicyStatement({actions: ['sqs:*'], resources: ['*']}));
  },
  'a property that CloudFormation does not know': relayq => {
    const queue = relayq.node.findChild('Queues').node.findChild('Outbox').node.defaultChild as CfnResource;
    queue.addPropertyOverride('VisibilityTimeoutSeconds', 30);
  },
};

const synth = App.prototype.synth;
App.prototype.synth = function (this: App, options?: StageSynthesisOptions) {
  const [stack] = this.node.children as [RelayqStack];
  faults[process.env.FAULT ?? '']?.(stack.relayq);
  return synth.call(this, options);
};
