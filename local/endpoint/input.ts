// Reads a request's parameters. A parameter that is not of its type makes the request malformed. Which values are
// allowed is up to each service.

import {isJsonObject} from '../json.ts';
import {malformed} from './json-protocol.ts';

export type Input = Readonly<Record<string, unknown>>;

/** In the wording of AWS's deserialiser. */
function kindOf(value: unknown): string {
  if (typeof value === 'string') return 'STRING_VALUE';
  if (typeof value === 'number') return Number.isInteger(value) ? 'NUMBER_VALUE' : 'DECIMAL_VALUE';
  if (typeof value === 'boolean') return value ? 'TRUE_VALUE' : 'FALSE_VALUE';
  return Array.isArray(value) ? 'START_ARRAY' : 'START_OBJECT';
}

export const mistyped = (value: unknown, shape: string) =>
  malformed(`${kindOf(value)} can not be converted to ${shape}`);

/** Null means absent (smithy.io, "AWS JSON 1.0 protocol"). */
const isAbsent = (value: unknown): value is undefined | null => value === undefined || value === null;

export function optionalString(input: Input, name: string): string | undefined {
  const value = input[name];
  if (isAbsent(value)) return undefined;
  if (typeof value !== 'string') throw mistyped(value, 'a String');
  return value;
}

export function optionalInteger(input: Input, name: string): number | undefined {
  const value = input[name];
  if (isAbsent(value)) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value)) throw mistyped(value, 'an Integer');
  return value;
}

/** False when it is absent. */
export function flag(input: Input, name: string): boolean {
  const value = input[name] ?? false;
  if (typeof value !== 'boolean') throw mistyped(value, 'a Boolean');
  return value;
}

/** Empty when it is absent. So are the following. */
export function strings(input: Input, name: string): readonly string[] {
  const value = input[name] ?? [];
  if (!Array.isArray(value)) throw mistyped(value, 'a List');
  return value.map((each: unknown) => {
    if (typeof each !== 'string') throw mistyped(each, 'a String');
    return each;
  });
}

export function objects(input: Input, name: string): readonly Input[] {
  const value = input[name] ?? [];
  if (!Array.isArray(value)) throw mistyped(value, 'a List');
  return value.map((each: unknown) => {
    if (!isJsonObject(each)) throw mistyped(each, 'a Structure');
    return each;
  });
}

export function stringMap(input: Input, name: string): Record<string, string> {
  const value = input[name] ?? {};
  if (!isJsonObject(value)) throw mistyped(value, 'a Map');
  const entries = Object.entries(value).map(([key, each]) => {
    if (typeof each !== 'string') throw mistyped(each, 'a String');
    return [key, each] as const;
  });
  return Object.fromEntries(entries);
}
