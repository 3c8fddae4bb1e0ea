// A part of the benchmark in a process of its own, which is asked over Node's channel. So its CPU time and memory are
// its own, and it shares no event loop. It ends with the process that started it.

import {type ChildProcess, fork} from 'node:child_process';
import {join} from 'node:path';

type Answer<Reply> = {readonly reply: Reply} | {readonly error: string};

export class Child<Request, Reply> {
  readonly pid: number;
  readonly #process: ChildProcess;
  readonly #waiting: {readonly resolve: (reply: Reply) => void; readonly reject: (error: Error) => void}[] =
    [];
  readonly #gone: Promise<void>;

  /** @param module a file below bench/, which calls answerParent() */
  constructor(module: string) {
    this.#process = fork(join(import.meta.dirname, module), {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      execArgv: [],
    });
    this.pid = this.#process.pid ?? 0;
    this.#process.on('message', (answer: Answer<Reply>) => {
      const waiting = this.#waiting.shift();
      if ('reply' in answer) waiting?.resolve(answer.reply);
      else waiting?.reject(new Error(`${module}: ${answer.error}`));
    });
    this.#gone = new Promise(resolve => {
      const end = (why: string) => {
        for (const {reject} of this.#waiting.splice(0)) reject(new Error(`${module}: ${why}`));
        resolve();
      };
      this.#process.once('error', error => end(error.message));
      this.#process.once('exit', (code, signal) => end(`has ended (${signal ?? code})`));
    });
  }

  /** Requests are answered in order. */
  ask(request: Request): Promise<Reply> {
    const {promise, resolve, reject} = Promise.withResolvers<Reply>();
    this.#waiting.push({resolve, reject});
    this.#process.send(request as object, error => {
      if (error) reject(error);
    });
    return promise;
  }

  async close(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#gone;
  }
}

/** The child's half: answers one request after the other. */
export function answerParent<Request, Reply>(answer: (request: Request) => Promise<Reply> | Reply): void {
  let last: Promise<void> = Promise.resolve();
  const tell = (message: Answer<Reply>) => void process.send?.(message);
  process.on('message', (request: Request) => {
    last = last
      .then(() => answer(request))
      .then(
        reply => tell({reply}),
        error => tell({error: error instanceof Error ? (error.stack ?? error.message) : String(error)}),
      );
  });
  process.once('disconnect', () => process.exit());
}
