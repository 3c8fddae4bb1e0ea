// The CDK app: one stack for one stage, checked before it is written.

import {readFileSync} from 'node:fs';
import {homedir} from 'node:os';
import {join} from 'node:path';
import {App, Validations} from 'aws-cdk-lib';
import {CURRENTLY_RECOMMENDED_FLAGS} from 'aws-cdk-lib/cx-api';
import {namesOf} from '../shared/names.ts';
import {ContextProblem, readContext} from './context.ts';
import {RelayqStack} from './relayq-stack.ts';

// The library's behaviour as it is recommended for new projects; one of these flags is what makes findings of
// its template validation errors (@aws-cdk/core:validateAgainstDefaultRules). What cdk.json says goes first.
const app = new App({context: CURRENTLY_RECOMMENDED_FLAGS});
const context = readOrExit();
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

/** A problem in one line; the command line shows it, and that the app has failed. */
function readOrExit() {
  try {
    return readContext(app.node, [...namesIn(join(homedir(), '.cdk.json')), ...namesIn('cdk.context.json')]);
  } catch (error) {
    if (!(error instanceof ContextProblem)) throw error;
    process.stderr.write(`relayq: ${error.message.replaceAll(/\p{Cc}+/gu, ' ')}\n`);
    process.exit(1);
  }
}

/** The command line mixes in what files of the user's and of its own say: for other apps, or for itself. */
function namesIn(file: string): readonly string[] {
  try {
    const content = JSON.parse(readFileSync(file, 'utf8'));
    return [...Object.keys(content), ...Object.keys(content.context ?? {})];
  } catch {
    return [];
  }
}
