// Runs the CDK app as the command line does, in a process of its own, and reads what it wrote.

import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, readFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Synthesis {
  readonly code: number;
  readonly output: string;
  readonly directory: string;
}

export async function synthesise(context: Record<string, string>, app = 'cdk/app.ts'): Promise<Synthesis> {
  const directory = mkdtempSync(join(tmpdir(), 'relayq-cdk-'));
  const configured = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8')).context;
  const child = spawn(process.execPath, [app], {
    cwd: root,
    env: {
      ...process.env,
      CDK_OUTDIR: directory,
      CDK_CONTEXT_JSON: JSON.stringify({...configured, ...context}),
    },
  });
  let output = '';
  child.stdout.on('data', chunk => {
    output += chunk;
  });
  child.stderr.on('data', chunk => {
    output += chunk;
  });
  const [code] = await once(child, 'close');
  return {code, output, directory};
}

export const readJson = (directory: string, file: string) =>
  JSON.parse(readFileSync(join(directory, file), 'utf8'));
