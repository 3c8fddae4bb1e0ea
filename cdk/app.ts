// The CDK app: one stack for one stage, checked before it is written.

import {App, Validations} from 'aws-cdk-lib';
import {AwsSolutionsChecks} from 'cdk-nag';
import {namesOf} from '../shared/names.ts';
import {readContext} from './context.ts';
import {RelayqStack} from './relayq-stack.ts';

const app = new App();
const context = readContext(app.node);
const {stack} = namesOf(context.stage);
new RelayqStack(app, stack, {context, stackName: stack, description: `relayq, stage ${context.stage}`});
// The rules take seconds, and the local cloud starts often: it leaves them to `cdk synth` and the tests.
if (context.checks) Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
app.synth();
