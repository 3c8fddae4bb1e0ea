// The CDK's command line for the stage of a run: the CDK itself takes it, and makes the stage's stack of it.

import {execFile} from 'node:child_process';
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {expect, test} from 'vitest';
import {cdkArguments} from '../../../cli/smoke/cdk-deployment.ts';
import {smokeContext} from '../../../cli/smoke/deployment.ts';
import {projectRoot} from '../../global-setup.ts';

test('the stage is synthesised with the options of a run', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'relayq-smoke-'));
  try {
    const [, ...args] = cdkArguments('synth', {stage: 'smoke-cdk'}, {...smokeContext, checks: 'false'});
    const cdk = join(projectRoot, 'node_modules/.bin/cdk');
    const env = {...process.env, CDK_DISABLE_VERSION_CHECK: '1'};
    await promisify(execFile)(cdk, [...args, '--output', directory], {cwd: projectRoot, env});
    const template = JSON.parse(
      await readFile(join(directory, 'relayq-smoke-cdk.template.json'), 'utf8'),
    ) as {
      Resources: Record<string, {Type: string; DeletionPolicy?: string}>;
    };
    const queues = Object.values(template.Resources).filter(({Type}) => Type === 'AWS::SQS::Queue');
    expect(new Set(queues.map(({DeletionPolicy}) => DeletionPolicy))).toEqual(new Set(['Delete']));
  } finally {
    await rm(directory, {recursive: true});
  }
});
