// The code of a function. In the checkout it is bundled from its sources. In the package it has been bundled already, in the
// same way: whoever deploys it needs no esbuild and no Docker.

import {execFileSync} from 'node:child_process';
import {join, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';
import {AssetHashType, DockerImage} from 'aws-cdk-lib';
import {Code} from 'aws-cdk-lib/aws-lambda';
import type {needs} from '../shared/names.ts';

const root = resolve(fileURLToPath(new URL('..', import.meta.url)));
/** The package holds what these files are compiled to. */
const isPackage = import.meta.url.endsWith('.js');

/** Where the package has a function's bundle, below its compiled files. */
export const bundleFolderOf = (folder: keyof typeof needs): string => `bundles/${folder}`;

export function codeOf(folder: keyof typeof needs): {readonly code: Code; readonly handler: string} {
  const handler = 'index.handler';
  if (isPackage) return {code: Code.fromAsset(join(root, bundleFolderOf(folder))), handler};
  const script = join(root, 'package/function-bundle.ts');
  const tryBundle = (outputDirectory: string): boolean => {
    execFileSync(process.execPath, [script, folder, join(outputDirectory, 'index.js')], {stdio: 'inherit'});
    return true;
  };
  const code = Code.fromAsset(root, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      local: {tryBundle},
      // These two are for Docker, which is never asked. Assets of the same folder are one to the CDK unless these differ.
      image: DockerImage.fromRegistry('none'),
      command: ['node', 'package/function-bundle.ts', folder],
    },
  });
  return {code, handler};
}
