// One execution environment: runs the function's code from its task root, one invocation at a time, and is frozen in
// between ("Understanding the Lambda execution environment lifecycle"). It enforces the timeout, and says what became of
// each invocation. Others decide when to start or retire one.

import {randomBytes, randomUUID} from 'node:crypto';
import {dirname} from 'node:path';
import {setImmediate as turn} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {type Clock, machineClock} from '../clock.ts';
import {EnvironmentProcess} from './environment-process.ts';
import {environmentOf} from './environment-variables.ts';
import {exited, type FunctionError, type Invocation, initTimedOut, timedOut} from './function-error.ts';
import type {FunctionResource} from './function-resource.ts';
import {type Lines, reportLines, startLines, timeoutLines} from './platform-log.ts';
import type {Reaper} from './reaper.ts';
import {type Outcome, RunningInvocation} from './running-invocation.ts';
import {type RuntimeApi, startRuntimeApi} from './runtime-api.ts';

export interface EnvironmentOptions {
  readonly definition: FunctionResource;
  readonly taskRoot: string;
  readonly region: string;
  readonly endpointUrl: string;
  /** The machine's, if no other is given. */
  readonly clock?: Clock;
  readonly reaper: Reaper;
  /** The program that speaks to the Runtime API and runs the handler, if not our own. */
  readonly runtime?: string;
  /** Every line of the environment's log stream. */
  readonly onLine: (stream: string, line: string) => void;
}

const bootstrap = fileURLToPath(new URL('./bootstrap.mjs', import.meta.url));

export class ExecutionEnvironment {
  readonly stream: string;
  /** The token of its own credentials. By it the endpoint knows which environment calls. */
  readonly sessionToken = randomBytes(16).toString('hex');
  /** Settles when the handler is loaded, or with the error that loading it ended with. */
  readonly ready: Promise<FunctionError | undefined>;
  /** Settles when the process is gone. */
  readonly gone: Promise<void>;
  readonly #options: EnvironmentOptions;
  readonly #api: RuntimeApi;
  readonly #process: EnvironmentProcess;
  readonly #init = Promise.withResolvers<FunctionError | undefined>();
  #initError: FunctionError | undefined;
  #initMs: number | undefined;
  #running: RunningInvocation | undefined;
  #killed = false;

  /** @param initTimeoutMs how long loading the handler may take */
  static async start(options: EnvironmentOptions, initTimeoutMs: number): Promise<ExecutionEnvironment> {
    return new ExecutionEnvironment(options, await startRuntimeApi(), initTimeoutMs);
  }

  private constructor(options: EnvironmentOptions, api: RuntimeApi, initTimeoutMs: number) {
    const {definition, taskRoot, clock = machineClock, reaper, runtime = bootstrap, onLine} = options;
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
      onResponse: (_, payload) => this.#onOutcome({ok: true, payload}),
      onError: (_, error) => this.#onOutcome({ok: false, error}),
    });
    this.#process = new EnvironmentProcess({
      script: runtime,
      arguments: clock.aheadMs === undefined ? [] : ['--test-clock'],
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

  /** Whether it can take another invocation. One that was killed still has its process for a moment. */
  get alive(): boolean {
    return !this.#killed && this.#process.alive;
  }

  /** Runs the handler once. The environment must be ready and idle. */
  invoke(payload: string, traceHeader: string): Promise<Invocation> {
    const {definition, clock = machineClock} = this.#options;
    const requestId = randomUUID();
    const timeoutMs = definition.timeoutS * 1000;
    this.#process.signal('SIGCONT');
    this.#log(startLines(definition.logging, requestId));
    const running = new RunningInvocation(requestId, {timeoutMs, onTimeout: () => this.#onTimeout()});
    this.#running = running;
    this.#api.send({
      requestId,
      payload,
      deadlineMs: clock.now() + timeoutMs,
      aheadMs: clock.aheadMs,
      functionArn: definition.arn,
      traceId: traceHeader,
    });
    return running.over;
  }

  /** Tells the handler that its time is over, so that it begins nothing more. Lambda has nothing of the kind. */
  drain(): void {
    if (this.#options.runtime === undefined) this.#process.signal('SIGTERM');
  }

  /** Ends it by SIGKILL, as Lambda ends an environment without extensions. A frozen process dies of it too. */
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
    this.#running?.note(outcome);
  }

  #onTimeout(): void {
    const running = this.#running;
    if (running !== undefined && !running.hasOutcome) {
      const {requestId} = running;
      const {timeoutS, logging} = this.#options.definition;
      running.note({ok: false, error: timedOut(requestId, timeoutS)});
      this.#log(timeoutLines(logging, requestId, timeoutS));
    }
    this.kill();
  }

  async #bury(): Promise<void> {
    const exit = await this.#process.gone;
    this.#api.close();
    this.#init.resolve(this.#initError ?? exited(randomUUID(), exit));
    if (this.#running) {
      this.#running.note({ok: false, error: exited(this.#running.requestId, exit)});
      await this.#finish();
    }
  }

  /** Ends the invocation: its last lines come first, then the platform's, and then it settles. */
  async #finish(): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    this.#running = undefined;
    const durationMs = running.stop();
    // By now the pipe has what the frozen process has printed. Two turns of the event loop read it.
    for (let turns = 0; turns < 2; turns++) await turn();
    const {memoryMB, logging} = this.#options.definition;
    const figures = {
      requestId: running.requestId,
      durationMs,
      memoryMB,
      peakMB: this.#process.peakMB(),
      initMs: this.#initMs,
      error: running.error,
    };
    this.#log(reportLines(logging, figures));
    // Only the first invocation of an environment reports its init.
    this.#initMs = undefined;
    running.settle();
  }

  #log(lines: Lines): void {
    for (const line of lines) this.#options.onLine(this.stream, line);
  }
}
