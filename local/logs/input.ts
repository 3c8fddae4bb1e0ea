// Reads a request's parameters, and checks them against the API Reference of CloudWatch Logs: length, pattern, range.

import {type Input, optionalInteger, optionalString, strings} from '../endpoint/input.ts';
import {unfit} from './errors.ts';

interface Constraint {
  readonly min?: number;
  readonly max?: number;
  /** Of the whole text, as the reference writes it. */
  readonly pattern?: string;
}

export const groupName = {max: 512, pattern: '[\\.\\-_/#A-Za-z0-9]+'};
export const groupIdentifier = {max: 2048, pattern: '[\\w#+=/:,.@-]*'};
export const streamName = {max: 512, pattern: '[^:*]*'};

export function optionalText(input: Input, name: string, constraint: Constraint): string | undefined {
  const value = optionalString(input, name);
  if (value !== undefined) check(name, value, constraint);
  return value;
}

export function text(input: Input, name: string, constraint: Constraint): string {
  const value = optionalText(input, name, constraint);
  if (value === undefined) throw unfit(name, value, 'Member must not be null');
  return value;
}

export function check(name: string, value: string, {min = 1, max, pattern}: Constraint): void {
  if (value.length < min) throw unfit(name, value, `Member must have length greater than or equal to ${min}`);
  if (max !== undefined && value.length > max)
    throw unfit(name, value, `Member must have length less than or equal to ${max}`);
  if (pattern !== undefined && !new RegExp(`^(?:${pattern})$`).test(value))
    throw unfit(name, value, `Member must satisfy regular expression pattern: ${pattern}`);
}

/** One to a hundred, where there are any (InputLogStreamNames). */
export function streamNames(input: Input, name: string): readonly string[] | undefined {
  if (input[name] === undefined || input[name] === null) return undefined;
  const names = strings(input, name);
  if (names.length < 1) throw unfit(name, names, 'Member must have length greater than or equal to 1');
  if (names.length > 100) throw unfit(name, names, 'Member must have length less than or equal to 100');
  for (const each of names) check(name, each, streamName);
  return names;
}

export function choice<T extends string>(input: Input, name: string, values: readonly T[]): T | undefined {
  const given = optionalString(input, name);
  const known = values.find(value => value === given);
  if (given !== undefined && known === undefined)
    throw unfit(name, given, `Member must satisfy enum value set: [${values.join(', ')}]`);
  return known;
}

export function integer(
  input: Input,
  name: string,
  {min, max}: {readonly min: number; readonly max?: number},
): number | undefined {
  const value = optionalInteger(input, name);
  if (value === undefined) return undefined;
  if (value < min) throw unfit(name, value, `Member must have value greater than or equal to ${min}`);
  if (max !== undefined && value > max)
    throw unfit(name, value, `Member must have value less than or equal to ${max}`);
  return value;
}
