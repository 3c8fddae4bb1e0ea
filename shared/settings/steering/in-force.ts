// Which pauses, forced errors and windows count at a time.

/** Whatever may end by itself. */
interface Passing {
  readonly expire?: number;
}

export const isInForce = ({expire}: Passing, nowMs: number): boolean =>
  expire === undefined || nowMs < expire;

/** In the order of their names. */
export const inForce = <T extends Passing>(
  rules: ReadonlyMap<string, T>,
  nowMs: number,
): readonly (readonly [name: string, rule: T])[] =>
  [...rules].filter(([, rule]) => isInForce(rule, nowMs)).sort(([a], [b]) => (a < b ? -1 : 1));
