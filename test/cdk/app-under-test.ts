// Runs the CDK app as the command line does, in a process of its own, and reads what it wrote.

import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, readFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Synthesis {
  readonly code: number;
  readonly output: string;
  readonly directory: string;
}

/** @param fault what to break in the stack before it is synthesised; see fault.ts */
export async function synthesise(
  context: Readonly<Record<string, unknown>>,
  fault?: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Synthesis> {
  const directory = mkdtempSync(join(tmpdir(), 'relayq-cdk-'));
  const configured = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8')).context;
  const preload = fault === undefined ? [] : ['--import', new URL('fault.ts', import.meta.url).href];
  // V8's other threads would compile the rules, which are WebAssembly, for longer than it takes to run them.
  const child = spawn(process.execPath, ['--single-threaded', ...preload, 'cdk/app.ts'], {
    cwd: root,
    env: {
      ...process.env,
      ...environment,
      CDK_OUTDIR: directory,
      CDK_CONTEXT_JSON: JSON.stringify({...configured, ...context}),
      ...(fault !== undefined && {FAULT: fault}),
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', chunk => {
      output += chunk;
    });
  }
  const [code] = await once(child, 'close');
  return {code, output, directory};
}
