// `relayq` as tests run it: a process of its own, in a directory of its own.

import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {text} from 'node:stream/consumers';
import {projectRoot} from '../global-setup.ts';

export interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export class RelayqUnderTest {
  /** Where it runs. */
  readonly directory: string;
  readonly #port: () => number;
  readonly #running: ChildProcess[] = [];

  private constructor(directory: string, port: () => number) {
    this.directory = directory;
    this.#port = port;
  }

  /** @param port of the endpoint, when a command is started */
  static async create(port: () => number): Promise<RelayqUnderTest> {
    return new RelayqUnderTest(await mkdtemp(join(tmpdir(), 'relayq-cli-')), port);
  }

  start(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    const inherited = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_')),
    );
    const child = spawn(process.execPath, [join(projectRoot, 'cli/relayq.ts'), ...args], {
      cwd: this.directory,
      env: {...inherited, RELAYQ_PORT: String(this.#port()), ...environment},
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#running.push(child);
    return child;
  }

  async run(
    args: readonly string[],
    {input = '', environment}: {input?: string; environment?: Readonly<Record<string, string>>} = {},
  ): Promise<Run> {
    const child = this.start(args, environment);
    child.stdin.end(input);
    const [[code], stdout, stderr] = await Promise.all([
      once(child, 'exit') as Promise<[number]>,
      text(child.stdout),
      text(child.stderr),
    ]);
    return {code, stdout, stderr};
  }

  async stop(): Promise<void> {
    for (const child of this.#running.splice(0)) child.kill('SIGKILL');
    await rm(this.directory, {recursive: true, force: true});
  }
}
