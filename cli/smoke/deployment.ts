// Who makes the stage and takes it down again.

/** Options of the stage by their names: `-c name=value`. */
export type StageContext = Readonly<Record<string, string>>;

export interface Deployment {
  /** Makes the stage, or changes it. @throws Error when that fails */
  deploy(context: StageContext): Promise<void>;
  /** It is no error where there is none. @throws Error when something of the stack stays that should not */
  destroy(): Promise<void>;
}

/** What passes the time: days on a clock of its own in a test, and waiting elsewhere. */
export type Pass = (ms: number, signal: AbortSignal) => Promise<void>;

/** Little concurrency, so that a young account does. Nothing of it is kept. */
export const smokeContext: StageContext = {
  retain: 'false',
  dashboard: 'false',
  routeConcurrency: '2',
  deliverConcurrency: '2',
  slowConcurrency: '2',
};
