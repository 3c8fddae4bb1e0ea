// The code of a function. In the checkout it is bundled from its sources. In the package it has been bundled already, by
// the same options: whoever deploys it needs no esbuild, no lock file and no Docker.

import {fileURLToPath} from 'node:url';
import {Code} from 'aws-cdk-lib/aws-lambda';
import {LogLevel, type NodejsFunctionProps, OutputFormat} from 'aws-cdk-lib/aws-lambda-nodejs';
import type {needs} from '../shared/names.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
/** The package holds what these files are compiled to. */
const isPackage = import.meta.url.endsWith('.js');

/** Where the package has a function's bundle, below its compiled files. */
export const bundleFolderOf = (folder: keyof typeof needs): string => `bundles/${folder}`;

export function codeOf(
  folder: keyof typeof needs,
): Pick<NodejsFunctionProps, 'code' | 'handler' | 'entry' | 'projectRoot' | 'depsLockFilePath' | 'bundling'> {
  if (isPackage) return {code: Code.fromAsset(`${root}${bundleFolderOf(folder)}`), handler: 'index.handler'};
  return {
    entry: `${root}functions/${folder}/handler.ts`,
    projectRoot: root,
    depsLockFilePath: `${root}package-lock.json`,
    bundling: {
      // An ES module that imports node:http loads Node's fetch and WebSocket with it: 8 ms of a cold start, and more
      // on a part of a core. require() does not, and Lambda's own runtime uses it.
      format: OutputFormat.CJS,
      target: 'node24',
      mainFields: ['module', 'main'],
      minify: true,
      // The SDK as locked, rather than the runtime's of the day.
      bundleAwsSDK: true,
      esbuildArgs: {
        '--alias:@aws-sdk/credential-provider-node': `${root}functions/runtime/environment-credentials.ts`,
      },
      logLevel: LogLevel.WARNING,
      // The library starts esbuild with npx, which would ask the registry for a newer npm now and then.
      environment: {npm_config_update_notifier: 'false'},
    },
  };
}
