// Synthesises the CDK app for the local cloud in a process of its own, when something has changed that the result is
// made of, and reads the cloud assembly.

import {spawn} from 'node:child_process';
import {createHash} from 'node:crypto';
import {once} from 'node:events';
import {existsSync} from 'node:fs';
import {mkdir, readdir, readFile, rename, rm, writeFile} from 'node:fs/promises';
import {join, relative} from 'node:path';

export interface Assembly {
  readonly directory: string;
  readonly stackName: string;
  readonly template: unknown;
  readonly assets: unknown;
}

export interface SynthesisOptions {
  readonly stage: string;
  /** Called when the app has to run, which takes some seconds. */
  readonly onSynthesis?: () => void;
  readonly signal?: AbortSignal;
}

/** What the template and the bundles are made of. */
const sources = ['cdk', 'functions', 'shared', 'package', 'cdk.json', 'package-lock.json'];
/** Leaves out the rules: they take seconds, and `cdk synth` and `cdk deploy` run them. */
const localContext = {checks: false};
const hashFile = 'content-hash';

/** @param root the project's directory */
export async function synthesise(
  root: string,
  {stage, onSynthesis = () => {}, signal}: SynthesisOptions,
): Promise<Assembly> {
  // Beside what `cdk synth` and `cdk deploy` write for other stages.
  const directory = join(root, 'cdk.out', stage);
  const hash = await contentHashOf(root);
  const last = await readFile(join(directory, hashFile), 'utf8').catch(() => '');
  if (hash !== last) {
    onSynthesis();
    // It gets its place when it is whole: another start may be reading the old one, or making its own.
    const unfinished = `${directory}.${process.pid}`;
    try {
      await mkdir(unfinished, {recursive: true});
      await runApp(root, unfinished, stage, signal);
      await writeFile(join(unfinished, hashFile), hash);
      await rm(directory, {recursive: true, force: true});
      await rename(unfinished, directory);
    } finally {
      await rm(unfinished, {recursive: true, force: true});
    }
  }
  return readAssembly(directory);
}

async function contentHashOf(root: string): Promise<string> {
  const hash = createHash('sha256').update(process.version);
  for (const source of sources) {
    for (const file of await filesOf(join(root, source))) {
      const content = await readFile(file);
      hash.update(`${relative(root, file)}\0${content.length}\0`).update(content);
    }
  }
  return hash.digest('hex');
}

/** The file itself, or all files below the directory, in a fixed order. */
async function filesOf(path: string): Promise<string[]> {
  if (!existsSync(path)) return [];
  const entries = await readdir(path, {recursive: true, withFileTypes: true}).catch(() => undefined);
  if (entries === undefined) return [path];
  return entries
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
    .sort();
}

/** Runs the app as the CDK's command line does: a variable has the context of cdk.json and of the command line. */
async function runApp(
  root: string,
  directory: string,
  stage: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const settings = await readFile(join(root, 'cdk.json'), 'utf8').catch(() => '{}');
  const {context = {}} = JSON.parse(settings) as {context?: Record<string, unknown>};
  const app = spawn(process.execPath, ['cdk/app.ts'], {
    cwd: root,
    env: {
      ...process.env,
      CDK_OUTDIR: directory,
      CDK_CONTEXT_JSON: JSON.stringify({...context, ...localContext, stage}),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(signal ? {signal} : {}),
  });
  const output: Buffer[] = [];
  app.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  app.stderr.on('data', (chunk: Buffer) => output.push(chunk));
  const [code] = (await once(app, 'close')) as [number | null];
  if (code !== 0) throw new Error(`the CDK app failed:\n${Buffer.concat(output).toString()}`);
}

interface Manifest {
  readonly artifacts: Readonly<
    Record<string, {readonly type: string; readonly properties?: Readonly<Record<string, string>>}>
  >;
}

async function readAssembly(directory: string): Promise<Assembly> {
  const read = async (file: string): Promise<unknown> =>
    JSON.parse(await readFile(join(directory, file), 'utf8'));
  const {artifacts} = (await read('manifest.json')) as Manifest;
  const stacks = Object.entries(artifacts).filter(([, {type}]) => type === 'aws:cloudformation:stack');
  const [stack] = stacks;
  if (stack === undefined || stacks.length > 1)
    throw new Error(`the app has ${stacks.length} stacks, not one`);
  const assets = Object.values(artifacts).find(({type}) => type === 'cdk:asset-manifest')?.properties?.file;
  const [id, {properties = {}}] = stack;
  return {
    directory,
    stackName: properties.stackName ?? id,
    template: await read(properties.templateFile ?? `${id}.template.json`),
    assets: assets === undefined ? {} : await read(assets),
  };
}
