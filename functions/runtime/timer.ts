// A timer as a part that is given: whoever waits for a while is tested without waiting.

/** @returns what stops it */
export type Timer = (ms: number, run: () => void) => () => void;

export const timer: Timer = (ms, run) => {
  const started = setTimeout(run, ms);
  return () => clearTimeout(started);
};
