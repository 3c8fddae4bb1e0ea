// The result of reading something: a typed value, or what is wrong with it. With the parsers that everybody needs.

export type Parsed<T> =
  | {readonly ok: true; readonly value: T}
  | {readonly ok: false; readonly problem: string};

export const right = <T>(value: T): Parsed<T> => ({ok: true, value});
export const wrong = (problem: string): Parsed<never> => ({ok: false, problem});

/** One thing that is wrong with a message or the settings: where, and what would be right. */
export interface Problem {
  /** `smarthost.port`; empty for the message as a whole. */
  readonly path: string;
  readonly problem: string;
}

/** In one line, for a description or a log. */
export const problemsText = (problems: readonly Problem[]): string =>
  problems.map(({path, problem}) => `${path || 'the message'} ${problem}`).join('; ');

export const oneOf =
  <T extends string>(words: readonly T[]) =>
  (value: unknown): Parsed<T> =>
    words.includes(value as T) ? right(value as T) : wrong(`must be one of ${words.join(', ')}`);

/** A number of JSON, or digits in a text: fifteen of them are always exact as a number of JavaScript. */
export function parseWholeNumber(value: unknown, least: number, most: number): Parsed<number> {
  const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return Number.isInteger(number) && (number as number) >= least && (number as number) <= most
    ? right(number as number)
    : wrong(`must be a whole number from ${least} to ${most}`);
}

export const parsePort = (value: unknown): Parsed<number> => parseWholeNumber(value, 1, 65535);

/** Up to a year. */
export const parseSeconds = (value: unknown, least: number): Parsed<number> =>
  parseWholeNumber(value, least, 31_536_000);
