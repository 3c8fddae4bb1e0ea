// How many invocations a stage may have at the same time, of each kind, and what that is where nobody says. Pure.

export interface StageConcurrency {
  /** Of route, for each of its queues. */
  readonly route: number;
  readonly deliver: number;
  /** Of deliver, for mail of receivers that are slow. */
  readonly slow: number;
}

/** "The minimum is 2, the maximum 1,000" (Configuring maximum concurrency for Amazon SQS event sources). */
export const leastConcurrency = 2;
export const mostConcurrency = 1000;

/** Route takes from three queues. */
export const queuesOfRoute = 3;
/** Keeper runs alone. */
export const keeperConcurrency = 1;

export function concurrencyWith(
  given: {
    readonly [Kind in keyof StageConcurrency]?: number | undefined;
  },
): StageConcurrency {
  const {route = 10, deliver = 50} = given;
  return {route, deliver, slow: given.slow ?? Math.max(Math.floor(deliver / 5), leastConcurrency)};
}

/** As many as all functions together may have. */
export const mostExecutionsOf = ({route, deliver, slow}: StageConcurrency): number =>
  queuesOfRoute * route + deliver + slow + keeperConcurrency;

/**
 * The largest that fits into so many executions, each kind in proportion to what was wanted.
 * @returns undefined where not even the least does
 */
export function fittingConcurrency(wanted: StageConcurrency, room: number): StageConcurrency | undefined {
  for (let deliver = wanted.deliver; deliver >= leastConcurrency; deliver -= 1) {
    const part = (of: number) => Math.max(Math.floor((of * deliver) / wanted.deliver), leastConcurrency);
    const smaller = {route: part(wanted.route), deliver, slow: part(wanted.slow)};
    if (mostExecutionsOf(smaller) <= room) return smaller;
  }
  return undefined;
}
