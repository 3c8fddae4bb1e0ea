// Times such as `30s` and `2h` on the command line.

import {InvalidArgumentError} from 'commander';

const units = {s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000} as const;

/** In milliseconds. */
export function durationOf(text: string): number {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (count !== undefined) return Number(count) * units[unit as keyof typeof units];
  throw new InvalidArgumentError('A time such as 30s, 5m, 2h or 1d is wanted.');
}
