// Reads a request's parameters, and checks them against the API Reference: length, values, range.

import {type Input, optionalInteger, optionalString, strings} from '../endpoint/input.ts';
import {unfit} from './errors.ts';

interface Length {
  readonly min?: number;
  readonly max?: number;
}

export function optionalText(input: Input, name: string, {min = 1, max}: Length): string | undefined {
  const value = optionalString(input, name);
  if (value === undefined) return undefined;
  checkLength(name, value, {min, ...(max !== undefined && {max})});
  return value;
}

export function text(input: Input, name: string, length: Length): string {
  const value = optionalText(input, name, length);
  if (value === undefined) throw unfit(name, 'Member must not be null');
  return value;
}

/** The error does not contain the value, which may be a secret. @throws AwsError */
function checkLength(name: string, {length}: {readonly length: number}, {min = 0, max}: Length): void {
  if (length < min) throw unfit(name, `Member must have length greater than or equal to ${min}`);
  if (max !== undefined && length > max)
    throw unfit(name, `Member must have length less than or equal to ${max}`);
}

export function choice<T extends string>(input: Input, name: string, values: readonly T[]): T | undefined {
  const given = optionalString(input, name);
  if (given === undefined) return undefined;
  const known = values.find(value => value === given);
  if (known === undefined) throw unfit(name, `Member must satisfy enum value set: [${values.join(', ')}]`);
  return known;
}

export function count(input: Input, name: string, most: number): number | undefined {
  const value = optionalInteger(input, name);
  if (value === undefined) return undefined;
  if (value < 1) throw unfit(name, 'Member must have value greater than or equal to 1');
  if (value > most) throw unfit(name, `Member must have value less than or equal to ${most}`);
  return value;
}

/** PSParameterName: "The reported maximum length of 2048 characters" (PutParameter). */
export const nameIn = (input: Input, name = 'Name'): string => text(input, name, {max: 2048});

/** One to ten (GetParameters, DeleteParameters). */
export function namesIn(input: Input): readonly string[] {
  const names = strings(input, 'Names');
  checkLength('Names', names, {min: 1, max: 10});
  return names;
}
