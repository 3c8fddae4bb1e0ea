// The stage as the CDK's command line makes it: of the checkout, or of an app of one's own. What the CDK says goes to stderr.

import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {namesOf} from '../../shared/names.ts';
import type {Context} from '../command/context.ts';
import type {Deployment, StageContext} from './deployment.ts';

type CdkContext = Pick<Context, 'stage' | 'profile' | 'region' | 'env'>;

/** What `npx` is given. */
export function cdkArguments(
  verb: 'deploy' | 'destroy' | 'synth',
  {stage, profile}: Pick<CdkContext, 'stage' | 'profile'>,
  context: StageContext,
  app?: string,
): readonly string[] {
  const sure = {deploy: ['--require-approval', 'never'], destroy: ['--force'], synth: ['--quiet']}[verb];
  return [
    'cdk',
    verb,
    namesOf(stage).stack,
    ...sure,
    ...(app === undefined ? [] : ['--app', app]),
    ...(profile === undefined ? [] : ['--profile', profile]),
    ...Object.entries({stage, ...context}).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
}

export function cdkDeployment(context: CdkContext, base: StageContext, app?: string): Deployment {
  const {region, env} = context;
  // Beside what the other stages have written.
  const output = ['--output', `cdk.out/${context.stage}-cli`];
  const run = async (verb: 'deploy' | 'destroy', options: StageContext): Promise<void> => {
    const child = spawn('npx', [...cdkArguments(verb, context, options, app), ...output], {
      env: {
        ...env,
        CDK_DISABLE_VERSION_CHECK: '1',
        ...(region !== undefined && {AWS_REGION: region}),
      },
      // stdout is for our own findings. A Ctrl-C is for us: a deployment that breaks off is harder to remove.
      stdio: ['ignore', 2, 2],
      detached: true,
    });
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) throw new Error(`cdk ${verb} ended with status ${code}; what it says is above`);
  };
  return {deploy: options => run('deploy', options), destroy: () => run('destroy', base)};
}
