// Whole numbers in a range, as JSON has them or as digits in a text.

import {type Parsed, right, wrong} from './parsed.ts';

/** Fifteen digits are always exact as a number of JavaScript. */
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
