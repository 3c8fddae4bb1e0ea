// An invocation that runs in an execution environment: what became of it, once it is known, and how it ends.

import {exited, type FunctionError, type Invocation} from './function-error.ts';

export type Outcome =
  | {readonly ok: true; readonly payload: string}
  | {readonly ok: false; readonly error: FunctionError};

export class RunningInvocation {
  readonly requestId: string;
  /** Settles when the invocation is over. */
  readonly over: Promise<Invocation>;
  readonly #startedMs = performance.now();
  readonly #timer: NodeJS.Timeout;
  readonly #settle: (invocation: Invocation) => void;
  #outcome: Outcome | undefined;

  constructor(
    requestId: string,
    {timeoutMs, onTimeout}: {readonly timeoutMs: number; readonly onTimeout: () => void},
  ) {
    const {promise, resolve} = Promise.withResolvers<Invocation>();
    this.requestId = requestId;
    this.over = promise;
    this.#settle = resolve;
    this.#timer = setTimeout(onTimeout, timeoutMs);
  }

  get hasOutcome(): boolean {
    return this.#outcome !== undefined;
  }

  /** The first one counts: a runtime that crashes after its response has responded. */
  note(outcome: Outcome): void {
    this.#outcome ??= outcome;
  }

  /** Stops the clock. @returns how long it took */
  stop(): number {
    clearTimeout(this.#timer);
    return performance.now() - this.#startedMs;
  }

  /** A runtime that asks for the next invocation without an outcome of this one has lost it. */
  get error(): FunctionError | undefined {
    const outcome = this.#outcome ?? {ok: false, error: exited(this.requestId, {code: 0, signal: null})};
    return outcome.ok ? undefined : outcome.error;
  }

  settle(): void {
    const {requestId, error} = this;
    const payload = this.#outcome?.ok ? this.#outcome.payload : '';
    this.#settle(
      error === undefined ? {ok: true, requestId, payload} : {ok: false, requestId, error, atInit: false},
    );
  }
}
