// Looks for the latest attempts and ends in the log that fit, whoever they were of: by requests that cost nothing.

import {restoredLine} from '../../shared/delivery/attempt-fields.ts';
import {isJsonObject, type Json, type JsonObject} from '../../shared/json.ts';
import {parseHost} from '../../shared/smtp/address.ts';
import type {Context} from '../command/context.ts';
import {UsageError} from '../command/problems.ts';
import {shortened} from '../terminal/printable.ts';
import {timeText} from '../terminal/time.ts';
import {type LogEvent, readBackwards} from '../trace/recent-log.ts';
import {logGroupsOf, logProblemOf} from '../trace/trace-document.ts';
import {quoted} from '../trace/traced.ts';

const fates = ['accepted', 'deferred', 'bounced', 'expired', 'invalid', 'held'] as const;
type Fate = (typeof fates)[number];

export interface Wanted {
  /** `*` stands for anything. */
  readonly domain: string | undefined;
  readonly fate: Fate | undefined;
  readonly tag: string | undefined;
  readonly minutes: number;
}

const mostMinutes = 7 * 1440;
const usualMinutes = 60;
const longestTag = 1000;

/** @throws UsageError */
export function wantedIn(query: URLSearchParams): Wanted {
  const given = (name: string) => query.get(name)?.trim() || undefined;
  const fate = fates.find(each => each === given('fate'));
  if (fate === undefined && given('fate') !== undefined)
    throw new UsageError(`fate: one of ${fates.join(', ')} is wanted`);
  const minutes = given('minutes') ?? String(usualMinutes);
  if (!/^\d{1,5}$/.test(minutes) || Number(minutes) < 1 || Number(minutes) > mostMinutes)
    throw new UsageError(`minutes: a number from 1 to ${mostMinutes} is wanted`);
  const tag = given('tag');
  if (tag !== undefined && tag.length > longestTag) throw new UsageError('tag: that is too long');
  const domain = given('domain');
  return {domain: domain && domainOf(domain), fate, tag, minutes: Number(minutes)};
}

function domainOf(text: string): string {
  if (/^[\w.*-]{1,253}$/.test(text) && text.includes('*')) return text.toLowerCase();
  const host = parseHost(text);
  if (host.ok) return host.value;
  throw new UsageError(`domain: ${JSON.stringify(text)} ${host.problem}`);
}

const ends = (fate: Exclude<Fate, 'held'>) => [
  `($.message = "attempt" && $.fate = "${fate}")`,
  `$.message = "message ${fate}"`,
];
/** What the log says of an end, or of an attempt. */
const patternOfFate = (fate: Fate | undefined): string => {
  if (fate === 'held') return '$.message = "message held*"';
  if (fate !== undefined) return ends(fate).join(' || ');
  const others = (['expired', 'bounced', 'deferred', 'invalid'] as const).map(
    each => `$.message = "message ${each}"`,
  );
  return ['$.message = "attempt"', ...others].join(' || ');
};

const mostLines = 500;
const mostPages = 30;

export async function foundLines(wanted: Wanted, {clients, stage, now, signal}: Context) {
  const {domain, fate, tag, minutes} = wanted;
  const nowMs = now();
  const ofDomain = domain === undefined ? '' : ` && $.domain = ${quoted(domain)}`;
  const fits = (line: Line) => tag === undefined || line.tags.includes(tag);
  const linesOf = (events: readonly LogEvent[]) => events.flatMap(event => lineOf(event) ?? []).filter(fits);
  const read = await readBackwards({
    client: clients.logs,
    groups: logGroupsOf(stage),
    pattern: `{ (${patternOfFate(fate)})${ofDomain} }`,
    nowMs,
    sinceMs: nowMs - minutes * 60_000,
    mostPages,
    signal,
    isEnough: ({events}) => linesOf(events).length >= mostLines,
  }).catch((error: Error) => {
    throw logProblemOf(error, stage);
  });
  const all = linesOf(read.events).toSorted((a, b) => b.timeMs - a.timeMs);
  return {
    searchedSince: timeText(read.sinceMs, false),
    isCut: all.length > mostLines || read.sinceMs > nowMs - minutes * 60_000,
    lines: all.slice(0, mostLines).map(({timeMs, ...line}) => ({time: timeText(timeMs, false), ...line})),
  };
}

interface Line {
  readonly timeMs: number;
  readonly tags: readonly string[];
  readonly [fact: string]: Json | undefined;
}

const longestText = 1000;
const mostTags = 20;

/** Lines are believed as far as they have the right form. */
function lineOf({timeMs, message: text}: LogEvent): Line | undefined {
  const read = jsonOf(text);
  if (!isJsonObject(read) || typeof read.message !== 'string') return undefined;
  const line = restoredLine(read);
  const [begin = '', ...rest] = read.message.split(': ');
  const fate = begin === 'attempt' ? line.fate : /^message (\w+)$/.exec(begin)?.[1];
  const description = line.description ?? line.reason ?? (rest.join(': ') || null);
  const facts = {...line, fate, description} as JsonObject;
  return {
    timeMs,
    ...Object.fromEntries(shown.map(name => [name, plainOf(facts[name])])),
    tags: tagsIn(line.tags),
  };
}

const shown = [
  'id',
  'recipient',
  'domain',
  'queue',
  'fate',
  'class',
  'code',
  'status',
  'description',
  'attempt',
  'nextHop',
] as const;

function plainOf(value: Json | undefined): Json {
  if (typeof value === 'string') return shortened(value, longestText);
  return typeof value === 'number' ? value : null;
}

const tagsIn = (tags: Json | undefined): readonly string[] =>
  (Array.isArray(tags) ? tags : [])
    .filter(tag => typeof tag === 'string')
    .slice(0, mostTags)
    .map(tag => shortened(tag, longestText));

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
