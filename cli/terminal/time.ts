// Times for people: in UTC, or as the clock of this machine has it.

import {utcTimeOf} from '../../shared/utc-time.ts';

/** `2026-01-31 12:34:56Z`; with `isLocal` in the zone of this machine, without the letter. */
export function timeText(ms: number, isLocal: boolean): string {
  if (!isLocal) return `${utcTimeOf(ms)}Z`;
  return utcTimeOf(ms - new Date(ms).getTimezoneOffset() * 60_000);
}
