// Loaded before the app: breaks the stack, as the environment says, just before it is synthesised.

import {App, type CfnResource, type Stack, type StageSynthesisOptions} from 'aws-cdk-lib';
import {PolicyStatement, type Role} from 'aws-cdk-lib/aws-iam';

const faults: Readonly<Record<string, (stack: Stack) => void>> = {
  'a queue without TLS': stack => {
    stack.node.findChild('Queues').node.findChild('Outbox').node.tryRemoveChild('Policy');
  },
  'a role that may do everything': stack => {
    const role = stack.node.findChild('Route').node.findChild('Role') as Role;
    role.addToPrincipalPolicy(new PolicyStatement({actions: ['sqs:*'], resources: ['*']}));
  },
  'a property that CloudFormation does not know': stack => {
    const queue = stack.node.findChild('Queues').node.findChild('Outbox').node.defaultChild as CfnResource;
    queue.addPropertyOverride('VisibilityTimeoutSeconds', 30);
  },
};

const synth = App.prototype.synth;
App.prototype.synth = function (this: App, options?: StageSynthesisOptions) {
  const [stack] = this.node.children;
  faults[process.env.FAULT ?? '']?.(stack as Stack);
  return synth.call(this, options);
};
