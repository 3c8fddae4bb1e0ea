// Settings that are JSON objects of named members: each member has a parser, and every problem is told at once.

import {isJsonObject} from '../../json.ts';
import {type Parsed, parseWholeNumber, right, wrong} from '../../parsed.ts';
import {parseUtcTime} from '../../utc-time.ts';

type Members<T> = {readonly [N in keyof Required<T>]: (value: unknown) => Parsed<unknown>};

/** What the JSON of a setting must be. */
export interface ObjectRule<T> {
  readonly members: Members<T>;
  readonly needed: readonly (keyof T & string)[];
  /** Without a line end: `{"reason": "…"}`. */
  readonly example: string;
}

export function parseObject<T extends object>(
  text: string,
  {members, needed, example}: ObjectRule<T>,
): Parsed<T> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  return isJsonObject(json)
    ? parseMembers(json, {members, needed, example})
    : wrong(`must be JSON such as ${example}`);
}

function parseMembers<T extends object>(json: object, {members, needed}: ObjectRule<T>): Parsed<T> {
  const values: Record<string, unknown> = {};
  const problems = new Set<string>();
  for (const [name, value] of Object.entries(json)) {
    // The name is not quoted: somebody may have pasted a password here.
    if (!Object.hasOwn(members, name)) {
      problems.add(`has an unknown member; known are ${Object.keys(members).join(', ')}`);
      continue;
    }
    const parsed = members[name as keyof T](value);
    if (parsed.ok) values[name] = parsed.value;
    else problems.add(`has ${name}, which ${parsed.problem}`);
  }
  for (const name of needed) if (!Object.hasOwn(json, name)) problems.add(`needs ${name}`);
  return problems.size > 0 ? wrong([...problems].join('; ')) : right(values as T);
}

export const parseText =
  (longest: number) =>
  (value: unknown): Parsed<string> =>
    // It goes into results and logs as one line.
    typeof value === 'string' && value.trim() !== '' && value.length <= longest && !/\p{Cc}/u.test(value)
      ? right(value.trim())
      : wrong(`must be a text of 1 to ${longest} characters in one line`);

/** Digits in quotes are no number in JSON. */
export const parseNumber =
  (least: number, most: number) =>
  (value: unknown): Parsed<number> =>
    parseWholeNumber(typeof value === 'number' ? value : undefined, least, most);

export function parseTime(value: unknown): Parsed<number> {
  const ms = typeof value === 'string' ? parseUtcTime(value) : undefined;
  return ms === undefined ? wrong('must be a UTC time as YYYY-MM-DD HH:MM:SS') : right(ms);
}
