// Each `aws` that there is: of the PATH, and further ones that RELAYQ_AWS names as a path does.

import {execFile} from 'node:child_process';
import {realpath} from 'node:fs/promises';
import {delimiter, join} from 'node:path';
import {promisify} from 'node:util';
import {isExecutable} from './servers/server-process.ts';

const run = promisify(execFile);

export interface AwsProgram {
  readonly program: string;
  readonly version: readonly number[];
}

export async function awsPrograms(): Promise<readonly AwsProgram[]> {
  const directories = `/usr/bin${delimiter}${process.env.PATH ?? ''}`.split(delimiter);
  const named = (process.env.RELAYQ_AWS ?? '').split(delimiter).filter(path => path !== '');
  const found = new Map<string, AwsProgram>();
  for (const path of [...directories.map(directory => join(directory, 'aws')), ...named]) {
    if (!(await isExecutable(path))) continue;
    const {stdout} = await run(path, ['--version']);
    const version = /aws-cli\/([\d.]+)/.exec(stdout)?.[1]?.split('.').map(Number) ?? [];
    found.set(`${await realpath(path)} ${version}`, {program: path, version});
  }
  return [...found.values()];
}

/** Runs it against an endpoint, with nothing of the developer's: no profile, no proxy. */
export async function awsJson(
  program: string,
  endpoint: string,
  ...args: readonly string[]
): Promise<unknown> {
  const env = {
    PATH: process.env.PATH,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_PAGER: '',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  };
  const {stdout} = await run(program, [...args, '--endpoint-url', endpoint, '--output', 'json'], {env});
  return JSON.parse(stdout);
}
