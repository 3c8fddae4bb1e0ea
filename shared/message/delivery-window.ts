// When mail may be delivered: on some days, from one time to another, by the clocks of a place. A window opens once on each of
// its days, and stays open until its end, whatever the clocks do meanwhile.

import {isJsonObject} from '../json.ts';
import {type Parsed, right, wrong} from '../parsed.ts';

/** In the order of Date.getUTCDay. */
const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
type Day = (typeof days)[number];

export interface DeliveryWindow {
  /** The days on which it opens. */
  readonly days: readonly Day[];
  /** Minutes since midnight. */
  readonly from: number;
  /** The same; up to `from` it is on the next day. */
  readonly to: number;
  /** Of IANA: `Europe/Amsterdam`. */
  readonly timezone: string;
}

const known = ['days', 'from', 'to', 'timezone'];
const example = '{"days": ["mon", "fri"], "from": "09:00", "to": "17:30", "timezone": "Europe/Amsterdam"}';

/** @param value an object, or its JSON as a header field has it */
export function parseWindow(value: unknown): Parsed<DeliveryWindow> {
  const json = typeof value === 'string' ? jsonOf(value) : value;
  if (!isJsonObject(json)) return wrong(`must be JSON such as ${example}`);
  const {from: opens, to: closes, timezone} = json;
  const [on, from, to] = [daysOf(json.days), minuteOf(opens), minuteOf(closes)];
  const isZone = typeof timezone === 'string' && isTimezone(timezone);
  const problems = [
    !Object.keys(json).every(name => known.includes(name)) &&
      `has an unknown member; known are ${known.join(', ')}`,
    on === undefined && `has days, which must be a list of ${days.join(', ')}`,
    (from === undefined || from === dayMinutes) && 'needs from, a time such as 09:00',
    to === undefined && 'needs to, a time such as 17:30, or 24:00 for midnight',
    !isZone && 'needs timezone, a name such as Europe/Amsterdam or UTC',
  ].filter(problem => problem !== false);
  if (problems.length > 0) return wrong(problems.join('; '));
  return right({days: on!, from: from!, to: to!, timezone: timezone as string});
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Without the member it is every day. */
function daysOf(value: unknown): readonly Day[] | undefined {
  if (value === undefined) return days;
  if (!Array.isArray(value) || value.length === 0) return undefined;
  return value.every(day => days.includes(day)) ? days.filter(day => value.includes(day)) : undefined;
}

const dayMinutes = 1_440;

function minuteOf(value: unknown): number | undefined {
  const [, hours = '', minutes = ''] = (typeof value === 'string' && /^(\d\d):([0-5]\d)$/.exec(value)) || [];
  if (hours === '') return undefined;
  const minute = Number(hours) * 60 + Number(minutes);
  return minute <= dayMinutes ? minute : undefined;
}

/** Offsets such as +01:00 are none: they know of no daylight saving. */
function isTimezone(name: string): boolean {
  if (!/^[A-Za-z][\w+/-]{0,60}$/.test(name)) return false;
  try {
    return clockOf(name) !== undefined;
  } catch {
    return false;
  }
}

/** How a window stands, and until when it stands so. */
interface Standing {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly isOpen: boolean;
}

/** To compute it takes longer than all else that is asked of a message, and it is asked again and again. */
const standings = new WeakMap<DeliveryWindow, Standing>();

/** When mail may go: `nowMs` while the window is open, else when it opens next. */
export function openingOf(window: DeliveryWindow, nowMs: number): number {
  const known = standings.get(window);
  const isKnown = known !== undefined && known.fromMs <= nowMs && nowMs < known.untilMs;
  const standing = isKnown ? known : standingOf(window, nowMs);
  if (!isKnown) standings.set(window, standing);
  return standing.isOpen ? nowMs : standing.untilMs;
}

function standingOf(window: DeliveryWindow, nowMs: number): Standing {
  const {days: on, timezone} = window;
  const today = startOfDay(wallOf(nowMs, timezone));
  // Yesterday's may be open still. A day of the week comes again within a week.
  for (let day = -1; day <= 8; day++) {
    const midnight = today + day * dayMs;
    if (!on.includes(days[new Date(midnight).getUTCDay()]!)) continue;
    const opensMs = instantOf(midnight + window.from * minuteMs, timezone);
    if (opensMs > nowMs) return {fromMs: nowMs, untilMs: opensMs, isOpen: false};
    const closes = midnight + window.to * minuteMs + (window.to <= window.from ? dayMs : 0);
    const closesMs = instantOf(closes, timezone);
    if (nowMs < closesMs) return {fromMs: nowMs, untilMs: closesMs, isOpen: true};
  }
  throw new RangeError('a window opens once a week at least');
}

const minuteMs = 60_000;
const dayMs = 86_400_000;

const startOfDay = (wallMs: number): number => Math.floor(wallMs / dayMs) * dayMs;

/** Making one takes longer than anything that is done with it. */
const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(timeZone: string): Intl.DateTimeFormat {
  const clock =
    clocks.get(timeZone) ??
    new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'iso8601',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  clocks.set(timeZone, clock);
  return clock;
}

/** What the clocks show, as if it were UTC. */
function wallOf(ms: number, timezone: string): number {
  const parts = clockOf(timezone).formatToParts(ms);
  const of = (type: string) => Number(parts.find(part => part.type === type)!.value);
  return Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
}

const offsetAt = (ms: number, timezone: string): number =>
  wallOf(ms, timezone) - Math.floor(ms / 1000) * 1000;

/** The first instant at which the clocks show a time, or have just skipped it. */
function instantOf(wall: number, timezone: string): number {
  const before = wall - offsetAt(wall - dayMs, timezone);
  const after = wall - offsetAt(wall + dayMs, timezone);
  const shows = [before, after].filter(ms => wallOf(ms, timezone) === wall);
  if (shows.length > 0) return Math.min(...shows);
  // The clocks are put forward over it: from when on they show something later.
  let [low, high] = [Math.min(before, after) - minuteMs, Math.max(before, after) + minuteMs];
  while (high - low > 1000) {
    const middle = Math.floor((low + high) / 2000) * 1000;
    if (wallOf(middle, timezone) >= wall) high = middle;
    else low = middle;
  }
  return high;
}
