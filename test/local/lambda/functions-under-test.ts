// Functions for the tests: their task roots are in a temporary directory, and real processes run them.

import {existsSync, readFileSync} from 'node:fs';
import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {FunctionResource} from '../../../local/lambda/function-resource.ts';
import {LambdaFunction} from '../../../local/lambda/lambda-function.ts';
import {startReaper} from '../../../local/lambda/reaper.ts';

const definitionOf = (changes: Partial<FunctionResource> = {}): FunctionResource => ({
  logicalId: 'Tested',
  name: 'tested',
  arn: 'arn:aws:lambda:us-east-1:000000000000:function:tested',
  handler: 'index.handler',
  runtime: 'nodejs24.x',
  assetPath: 'asset',
  environment: {},
  timeoutS: 10,
  memoryMB: 256,
  roleLogicalId: 'TestedRole',
  logging: {groupName: '/aws/lambda/tested', format: 'Text', applicationLevel: 'INFO', systemLevel: 'INFO'},
  recursiveLoop: 'Terminate',
  ...changes,
});

/** Starts functions from the source of their `index.mjs`, and stops all of them in the end. */
export class FunctionsUnderTest {
  readonly lines: string[] = [];
  readonly #stops: (() => Promise<void>)[] = [];

  async start(
    source: string,
    changes: Partial<FunctionResource> = {},
    options: {readonly idleMs?: number; readonly runtime?: string} = {},
  ): Promise<LambdaFunction> {
    const directory = await mkdtemp(join(tmpdir(), 'relayq-test-'));
    const taskRoot = join(directory, 'task');
    await mkdir(taskRoot);
    await writeFile(join(taskRoot, 'index.mjs'), source);
    const reaper = startReaper(directory);
    const tested = new LambdaFunction({
      definition: definitionOf(changes),
      taskRoot,
      region: 'us-east-1',
      endpointUrl: 'http://127.0.0.1:1',
      reaper,
      onLine: (_, line) => this.lines.push(line),
      ...options,
    });
    this.#stops.push(async () => {
      await tested.stop();
      await reaper.close();
      await rm(directory, {recursive: true, force: true});
    });
    return tested;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#stops.splice(0).map(stop => stop()));
    this.lines.length = 0;
  }
}

/** Whether there is such a process. A frozen one counts; a dead one that its parent has not collected does not. */
export const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const stat = `/proc/${pid}/stat`;
  return !existsSync(stat) || !/^\d+ \(.*\) Z /.test(readFileSync(stat, 'utf8'));
};
