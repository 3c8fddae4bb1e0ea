// Reads what the operations have in common: names, dimensions, times.

import {type Input, objects, optionalString} from '../endpoint/input.ts';
import {invalidValue, missing} from './errors.ts';

export function required(input: Input, name: string): string {
  const value = optionalString(input, name);
  if (value === undefined || value === '') throw missing(name);
  return value;
}

/** Milliseconds since the epoch. JSON and CBOR have seconds, the query protocol ISO 8601. */
export function timeIn(input: Input, name: string): number {
  const value = input[name] ?? undefined;
  if (value === undefined) throw missing(name);
  const ms =
    typeof value === 'number' ? value * 1000 : typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (Number.isFinite(ms)) return ms;
  throw invalidValue(`The parameter ${name} is not a time.`);
}

/** The values of a dimension filter may be left out. */
export const dimensionsIn = (input: Input): readonly {readonly name: string; readonly value?: string}[] =>
  objects(input, 'Dimensions').map(each => {
    const value = optionalString(each, 'Value');
    return {name: required(each, 'Name'), ...(value !== undefined && {value})};
  });
