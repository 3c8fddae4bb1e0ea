// Times as the console writes them: in the zone of whoever reads, beside UTC for everybody else.

import {parseUtcTime} from '../../shared/utc-time.ts';

const utcForm = /\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ?/g;

/** `2026-01-31 12:34:56` with or without its Z, or ISO 8601. */
export function msOf(time: string): number | undefined {
  const ms = parseUtcTime(
    time
      .replace(/Z$/, '')
      .replace('T', ' ')
      .replace(/\.\d+$/, ''),
  );
  return ms;
}

const two = (number: number): string => String(number).padStart(2, '0');

const dayOf = (date: Date): string =>
  `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;

const clockOf = (date: Date): string =>
  `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;

/** The clock alone for today, else with its day. */
export function localTimeOf(ms: number, nowMs: number): string {
  const date = new Date(ms);
  const day = dayOf(date);
  return day === dayOf(new Date(nowMs)) ? clockOf(date) : `${day} ${clockOf(date)}`;
}

export const utcTextOf = (ms: number): string =>
  `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')}Z`;

const units = [
  {name: 'd', seconds: 86_400},
  {name: 'h', seconds: 3600},
  {name: 'min', seconds: 60},
] as const;

/** `45 s`, `12 min`, `3 h` or `2 d`, rounded down. */
export function durationOf(seconds: number): string {
  const unit = units.find(each => seconds >= 2 * each.seconds);
  return unit === undefined
    ? `${Math.max(0, Math.floor(seconds))} s`
    : `${Math.floor(seconds / unit.seconds)} ${unit.name}`;
}

/** `850 ms`, `1.2 s`, `45 s`, `12 min` */
export function millisecondsOf(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : durationOf(ms / 1000);
}

export interface TimePiece {
  readonly text: string;
  readonly ms?: number;
}

/** A sentence with the times in it apart. */
export function timesIn(text: string): readonly TimePiece[] {
  const pieces: TimePiece[] = [];
  let end = 0;
  for (const {0: found, index} of text.matchAll(utcForm)) {
    const ms = found.endsWith('Z') ? msOf(found) : undefined;
    if (ms === undefined) continue;
    if (index > end) pieces.push({text: text.slice(end, index)});
    pieces.push({text: found, ms});
    end = index + found.length;
  }
  if (end < text.length) pieces.push({text: text.slice(end)});
  return pieces;
}
