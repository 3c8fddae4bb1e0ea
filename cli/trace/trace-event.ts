// What a line of the log says of a message, as an event of its way. Lines are believed as far as they have the right form;
// those of older versions have fewer fields.

import {connectionFields, restoredLine} from '../../shared/delivery/attempt-fields.ts';
import {isJsonObject, type Json, type JsonObject} from '../../shared/json.ts';
import {parseUtcTime} from '../../shared/utc-time.ts';
import {shortened} from '../terminal/printable.ts';
import type {LogEvent} from './recent-log.ts';

type What =
  | 'arrived'
  | 'attempt'
  | 'held'
  | 'moved'
  | 'hidden'
  | 'receiver'
  | 'ended'
  | 'dead letter'
  | 'failed'
  | 'logged';

export interface TraceEvent {
  readonly timeMs: number;
  readonly what: What;
  /** What became of it, if this decides about it: `deferred`, `accepted`, … */
  readonly fate?: string;
  /** Why, or what was said. */
  readonly why?: string;
  /** When something comes next. */
  readonly untilMs?: number;
  /** What else the line says. */
  readonly facts: JsonObject;
}

export interface TraceLine {
  readonly id: string | undefined;
  readonly recipient: string | undefined;
  readonly domain: string | undefined;
  readonly lane: string | undefined;
  readonly receiver: string | undefined;
  readonly connection: string | undefined;
  readonly events: readonly TraceEvent[];
}

const longestText = 1000;
const attemptFacts = [
  'attempt',
  'nextHop',
  ...connectionFields,
  'connection',
  'state',
  'result',
  'class',
  'code',
  'status',
  'policyfailure',
  'maybesent',
  'messages',
  'durationMs',
  'tried',
  'passed',
] as const;

/** Undefined for what is no line of the functions. */
export function traceLineOf({timeMs, message: text}: LogEvent): TraceLine | undefined {
  const read = jsonOf(text);
  if (!isJsonObject(read) || typeof read.message !== 'string') return undefined;
  const {message} = read;
  const line = restoredLine(read);
  const named = (name: string) => textIn(line, name);
  const {arrived} = line;
  const arrivedMs = typeof arrived === 'string' ? parseUtcTime(arrived) : undefined;
  const events: TraceEvent[] =
    arrivedMs === undefined ? [] : [{timeMs: arrivedMs, what: 'arrived', facts: {}}];
  return {
    id: named('id'),
    recipient: named('recipient'),
    domain: named('domain'),
    lane: named('lane'),
    receiver: named('receiver'),
    connection: named('connection'),
    events: [...events, eventOf(line, message, timeMs)],
  };
}

function eventOf(line: JsonObject, message: string, timeMs: number): TraceEvent {
  const [begin = '', ...rest] = message.split(': ');
  const cause = rest.join(': ');
  switch (begin) {
    case 'attempt':
      return attemptOf(line, timeMs);
    case 'message held': {
      const {delaySeconds} = line;
      return {
        timeMs,
        what: 'held',
        ...because(cause, textIn(line, 'reason')),
        ...(typeof delaySeconds === 'number' && {untilMs: timeMs + delaySeconds * 1000}),
        facts: factsIn(line, ['nextHop']),
      };
    }
    case 'lane hidden': {
      const {delaySeconds} = line;
      const untilMs = typeof delaySeconds === 'number' ? timeMs + delaySeconds * 1000 : undefined;
      return {timeMs, what: 'hidden', ...because(cause), ...(untilMs !== undefined && {untilMs}), facts: {}};
    }
    case 'message moved':
      return {timeMs, what: 'moved', ...because(cause), facts: factsIn(line, ['to'])};
    case 'message given up':
      return {timeMs, what: 'dead letter', ...because(cause), facts: factsIn(line, ['deaths'])};
    default:
      return otherOf(line, message, timeMs);
  }
}

function attemptOf(line: JsonObject, timeMs: number): TraceEvent {
  const fate = textIn(line, 'fate');
  const next = textIn(line, 'nextattempt');
  const untilMs = next === undefined ? undefined : parseUtcTime(next);
  return {
    timeMs,
    what: 'attempt',
    ...(fate !== undefined && {fate}),
    ...because(textIn(line, 'description')),
    ...(untilMs !== undefined && {untilMs}),
    facts: factsIn(line, attemptFacts),
  };
}

function otherOf(line: JsonObject, message: string, timeMs: number): TraceEvent {
  const why = textIn(line, 'reason') ?? textIn(line, 'error');
  const ended = /^message (deferred|expired|bounced|invalid)$/.exec(message)?.[1];
  if (ended !== undefined) {
    const next = parseUtcTime(textIn(line, 'nextattempt') ?? '');
    const until = next === undefined ? {} : {untilMs: next};
    return {timeMs, what: 'ended', fate: ended, ...because(why), ...until, facts: factsIn(line, ['class'])};
  }
  if (/^message not (?:routed|settled)/.test(message))
    return {timeMs, what: 'failed', ...because(message, why), facts: {}};
  const state = /^receiver is (\w+)$/.exec(message)?.[1];
  if (state !== undefined) {
    const next = parseUtcTime(textIn(line, 'nextProbe') ?? '');
    const until = next === undefined ? {} : {untilMs: next};
    return {timeMs, what: 'receiver', fate: state, ...because(why), ...until, facts: {}};
  }
  return {timeMs, what: 'logged', ...because(message, why), facts: {}};
}

const because = (...whys: readonly (string | undefined)[]): {readonly why?: string} => {
  const why = whys.filter(each => each !== undefined && each !== '').join(': ');
  return why === '' ? {} : {why: shortened(why, longestText)};
};

const factsIn = (line: JsonObject, names: readonly string[]): JsonObject =>
  Object.fromEntries(
    names.flatMap(name => {
      const value = line[name];
      return value === undefined || value === null ? [] : [[name, boundedOf(value)] as const];
    }),
  );

function textIn(line: JsonObject, name: string): string | undefined {
  const value = line[name];
  return typeof value === 'string' && value !== '' ? shortened(value, longestText) : undefined;
}

function boundedOf(value: Json): Json {
  if (typeof value === 'string') return shortened(value, longestText);
  return JSON.stringify(value).length <= longestText ? value : null;
}

function jsonOf(text: string): unknown {
  if (!text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
