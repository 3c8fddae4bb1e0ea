// One execution environment: runs the function's code from its task root, one invocation at a time, frozen in
// between ("Understanding the Lambda execution environment lifecycle"). It enforces the timeout, and tells what
// became of each invocation; when to start or retire one is not its business.

import {randomBytes, randomUUID} from 'node:crypto';
import {dirname} from 'node:path';
import {setImmediate as turn} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {EnvironmentProcess} from './environment-process.ts';
import {environmentOf} from './environment-variables.ts';
import {exited, type FunctionError, type Invocation, initTimedOut, timedOut} from './function-error.ts';
import type {FunctionResource} from './function-resource.ts';
import {type Lines, reportLines, startLines, timeoutLines} from './platform-log.ts';
import type {Reaper} from './reaper.ts';
import {type RuntimeApi, startRuntimeApi} from './runtime-api.ts';

export interface EnvironmentOptions {
  readonly definition: FunctionResource;
  readonly taskRoot: string;
  readonly region: string;
  readonly endpointUrl: string;
  readonly reaper: Reaper;
  /** The program that speaks to the Runtime API and runs the handler, if not our own. */
  readonly runtime?: string;
  /** Every line of the environment's log stream. */
  readonly onLine: (stream: string, line: string) => void;
}

type Outcome = {readonly payload: string} | {readonly error: FunctionError};

interface Running {
  readonly requestId: string;
  readonly startedMs: number;
  readonly timer: NodeJS.Timeout;
  readonly settle: (invocation: Invocation) => void;
  /** The first one counts: a runtime that crashes after its response has responded. */
  outcome?: Outcome;
}

const bootstrap = fileURLToPath(new URL('./bootstrap.mjs', import.meta.url));

export class ExecutionEnvironment {
  readonly stream: string;
  /** Of its own credentials: tells the endpoint which environment calls. */
  readonly sessionToken = randomBytes(16).toString('hex');
  /** Settles when the handler is loaded, or with what kept it from being. */
  readonly ready: Promise<FunctionError | undefined>;
  /** Settles when the process is gone. */
  readonly gone: Promise<void>;
  readonly #options: EnvironmentOptions;
  readonly #api: RuntimeApi;
  readonly #process: EnvironmentProcess;
  readonly #init = Promise.withResolvers<FunctionError | undefined>();
  #initError: FunctionError | undefined;
  #initMs: number | undefined;
  #running: Running | undefined;
  #killed = false;

  /** @param initTimeoutMs how long loading the handler may take */
  static async start(options: EnvironmentOptions, initTimeoutMs: number): Promise<ExecutionEnvironment> {
    return new ExecutionEnvironment(options, await startRuntimeApi(), initTimeoutMs);
  }

  private constructor(options: EnvironmentOptions, api: RuntimeApi, initTimeoutMs: number) {
    const {definition, taskRoot, reaper, runtime = bootstrap, onLine} = options;
    this.#options = options;
    this.#api = api;
    const day = new Date().toISOString().slice(0, 10).replaceAll('-', '/');
    this.stream = `${day}/[$LATEST]${randomBytes(16).toString('hex')}`;
    const startedMs = performance.now();
    api.serve({
      onNext: () => this.#onNext(performance.now() - startedMs),
      onInitError: error => {
        this.#initError = error;
      },
      onResponse: (_, payload) => this.#onOutcome({payload}),
      onError: (_, error) => this.#onOutcome({error}),
    });
    this.#process = new EnvironmentProcess({
      script: runtime,
      directory: taskRoot,
      environment: environmentOf(definition, {
        ...options,
        runtimeApi: api.address,
        runtimeDirectory: dirname(runtime),
        logStreamName: this.stream,
        sessionToken: this.sessionToken,
      }),
      memoryMB: definition.memoryMB,
      reaper,
      onLine: line => onLine(this.stream, line),
    });
    const initTimer = setTimeout(() => {
      this.#initError = initTimedOut(initTimeoutMs);
      this.kill();
    }, initTimeoutMs);
    this.ready = this.#init.promise.finally(() => clearTimeout(initTimer));
    this.gone = this.#bury();
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** Whether it may be given another invocation: one that was killed has its process for a moment yet. */
  get alive(): boolean {
    return !this.#killed && this.#process.alive;
  }

  /** Runs the handler once. The environment must be ready and idle. */
  invoke(payload: string, traceHeader: string): Promise<Invocation> {
    const {definition} = this.#options;
    const requestId = randomUUID();
    const {promise, resolve} = Promise.withResolvers<Invocation>();
    this.#process.signal('SIGCONT');
    this.#log(startLines(definition.logging, requestId));
    const timer = setTimeout(() => this.#onTimeout(), definition.timeoutS * 1000);
    this.#running = {requestId, startedMs: performance.now(), timer, settle: resolve};
    this.#api.send({
      requestId,
      payload,
      deadlineMs: Date.now() + definition.timeoutS * 1000,
      functionArn: definition.arn,
      traceId: traceHeader,
    });
    return promise;
  }

  /** The handler is told that its time is over: it begins nothing more. Lambda has nothing of the kind. */
  drain(): void {
    if (this.#options.runtime === undefined) this.#process.signal('SIGTERM');
  }

  /** SIGKILL, as Lambda ends an environment without extensions; it works on a frozen process too. */
  kill(): void {
    this.#killed = true;
    this.#process.signal('SIGKILL');
  }

  #onNext(sinceStartMs: number): void {
    this.#process.signal('SIGSTOP');
    if (this.#running) {
      void this.#finish();
      return;
    }
    this.#initMs = sinceStartMs;
    this.#init.resolve(undefined);
  }

  #onOutcome(outcome: Outcome): void {
    if (this.#running) this.#running.outcome ??= outcome;
  }

  #onTimeout(): void {
    const running = this.#running;
    if (running !== undefined && running.outcome === undefined) {
      const {requestId} = running;
      const {timeoutS, logging} = this.#options.definition;
      running.outcome = {error: timedOut(requestId, timeoutS)};
      this.#log(timeoutLines(logging, requestId, timeoutS));
    }
    this.kill();
  }

  async #bury(): Promise<void> {
    const exit = await this.#process.gone;
    this.#api.close();
    this.#init.resolve(this.#initError ?? exited(randomUUID(), exit));
    if (this.#running) {
      this.#running.outcome ??= {error: exited(this.#running.requestId, exit)};
      await this.#finish();
    }
  }

  /** The invocation is over: its last lines, then the platform's own, then whoever waits for it. */
  async #finish(): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    this.#running = undefined;
    clearTimeout(running.timer);
    const durationMs = performance.now() - running.startedMs;
    // What the frozen process has printed is in the pipe by now: two turns of the loop have it read.
    for (let turns = 0; turns < 2; turns++) await turn();
    const {requestId, settle} = running;
    // A runtime that asks for the next invocation without an outcome of this one has lost it.
    const outcome = running.outcome ?? {error: exited(requestId, {code: 0, signal: null})};
    const error = 'error' in outcome ? outcome.error : undefined;
    const {memoryMB, logging} = this.#options.definition;
    const figures = {
      requestId,
      durationMs,
      memoryMB,
      peakMB: this.#process.peakMB(),
      initMs: this.#initMs,
      error,
    };
    this.#log(reportLines(logging, figures));
    // Only the first invocation of an environment reports its init.
    this.#initMs = undefined;
    settle(
      'error' in outcome
        ? {ok: false, requestId, error: outcome.error, atInit: false}
        : {ok: true, requestId, payload: outcome.payload},
    );
  }

  #log(lines: Lines): void {
    for (const line of lines) this.#options.onLine(this.stream, line);
  }
}
