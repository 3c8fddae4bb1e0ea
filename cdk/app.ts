// The CDK app: one stack for one stage, checked before it is written.

import {App, Validations} from 'aws-cdk-lib';
import {CURRENTLY_RECOMMENDED_FLAGS} from 'aws-cdk-lib/cx-api';
import {namesOf} from '../shared/names.ts';
import {readContext} from './context.ts';
import {RelayqStack} from './relayq-stack.ts';

// The library's behaviour as it is recommended for new projects; one of these flags is what makes findings of
// its template validation errors (@aws-cdk/core:validateAgainstDefaultRules). What cdk.json says goes first.
const app = new App({context: CURRENTLY_RECOMMENDED_FLAGS});
const context = readContext(app.node);
const {stack} = namesOf(context.stage);
new RelayqStack(app, stack, {context, stackName: stack, description: `relayq, stage ${context.stage}`});
if (context.checks) {
  const {AwsSolutionsChecks} = await import('cdk-nag');
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
} else {
  // The local cloud starts often, and the rules take as long as all the rest.
  process.env.CDK_VALIDATION = 'false';
}
app.synth();
