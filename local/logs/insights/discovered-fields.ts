// The fields that CloudWatch Logs discovers in a message: those of its first JSON object, nested ones by dots, items of
// arrays by their numbers ("Supported logs and discovered fields", fields in JSON logs).

import type {Json} from '../../json.ts';
import type {Value} from './value.ts';

/** "CloudWatch Logs Insights can extract a maximum of 200 log event fields from a JSON log." */
const maximumFields = 200;
/** Deeper ones are left out, before the stack is used up. */
const maximumDepth = 100;

export function discoveredFieldsOf(message: string): ReadonlyMap<string, Value> {
  const fields = new Map<string, Value>();
  const json = firstObjectOf(message);
  if (json !== undefined) collect('', json, {fields, depth: 0});
  return fields;
}

interface Found {
  readonly fields: Map<string, Value>;
  readonly depth: number;
}

function collect(path: string, value: Json, {fields, depth}: Found): void {
  if (fields.size >= maximumFields || value === null) return;
  if (typeof value !== 'object') {
    fields.set(path, typeof value === 'boolean' ? Number(value) : value);
  } else if (depth < maximumDepth) {
    for (const [name, each] of Object.entries(value)) {
      // A field's own @ gets another one: those with one are CloudWatch Logs'.
      const shown = path === '' && name.startsWith('@') ? `@${name}` : name;
      collect(path === '' ? shown : `${path}.${name}`, each, {fields, depth: depth + 1});
    }
  }
}

/** "…but only for the first embedded JSON fragment in each log event" (Lambda logs). */
function firstObjectOf(message: string): Json | undefined {
  const start = message.indexOf('{');
  if (start < 0) return undefined;
  return parsed(message.slice(start)) ?? parsed(message.slice(start, endOfObject(message, start)));
}

/** Behind the brace that closes the one at `start`. Braces in strings do not count. */
function endOfObject(message: string, start: number): number {
  let depth = 0;
  const marks = /["{}]/g;
  const string = /"[^"\\]*(?:\\.[^"\\]*)*"/sy;
  marks.lastIndex = start;
  for (let mark = marks.exec(message); mark !== null; mark = marks.exec(message)) {
    if (mark[0] === '"') {
      string.lastIndex = mark.index;
      if (!string.test(message)) return message.length;
      marks.lastIndex = string.lastIndex;
    } else {
      depth += mark[0] === '{' ? 1 : -1;
      if (depth === 0) return mark.index + 1;
    }
  }
  return message.length;
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
