// The package as a user has it: packed, installed in an empty folder beside the CDK, and run by the oldest Node.js that
// package.json names.

import {type ChildProcessByStdio, execFile, spawn} from 'node:child_process';
import {mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import type {Readable} from 'node:stream';
import {projectRoot} from '../global-setup.ts';

export interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Packed {
  readonly filename: string;
  readonly integrity: string;
  readonly files: readonly {readonly path: string}[];
}

interface PackageJson {
  readonly engines: {readonly node: string};
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

const installed = ['install', '--prefer-offline', '--no-audit', '--no-fund', '--save-exact'];
/** What is packed is in the test's hands: npm is not to fall back on the checkout that has started it. */
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^npm_(?:config_local_prefix|package_)/.test(name)),
);

export class PackageUnderTest {
  readonly packageJson: PackageJson;
  readonly packed: Packed;
  /** The folder of whoever has installed it. */
  readonly folder: string;
  readonly #node: string;

  private constructor(
    packageJson: PackageJson,
    packed: Packed,
    {folder, node}: {readonly folder: string; readonly node: string},
  ) {
    this.packageJson = packageJson;
    this.packed = packed;
    this.folder = folder;
    this.#node = node;
  }

  static async create(): Promise<PackageUnderTest> {
    const directory = await mkdtemp(join(tmpdir(), 'relayq-package-'));
    const packageJson = JSON.parse(await readFile(join(projectRoot, 'package.json'), 'utf8')) as PackageJson;
    const packed = await pack(directory);
    const folder = await emptyFolder(directory, 'app');
    // The last one is what the example's app checks itself with.
    const libraries = [...Object.keys(packageJson.peerDependencies), 'cdk-nag'].map(
      name => `${name}@${packageJson.devDependencies[name]}`,
    );
    await done('npm', [...installed, join(directory, packed.filename), ...libraries], folder);
    const oldest = packageJson.engines.node.replace(/^>=/, '');
    const ofNode = await emptyFolder(directory, 'node');
    await done('npm', [...installed, `node@${oldest}`], ofNode);
    const node = join(ofNode, 'node_modules/node/bin/node');
    const version = await done(node, ['--version'], folder);
    if (version.stdout.trim() !== `v${oldest}`) throw new Error(`not Node.js ${oldest}: ${version.stdout}`);
    return new PackageUnderTest(packageJson, packed, {folder, node});
  }

  /** A file of the package, by its path in it. */
  pathOf(file: string): string {
    return join(this.folder, 'node_modules/relayq', file);
  }

  /** Runs the oldest Node.js. Programs that this starts find it too. */
  node(...args: readonly string[]): Promise<Run> {
    const path = `${dirname(this.#node)}:${process.env.PATH}`;
    return run(this.#node, args, {cwd: this.folder, env: {...environment, PATH: path}});
  }

  /** For what stays up. Whoever starts it ends it. */
  start(...args: readonly string[]): ChildProcessByStdio<null, Readable, null> {
    return spawn(this.#node, ['node_modules/.bin/relayq', ...args], {
      cwd: this.folder,
      env: environment,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  }

  relayq(...args: readonly string[]): Promise<Run> {
    return this.node('node_modules/.bin/relayq', ...args);
  }

  async write(file: string, text: string): Promise<void> {
    await writeFile(join(this.folder, file), text);
  }

  async remove(): Promise<void> {
    await rm(dirname(this.folder), {recursive: true, force: true});
  }
}

/** Packs the checkout, into a directory. */
export async function pack(directory: string): Promise<Packed> {
  const {stdout} = await done('npm', ['pack', '--json', '--pack-destination', directory], projectRoot);
  // What the build says may stand before.
  const [packed] = JSON.parse(stdout.slice(stdout.search(/^\[/m))) as [Packed];
  return packed;
}

async function emptyFolder(directory: string, name: string): Promise<string> {
  const folder = join(directory, name);
  await mkdir(folder);
  // The package node gets its binary by a script, which newer versions of npm have to be allowed.
  await writeFile(join(folder, 'package.json'), '{"private": true, "allowScripts": {"node": true}}');
  return folder;
}

async function done(command: string, args: readonly string[], cwd: string): Promise<Run> {
  const outcome = await run(command, args, {cwd, env: environment});
  if (outcome.code !== 0)
    throw new Error(`${command} ${args.join(' ')}:\n${outcome.stdout}\n${outcome.stderr}`);
  return outcome;
}

export const run = (
  command: string,
  args: readonly string[],
  {cwd = projectRoot, env = environment}: {cwd?: string; env?: NodeJS.ProcessEnv} = {},
): Promise<Run> =>
  new Promise(resolve => {
    const child = execFile(command, args, {cwd, env, maxBuffer: 64 << 20}, (_, stdout, stderr) =>
      resolve({code: child.exitCode ?? -1, stdout, stderr}),
    );
  });
