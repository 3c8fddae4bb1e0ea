// Times as people and other systems write them.

import {InvalidArgumentError} from 'commander';
import {parseUtcTime} from '../../shared/utc-time.ts';
import {durationOf} from '../tail/duration.ts';

/** No list is from before the epoch, or for after the year 9999. */
const isPossible = (ms: number): boolean => ms >= 0 && ms < 253_402_300_800_000;

/**
 * `2026-01-31 12:34:56` (UTC unless it says otherwise), ISO 8601, or seconds since the epoch. Undefined for anything else,
 * as times such as 1/2/2026 mean two days.
 */
export function parseTime(text: string): number | undefined {
  const ms = /^\d{9,11}$/.test(text)
    ? Number(text) * 1000
    : (parseUtcTime(text.replace(/Z$/, '')) ??
      (isIso.test(text) && isDay(text.slice(0, 10)) ? Date.parse(isoOf(text)) : Number.NaN));
  return isPossible(ms) ? ms : undefined;
}

const isIso = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?)?$/i;

/** Date.parse takes February 30 for March 2. */
const isDay = (date: string): boolean => parseUtcTime(`${date} 00:00:00`) !== undefined;

/** As Date.parse knows it, in UTC where nothing else is said. */
function isoOf(text: string): string {
  const [, date, time, zone] = /^(\S{10})(?:[T ](\d\d:\d\d[\d:.]*) ?(.*))?$/i.exec(text) ?? [];
  if (time === undefined) return `${date}T00:00:00Z`;
  const offset = zone === undefined || zone === '' || /^(?:z|utc)$/i.test(zone) ? 'Z' : zone;
  return `${date}T${time}${offset.replace(/^([+-]\d\d)(\d\d)$/, '$1:$2')}`;
}

/** A time, or so long ago (`7d`). @throws InvalidArgumentError */
export const pastOf =
  (nowMs: () => number) =>
  (text: string): number =>
    parseTime(text) ?? nowMs() - spanOf(text);

/** A time, or so long from now (`90d`). @throws InvalidArgumentError */
export const futureOf =
  (nowMs: () => number) =>
  (text: string): number =>
    parseTime(text) ?? nowMs() + spanOf(text);

function spanOf(text: string): number {
  try {
    return durationOf(text);
  } catch {
    throw new InvalidArgumentError(
      'A time such as "2026-01-31 12:34:56" in UTC, or a span such as 7d, is wanted.',
    );
  }
}
