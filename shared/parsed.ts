// The result of reading something: a typed value, or what is wrong with it.

export type Parsed<T> =
  | {readonly ok: true; readonly value: T}
  | {readonly ok: false; readonly problem: string};

export const right = <T>(value: T): Parsed<T> => ({ok: true, value});
export const wrong = (problem: string): Parsed<never> => ({ok: false, problem});

/** A parser for one of some words. */
export const oneOf =
  <T extends string>(words: readonly T[]) =>
  (value: unknown): Parsed<T> =>
    words.includes(value as T) ? right(value as T) : wrong(`must be one of ${words.join(', ')}`);
