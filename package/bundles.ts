// Puts the functions' bundles into dist/: those of the stack as the checkout would deploy it.

import {cpSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {App} from 'aws-cdk-lib';
import {bundleFolderOf} from '../cdk/function-code.ts';
import {RelayqStack} from '../cdk/relayq-stack.ts';
import {namesOf, needs} from '../shared/names.ts';

interface Template {
  readonly Resources: Readonly<
    Record<
      string,
      {
        readonly Properties?: {
          readonly FunctionName?: string;
          readonly Code?: {readonly S3Key: string};
        };
      }
    >
  >;
}

const folders = Object.keys(needs) as (keyof typeof needs)[];
/** Its names are in no bundle. */
const stage = 'any';
const dist = join(import.meta.dirname, '../dist');

const outdir = mkdtempSync(join(tmpdir(), 'relayq-bundles-'));
try {
  const app = new App({outdir, builtinCloudFormationValidation: false});
  const {stackName} = new RelayqStack(app, 'Bundled', {stage});
  const template = app.synth().getStackByName(stackName).template as Template;
  for (const folder of folders)
    cpSync(join(outdir, assetOf(template, folder)), join(dist, bundleFolderOf(folder)), {recursive: true});
} finally {
  rmSync(outdir, {recursive: true});
}

/** The directory that would be uploaded for a function. */
function assetOf({Resources}: Template, folder: keyof typeof needs): string {
  const name = namesOf(stage)[folder];
  const found = Object.values(Resources).find(({Properties}) => Properties?.FunctionName === name);
  const [hash] = found?.Properties?.Code?.S3Key.split('.') ?? [];
  if (hash === undefined) throw new Error(`the stack has no function ${name}`);
  return `asset.${hash}`;
}
