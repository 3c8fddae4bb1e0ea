// A function with its execution environments. A warm one is used again, another starts when all are busy, and idle ones are
// retired.

import {randomUUID} from 'node:crypto';
import {type EnvironmentOptions, ExecutionEnvironment} from './execution-environment.ts';
import {
  type FunctionError,
  type Invocation,
  maximumPayloadOctets,
  RecursiveInvocation,
  RequestTooLarge,
} from './function-error.ts';
import type {FunctionResource} from './function-resource.ts';
import {initErrorLines} from './platform-log.ts';
import {invocationsOf, traceHeaderOf, type Upstream} from './trace-header.ts';

export interface FunctionOptions extends EnvironmentOptions {
  /** How long an idle environment stays. Lambda keeps one for some minutes. */
  readonly idleMs?: number;
}

/** "The Init phase is limited to 10 seconds" (execution environment lifecycle). */
const initTimeoutMs = 10_000;

/** "…invoked approximately 16 times in the same chain of requests" (recursive loop detection). */
const mostInvocations = 16;

export class LambdaFunction {
  readonly definition: FunctionResource;
  readonly #options: FunctionOptions & {readonly idleMs: number};
  readonly #environments = new Set<ExecutionEnvironment>();
  /** The one used last is used first, so that the others get old and are retired. */
  readonly #idle: {readonly environment: ExecutionEnvironment; readonly retirement: NodeJS.Timeout}[] = [];
  #stopped = false;

  constructor(options: FunctionOptions) {
    this.definition = options.definition;
    this.#options = {idleMs: 300_000, ...options};
  }

  get name(): string {
    return this.definition.name;
  }

  /** Those that run now, to be looked at or killed. */
  get environments(): ReadonlySet<ExecutionEnvironment> {
    return this.#environments;
  }

  /** How many of them are at work. */
  get busy(): number {
    return this.#environments.size - this.#idle.length;
  }

  /**
   * @param payload the event, as JSON
   * @param upstream the trace headers of the messages in the event
   * @throws RequestTooLarge, RecursiveInvocation
   */
  async invoke(payload: string, upstream: Upstream = []): Promise<Invocation> {
    const octets = Buffer.byteLength(payload);
    if (octets > maximumPayloadOctets) throw new RequestTooLarge(octets);
    const {arn, name, recursiveLoop} = this.definition;
    const invocations = invocationsOf(arn, upstream);
    if (recursiveLoop === 'Terminate' && invocations >= mostInvocations) {
      throw new RecursiveInvocation(name, invocations);
    }
    const acquired = this.#takeWarm() ?? (await this.#start());
    if (!(acquired instanceof ExecutionEnvironment)) {
      return {ok: false, requestId: randomUUID(), error: acquired, atInit: true};
    }
    const invocation = await acquired.invoke(payload, traceHeaderOf(arn, upstream));
    if (acquired.alive && !this.#stopped) this.#keepWarm(acquired);
    return invocation;
  }

  /** Tells the environments that are at work to begin nothing more. */
  drain(): void {
    const idle = new Set(this.#idle.map(({environment}) => environment));
    for (const environment of this.#environments.difference(idle)) environment.drain();
  }

  /** Kills every environment and waits until all are gone. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const {retirement} of this.#idle.splice(0)) clearTimeout(retirement);
    for (const environment of this.#environments) environment.kill();
    await Promise.all([...this.#environments].map(environment => environment.gone));
  }

  #takeWarm(): ExecutionEnvironment | undefined {
    for (;;) {
      const warm = this.#idle.pop();
      if (warm === undefined) return undefined;
      clearTimeout(warm.retirement);
      if (warm.environment.alive) return warm.environment;
    }
  }

  #keepWarm(environment: ExecutionEnvironment): void {
    const retirement = setTimeout(() => {
      this.#forget(environment);
      environment.kill();
    }, this.#options.idleMs);
    retirement.unref();
    this.#idle.push({environment, retirement});
  }

  #forget(environment: ExecutionEnvironment): void {
    const index = this.#idle.findIndex(idle => idle.environment === environment);
    if (index === -1) return;
    clearTimeout(this.#idle[index]!.retirement);
    this.#idle.splice(index, 1);
  }

  /** "Lambda retries the Init phase at the time of the first invocation with the configured timeout." */
  async #start(): Promise<ExecutionEnvironment | FunctionError> {
    const timeoutMs = this.definition.timeoutS * 1000;
    const first = await this.#init(initTimeoutMs);
    if (first instanceof ExecutionEnvironment || this.#stopped) return first;
    return this.#init(timeoutMs);
  }

  async #init(timeoutMs: number): Promise<ExecutionEnvironment | FunctionError> {
    const stopping: FunctionError = {errorType: 'ServiceException', errorMessage: 'the cloud is stopping'};
    if (this.#stopped) return stopping;
    const environment = await ExecutionEnvironment.start(this.#options, timeoutMs);
    this.#environments.add(environment);
    void environment.gone.then(() => {
      this.#environments.delete(environment);
      this.#forget(environment);
    });
    if (this.#stopped) environment.kill();
    const error = await environment.ready;
    if (error !== undefined) {
      for (const line of initErrorLines(this.definition.logging, error)) {
        this.#options.onLine(environment.stream, line);
      }
      environment.kill();
    }
    return error ?? environment;
  }
}
