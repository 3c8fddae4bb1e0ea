// Cold starts: the size of each bundle and how long Lambda's init takes with it. They are compared with a bundle of
// what most people use (middy, nodemailer and the SDK's clients) and with an empty one.

import {mkdir, stat, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {build} from 'esbuild';
import {ExecutionEnvironment} from '../../local/lambda/execution-environment.ts';
import type {FunctionResource} from '../../local/lambda/function-resource.ts';
import {parseTemplate} from '../../local/template/template.ts';
import {bundleOptions} from '../../package/bundle-options.ts';
import type {BenchContext} from '../bench-context.ts';
import {names} from '../delivery-patterns.ts';
import {account} from '../function-rig.ts';
import {median, rotated} from '../statistics.ts';

export interface ColdStartRow {
  readonly bundle: string;
  readonly octets: number;
  /** From the start of the process to its first request for an invocation. */
  readonly initMs: number;
  /** The part that is not the runtime's: init less the init of an empty handler, measured in turns. */
  readonly loadMs: number;
  readonly runs: readonly number[];
}

/** Imports every package whole and makes a client of each, as tutorials do. */
const naive = `
import middy from '@middy/core';
import * as nodemailer from 'nodemailer';
import * as sqs from '@aws-sdk/client-sqs';
import * as ssm from '@aws-sdk/client-ssm';

export const clients = [new sqs.SQS({}), new ssm.SSM({}), nodemailer.createTransport({pool: true})];
export const handler = middy().handler(async () => ({batchItemFailures: []}));
export {nodemailer, sqs, ssm};
`;

const empty = 'export const handler = async () => ({batchItemFailures: []});\n';

interface Bundle {
  readonly name: string;
  readonly taskRoot: string;
  readonly definition: FunctionResource;
}

export async function measureColdStarts(context: BenchContext): Promise<readonly ColdStartRow[]> {
  const {assembly, directory, options, progress} = context;
  // Init calls nothing; a call would not be answered.
  const endpointUrl = 'http://127.0.0.1:1';
  const {functions} = parseTemplate(assembly.template, assembly.assets, {
    ...account,
    stackName: assembly.stackName,
    queueUrlOf: name => `${endpointUrl}/${account.accountId}/${name}`,
  });
  const ours = [names.deliver, names.route].map(name => {
    const definition = functions.find(each => each.name === name);
    if (definition === undefined) throw new Error(`the stack has no function ${name}`);
    return {
      name: name.replace(/.*-/, ''),
      taskRoot: join(assembly.directory, definition.assetPath),
      definition,
    };
  });
  const [{definition}] = ours as [Bundle, Bundle];
  const bundles: readonly Bundle[] = [
    {name: 'empty', taskRoot: await bundle(directory, 'empty', empty), definition},
    {name: 'naive', taskRoot: await bundle(directory, 'naive', naive), definition},
    ...ours,
  ];
  const runs = new Map<Bundle, number[]>(bundles.map(each => [each, []]));
  const times = Math.min(25, Math.max(3, Math.round(options.size / 200)));
  // The first run of each fills the page cache and is not counted.
  for (let run = -1; run < times; run++) {
    if (run % 5 === 0) progress(`cold start: ${run} of ${times}`);
    for (const each of rotated(bundles, run + 1)) {
      const initMs = await init(each, endpointUrl, context);
      if (run >= 0) runs.get(each)!.push(initMs);
    }
  }
  const baseline = runs.get(bundles[0]!)!;
  return Promise.all(
    bundles.map(async each => {
      const initMs = runs.get(each)!;
      const {size: octets} = await stat(join(each.taskRoot, 'index.js'));
      const loadMs = median(initMs.map((ms, run) => ms - baseline[run]!));
      return {bundle: each.name, octets, initMs: median(initMs), loadMs, runs: initMs};
    }),
  );
}

async function bundle(directory: string, name: string, contents: string): Promise<string> {
  const taskRoot = join(directory, `bundle-${name}`);
  await mkdir(taskRoot);
  const entry = join(taskRoot, 'entry.mjs');
  await writeFile(entry, contents);
  await build({
    stdin: {contents, resolveDir: join(import.meta.dirname, '..'), sourcefile: entry},
    outfile: join(taskRoot, 'index.js'),
    ...bundleOptions,
    logLevel: 'error',
  });
  return taskRoot;
}

async function init(
  {taskRoot, definition}: Bundle,
  endpointUrl: string,
  {reaper}: BenchContext,
): Promise<number> {
  const startedMs = performance.now();
  const lines: string[] = [];
  const onLine = (_: string, line: string) => void lines.push(line);
  const environment = await ExecutionEnvironment.start(
    {definition, taskRoot, region: account.region, endpointUrl, reaper, onLine},
    10_000,
  );
  const error = await environment.ready;
  const initMs = performance.now() - startedMs;
  environment.kill();
  await environment.gone;
  if (error !== undefined) throw new Error(`init of ${taskRoot}: ${error.errorMessage}\n${lines.join('\n')}`);
  return initMs;
}
