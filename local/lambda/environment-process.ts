// The process of an execution environment, with its process group. It starts with Lambda's memory settings, signals stop
// and continue it, and its output is read as lines.

import {type ChildProcess, spawn} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {OutputLines} from './output-lines.ts';
import type {Reaper} from './reaper.ts';

export interface ProcessOptions {
  readonly script: string;
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly memoryMB: number;
  readonly arguments: readonly string[];
  readonly reaper: Reaper;
  readonly onLine: (line: string) => void;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export class EnvironmentProcess {
  /** Settles when the process is gone and all that it printed was read. */
  readonly gone: Promise<Exit>;
  readonly #child: ChildProcess;
  #alive = true;

  constructor({script, arguments: given, directory, environment, memoryMB, reaper, onLine}: ProcessOptions) {
    // Lambda's runtime divides the memory so: a tenth for the young generation, the rest for the old one.
    const youngMB = Math.floor(memoryMB / 10);
    const heap = [
      `--max-semi-space-size=${Math.floor(youngMB / 2)}`,
      `--max-old-space-size=${memoryMB - youngMB}`,
    ];
    this.#child = spawn(process.execPath, [...heap, script, ...given], {
      cwd: directory,
      env: {...environment},
      stdio: ['ignore', 'pipe', 'pipe'],
      // It gets a process group of its own: a Ctrl-C in the terminal is for the cloud, which then stops it in order.
      detached: true,
    });
    const {pid} = this.#child;
    if (pid !== undefined) reaper.watch(pid);
    this.gone = this.#watch(onLine).finally(() => {
      this.#alive = false;
      if (pid !== undefined) reaper.forget(pid);
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** Signals the whole group, so that processes of the function are frozen and killed with it. */
  signal(signal: NodeJS.Signals): void {
    if (!this.#alive || this.#child.pid === undefined) return;
    try {
      process.kill(-this.#child.pid, signal);
    } catch {
      // It has just ended by itself.
    }
  }

  /** The most memory that it has had, where the system says so (Linux). */
  peakMB(): number | undefined {
    try {
      const status = readFileSync(`/proc/${this.#child.pid}/status`, 'utf8');
      const [, kB] = /^VmHWM:\s+(\d+) kB/m.exec(status) ?? [];
      return kB === undefined ? undefined : Math.ceil(Number(kB) / 1024);
    } catch {
      return undefined;
    }
  }

  #watch(onLine: (line: string) => void): Promise<Exit> {
    const lines = [this.#child.stdout, this.#child.stderr].map(stream => {
      const output = new OutputLines(onLine);
      stream?.on('data', (chunk: Buffer) => output.write(chunk));
      return output;
    });
    return new Promise<Exit>(resolve => {
      const end = (exit: Exit) => {
        for (const output of lines) output.flush();
        resolve(exit);
      };
      // 127 is what a shell says of a command that it cannot start.
      this.#child.once('error', () => end({code: 127, signal: null}));
      this.#child.once('close', (code, signal) => end({code, signal}));
    });
  }
}
