// The CDK app: one stack for one stage, checked before it is written.

import {readFileSync} from 'node:fs';
import {homedir} from 'node:os';
import {join} from 'node:path';
import {App, Validations} from 'aws-cdk-lib';
import {CURRENTLY_RECOMMENDED_FLAGS} from 'aws-cdk-lib/cx-api';
import {namesOf} from '../shared/names.ts';
import {ContextProblem, readContext} from './context.ts';
import {RelayqStack} from './relayq-stack.ts';

// The CDK's behaviour as recommended for new projects; cdk.json overrides it. One of these flags turns findings of the
// CDK's template validation into errors (@aws-cdk/core:validateAgainstDefaultRules).
const app = new App({context: CURRENTLY_RECOMMENDED_FLAGS});
const context = readOrExit();
new RelayqStack(app, namesOf(context.stage).stack, context);
if (context.checks) {
  const {AwsSolutionsChecks} = await import('cdk-nag');
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
} else {
  // The local cloud starts often, and the rules take as long as all the rest.
  process.env.CDK_VALIDATION = 'false';
}
app.synth();

/** Shows a problem in one line. The CDK's command line adds that the app has failed. */
function readOrExit() {
  try {
    return readContext(app.node, [...namesIn(join(homedir(), '.cdk.json')), ...namesIn('cdk.context.json')]);
  } catch (error) {
    if (!(error instanceof ContextProblem)) throw error;
    process.stderr.write(`relayq: ${error.message.replaceAll(/\p{Cc}+/gu, ' ')}\n`);
    process.exit(1);
  }
}

/** The names in a context file that the CDK's command line mixes in: they are for other apps, or for itself. */
function namesIn(file: string): readonly string[] {
  try {
    const content = JSON.parse(readFileSync(file, 'utf8'));
    return [...Object.keys(content), ...Object.keys(content.context ?? {})];
  } catch {
    return [];
  }
}
