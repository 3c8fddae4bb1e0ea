// Times for people: in UTC, or as the clock of this machine has it.

import {utcTimeOf} from '../../shared/utc-time.ts';

/** `2026-01-31 12:34:56Z`; with `isLocal` in the zone of this machine, without the letter. */
export function timeText(ms: number, isLocal: boolean): string {
  if (!isLocal) return `${utcTimeOf(ms)}Z`;
  return utcTimeOf(ms - new Date(ms).getTimezoneOffset() * 60_000);
}

const units = [
  {name: 'd', seconds: 86_400},
  {name: 'h', seconds: 3600},
  {name: 'min', seconds: 60},
] as const;

/** `45 s`, `12 min`, `3 h` or `2 d`, rounded down. */
export function durationText(seconds: number): string {
  const unit = units.find(each => seconds >= 2 * each.seconds);
  return unit === undefined
    ? `${Math.floor(seconds)} s`
    : `${Math.floor(seconds / unit.seconds)} ${unit.name}`;
}
