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
    const child = spawn(process.execPath, [join(projectRoot, 'cli/relayq.ts'), ...args], {
      cwd: this.directory,
      env: environmentWith({RELAYQ_PORT: String(this.#port()), ...environment}),
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

  /**
   * Runs it in a terminal of its own, where somebody answers a question.
   * @returns all that the terminal showed
   */
  async inTerminal(args: readonly string[], question: string, answer: string) {
    const command = [process.execPath, join(projectRoot, 'cli/relayq.ts'), ...args];
    const child = spawn('script', ['--quiet', '--return', '--command', command.join(' '), '/dev/null'], {
      cwd: this.directory,
      env: environmentWith({RELAYQ_PORT: String(this.#port()), ...credentials, NO_COLOR: '1'}),
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#running.push(child);
    let shown = '';
    for await (const chunk of child.stdout.setEncoding('utf8')) {
      const wasAsked = shown.includes(question);
      shown += chunk;
      if (!wasAsked && shown.includes(question)) child.stdin.write(`${answer}\r`);
    }
    child.stdin.end();
    if (child.exitCode === null) await once(child, 'exit');
    return {code: child.exitCode, shown};
  }

  async stop(): Promise<void> {
    for (const child of this.#running.splice(0)) child.kill('SIGKILL');
    await rm(this.directory, {recursive: true, force: true});
  }
}

/** What somebody has who is logged in to AWS. */
export const credentials = {AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 's', AWS_REGION: 'eu-west-1'};

/** Nothing of AWS comes from whoever runs the tests. */
const environmentWith = (more: Readonly<Record<string, string>>) => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'))),
  ...more,
});
